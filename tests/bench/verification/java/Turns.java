import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.logging.LogManager;
import java.util.stream.Stream;

/** A contender at work: `path<TAB>count` lines in, `CPU seconds<TAB>answer` lines out, the time of this thread alone. */
public final class Turns {
    /** Validates a file: how many signatures hold, all of them, or 0. */
    interface Judge {
        int holding(byte[] file) throws Exception;
    }

    /** Roots, CAs, revocation lists and the moment that every contender is given. */
    record World(List<X509Certificate> anchors, List<X509Certificate> middle, List<X509CRL> crls, List<byte[]> crlBytes, Date moment) {
        static World read(Path folder) throws IOException, GeneralSecurityException {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> anchors = new ArrayList<>();
            List<X509Certificate> middle = new ArrayList<>();
            List<X509CRL> crls = new ArrayList<>();
            List<byte[]> crlBytes = new ArrayList<>();
            for (Path each : files(folder.resolve("anchors"))) anchors.add(certificate(factory, each));
            for (Path each : files(folder.resolve("middle"))) middle.add(certificate(factory, each));
            for (Path each : files(folder.resolve("crls"))) {
                crlBytes.add(Files.readAllBytes(each));
                try (InputStream stream = Files.newInputStream(each)) {
                    crls.add((X509CRL) factory.generateCRL(stream));
                }
            }
            return new World(anchors, middle, crls, crlBytes, new Date(1000 * Long.parseLong(Files.readString(folder.resolve("moment")))));
        }

        private static List<Path> files(Path folder) throws IOException {
            try (Stream<Path> found = Files.list(folder)) {
                return found.sorted().toList();
            }
        }

        private static X509Certificate certificate(CertificateFactory factory, Path path) throws IOException, GeneralSecurityException {
            try (InputStream stream = Files.newInputStream(path)) {
                return (X509Certificate) factory.generateCertificate(stream);
            }
        }
    }

    static void serve(Judge judge) throws IOException {
        LogManager.getLogManager().reset();
        var threads = ManagementFactory.getThreadMXBean();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] asked = line.split("\t");
            Path path = Path.of(asked[0]);
            int count = Integer.parseInt(asked[1]);
            long started = threads.getCurrentThreadCpuTime();
            String answer = answer(judge, path);
            for (int each = 1; each < count; each++) {
                if (!answer(judge, path).equals(answer)) answer = "mixed";
            }
            System.out.println((threads.getCurrentThreadCpuTime() - started) / 1e9 + "\t" + answer);
        }
    }

    private static String answer(Judge judge, Path path) {
        try {
            int holding = judge.holding(Files.readAllBytes(path));
            return holding == 0 ? "no" : "yes " + holding;
        } catch (Exception e) {
            e.printStackTrace();
            return "no";
        }
    }
}
