import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;

/** PDFBox reads, Bouncy Castle verifies messages and tokens, the JDK validates paths with revocation lists. Later changes are not judged. */
public final class PdfBoxRival implements Turns.Judge {
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final List<X509Certificate> middle;
    private final CertStore crls;
    private final Date moment;
    private final CertificateFactory factory = CertificateFactory.getInstance("X.509");
    private final JcaX509CertificateConverter converter = new JcaX509CertificateConverter();

    private PdfBoxRival(Turns.World world) throws GeneralSecurityException {
        for (X509Certificate each : world.anchors()) anchors.add(new TrustAnchor(each, null));
        middle = world.middle();
        crls = CertStore.getInstance("Collection", new CollectionCertStoreParameters(world.crls()));
        moment = world.moment();
    }

    @Override
    public int holding(byte[] file) throws Exception {
        int count = 0;
        boolean whole = false;
        try (PDDocument document = Loader.loadPDF(file)) {
            for (PDSignature each : document.getSignatureDictionaries()) {
                int[] range = each.getByteRange();
                whole |= range[0] == 0 && range[2] + range[3] == file.length;
                if (!holds(new CMSSignedData(new CMSProcessableByteArray(each.getSignedContent(file)), each.getContents(file)))) return 0;
                count++;
            }
        }
        return whole ? count : 0;
    }

    private boolean holds(CMSSignedData signed) throws Exception {
        SignerInformation signer = signed.getSignerInfos().getSigners().iterator().next();
        X509Certificate certificate = signerOf(signed.getCertificates(), signer);
        boolean[] usage = certificate.getKeyUsage();
        if (usage == null || !usage[1] || !signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))) return false;
        validate(certificate);
        Attribute token = signer.getUnsignedAttributes() == null ? null
            : signer.getUnsignedAttributes().get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
        return token == null || stamps(new TimeStampToken(new CMSSignedData(token.getAttributeValues()[0].toASN1Primitive().getEncoded())), signer.getSignature());
    }

    private boolean stamps(TimeStampToken token, byte[] value) throws Exception {
        X509Certificate certificate = signerOf(token.getCertificates(), token.toCMSSignedData().getSignerInfos().getSigners().iterator().next());
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(certificate));
        validate(certificate);
        byte[] imprint = MessageDigest.getInstance(token.getTimeStampInfo().getMessageImprintAlgOID().getId()).digest(value);
        return Arrays.equals(imprint, token.getTimeStampInfo().getMessageImprintDigest());
    }

    private X509Certificate signerOf(Store<X509CertificateHolder> held, SignerInformation signer) throws Exception {
        @SuppressWarnings("unchecked")
        Collection<X509CertificateHolder> found = held.getMatches(signer.getSID());
        return converter.getCertificate(found.iterator().next());
    }

    /** The chain is short and its CAs are known: no search, only validation. */
    private void validate(X509Certificate leaf) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        for (X509Certificate each : middle) {
            if (each.getSubjectX500Principal().equals(chain.get(chain.size() - 1).getIssuerX500Principal())) chain.add(each);
        }
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setDate(moment);
        parameters.addCertStore(crls);
        CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(chain), parameters);
    }

    public static void main(String[] arguments) throws Exception {
        Turns.serve(new PdfBoxRival(Turns.World.read(Path.of(arguments[0]))));
    }
}
