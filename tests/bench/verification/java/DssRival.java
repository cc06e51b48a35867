import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.enumerations.ValidationLevel;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.policy.ValidationPolicy;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.pdf.AbstractPdfObjFactory;
import eu.europa.esig.dss.pdf.modifications.DefaultPdfDifferencesFinder;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxNativeObjectFactory;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.policy.ValidationPolicyLoader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Date;

/** EU DSS, tuned: no comparison of pictures, no ETSI report, policy and lists read once, one verifier. Its default policy decides. */
public final class DssRival implements Turns.Judge {
    private final CommonCertificateVerifier verifier = new CommonCertificateVerifier();
    private final ValidationPolicy policy = ValidationPolicyLoader.fromDefaultValidationPolicy().create();
    private final AbstractPdfObjFactory pdfs = new PdfBoxNativeObjectFactory();
    private final Date moment;

    private DssRival(Turns.World world) {
        var trusted = new CommonTrustedCertificateSource();
        world.anchors().forEach(each -> trusted.addCertificate(new CertificateToken(each)));
        var middle = new CommonCertificateSource();
        world.middle().forEach(each -> middle.addCertificate(new CertificateToken(each)));
        verifier.setTrustedCertSources(trusted);
        verifier.setAdjunctCertSources(middle);
        verifier.setCrlSource(new ExternalResourcesCRLSource(world.crlBytes().stream().map(ByteArrayInputStream::new).toArray(InputStream[]::new)));
        verifier.setOcspSource(null);
        verifier.setAIASource(null);
        var differences = new DefaultPdfDifferencesFinder();
        differences.setMaximalPagesAmountForVisualComparison(0);
        pdfs.setPdfDifferencesFinder(differences);
        moment = world.moment();
    }

    @Override
    public int holding(byte[] file) {
        var validator = new PDFDocumentValidator(new InMemoryDocument(file));
        validator.setCertificateVerifier(verifier);
        validator.setPdfObjFactory(pdfs);
        validator.setValidationTime(moment);
        validator.setValidationLevel(ValidationLevel.TIMESTAMPS);
        validator.setEnableEtsiValidationReport(false);
        SimpleReport report = validator.validateDocument(policy).getSimpleReport();
        int count = 0;
        for (String each : report.getSignatureIdList()) {
            if (report.getIndication(each) != Indication.TOTAL_PASSED) {
                System.err.println(report.getIndication(each) + " " + report.getSubIndication(each));
                return 0;
            }
            count++;
        }
        return count;
    }

    public static void main(String[] arguments) throws Exception {
        Turns.serve(new DssRival(Turns.World.read(Path.of(arguments[0]))));
    }
}
