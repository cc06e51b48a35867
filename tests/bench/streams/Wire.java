import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** Bytes to record and back as schemas/codec.py does it: Confluent's frame, Avro, CloudEvents in the headers, ids by UUIDv5. */
final class Wire {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NAMESPACE = HexFormat.of().parseHex("6f1d3c1e5b7a5d0c9a530f6a2f0b9d11");
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    /** An event with what travels in its headers. */
    record Event(String type, GenericRecord body, String id, OffsetDateTime at, OffsetDateTime recorded, String correlation, String causation) {}

    private record Form(int id, String name, Schema schema, GenericDatumReader<GenericRecord> reader, GenericDatumWriter<GenericRecord> writer) {}

    private final Map<Integer, Form> byId = new HashMap<>();
    private final Map<String, Form> byName = new HashMap<>();
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest sha1 = digest("SHA-1");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    private final String source;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    Wire(Path schemas, String source) throws Exception {
        this.source = source;
        for (JsonNode row : JSON.readTree(schemas.resolve("schemas.lock").toFile()).get("schemas")) {
            String text = Files.readString(schemas.resolve("avro").resolve(row.get("file").asText()));
            Schema schema = new Schema.Parser().parse(text.replace("\"type\": \"string\"", "\"type\": {\"type\": \"string\", \"avro.java.string\": \"String\"}")
                .replace("\"items\": \"string\"", "\"items\": {\"type\": \"string\", \"avro.java.string\": \"String\"}"));
            Form form = new Form(row.get("id").asInt(), row.get("event").asText(), schema, new GenericDatumReader<>(schema), new GenericDatumWriter<>(schema));
            byId.put(form.id(), form);
            byName.put(form.name(), form);
        }
    }

    Event read(byte[] key, byte[] value, Headers headers) {
        Map<String, String> said = new HashMap<>();
        for (Header header : headers) {
            if (header.key().startsWith("ce_")) said.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        ByteBuffer frame = ByteBuffer.wrap(value);
        if (frame.get() != 0) throw new IllegalArgumentException("not framed");
        Form form = byId.get(frame.getInt());
        try {
            decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
            GenericRecord body = form.reader().read(null, decoder);
            if (!decoder.isEnd()) throw new IllegalArgumentException("not used up");
            if (!said.get("ce_subject").equals(new String(key, StandardCharsets.UTF_8))) throw new IllegalArgumentException("key");
            return new Event(form.name(), body, said.get("ce_id"), OffsetDateTime.parse(said.get("ce_time")),
                OffsetDateTime.parse(said.get("ce_recordedtime")), said.getOrDefault("ce_correlationid", ""), said.getOrDefault("ce_causationid", ""));
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    GenericData.Record blank(String name) {
        return new GenericData.Record(byName.get(name).schema());
    }

    Record<byte[], byte[]> write(String name, GenericRecord body, String key, String id, OffsetDateTime at, String correlation, String causation, long timestamp) {
        Form form = byName.get(name);
        try {
            out.reset();
            out.write(0);
            out.write(ByteBuffer.allocate(4).putInt(form.id()).array());
            encoder = EncoderFactory.get().binaryEncoder(out, encoder);
            form.writer().write(body, encoder);
            encoder.flush();
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
        RecordHeaders headers = new RecordHeaders();
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", id);
        add(headers, "ce_source", source);
        add(headers, "ce_type", "vn.lienthong." + name + ".v1");
        add(headers, "ce_time", ISO.format(at.withOffsetSameInstant(ZoneOffset.UTC)));
        add(headers, "ce_subject", key);
        add(headers, "ce_dataschema", "urn:vn.lienthong:" + name + ":1");
        add(headers, "ce_recordedtime", ISO.format(Instant.now().atOffset(ZoneOffset.UTC)));
        add(headers, "ce_correlationid", correlation);
        add(headers, "ce_causationid", causation);
        add(headers, "ce_clock", "simulated");
        add(headers, "content-type", "application/avro");
        String trace = hex(correlation.isEmpty() ? key : correlation, 32), span = hex(id, 16);
        add(headers, "traceparent", "00-" + trace + "-" + span + "-01");
        return new Record<>(key.getBytes(StandardCharsets.UTF_8), out.toByteArray(), timestamp, headers);
    }

    /** UUIDv5 over the parts, as schemas/ids.py makes it. */
    String eventId(String... parts) {
        sha1.update(NAMESPACE);
        byte[] hash = sha1.digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
        hash[6] = (byte) (hash[6] & 0x0f | 0x50);
        hash[8] = (byte) (hash[8] & 0x3f | 0x80);
        ByteBuffer buffer = ByteBuffer.wrap(hash);
        return new java.util.UUID(buffer.getLong(), buffer.getLong()).toString();
    }

    static String text(OffsetDateTime at) {
        return ISO.format(at);
    }

    static long micros(OffsetDateTime at) {
        return at.toEpochSecond() * 1_000_000L + at.getNano() / 1_000;
    }

    private String hex(String text, int length) {
        return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8))).substring(0, length);
    }

    private static void add(RecordHeaders headers, String name, String value) {
        if (!value.isEmpty()) headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
