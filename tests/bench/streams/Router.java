import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** What the router does with a new document: three rows read, two written, one dispatch a recipient. Rules are a finished table. */
final class Router implements Processor<byte[], byte[], byte[], byte[]> {
    private final Wire wire;
    private final JsonNode table;
    private final Marks marks;
    private final Map<String, String> versions;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> rows;

    Router(Wire wire, JsonNode table, Marks marks) {
        this.wire = wire;
        this.table = table;
        this.marks = marks;
        this.versions = Wire.JSON.convertValue(table.get("versions"), Map.class);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.rows = context.getStateStore("rows");
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        marks.begins();
        try {
            signed(wire.read(record.key(), record.value(), record.headers()), record.timestamp());
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
        marks.done();
    }

    private void signed(Wire.Event event, long timestamp) throws java.io.IOException {
        GenericRecord signed = event.body(), content = (GenericRecord) signed.get("content"), envelope = (GenericRecord) signed.get("envelope");
        String key = signed.get("document_key").toString(), sha = content.get("sha256").toString();
        byte[] known = rows.get("document:" + key);
        byte[] paths = rows.get("paths:" + key);
        rows.get("parked:" + key);
        ObjectNode document = known == null ? Wire.JSON.createObjectNode() : (ObjectNode) Wire.JSON.readTree(known);
        ObjectNode tries = document.withObject("/tries");
        String seen = wire.eventId(event.id(), event.causation());
        if (tries.has(sha)) return; // met before: no effect
        ArrayNode ways = paths == null ? Wire.JSON.createArrayNode() : (ArrayNode) Wire.JSON.readTree(paths);
        ObjectNode tried = tries.putObject(sha).put("verdict", event.id()).put("refused", "").put("provisional", false);
        tried.putArray("seen").add(seen);
        ArrayNode recipients = tried.putArray("recipients");
        for (Object each : (List<?>) envelope.get("recipients")) {
            JsonNode way = table.get("ways").get(each.toString());
            recipients.add(way.get("recipient").asText());
            GenericData.Record dispatch = dispatched(event, envelope, content, way, each.toString());
            String name = dispatch.get("delivery_id").toString(), id = wire.eventId("dispatched", name, "DELIVER", sha);
            ways.add(remembered(dispatch, id, event));
            context.forward(wire.write("DocumentDispatched", dispatch, name, id, event.recorded(), key, event.id(), timestamp));
        }
        document.put("document_id", envelope.get("document_id").toString()).put("sender", signed.get("sender").toString()).put("carried", sha);
        document.putArray("recalled");
        document.putArray("recalled_from");
        rows.put("document:" + key, Wire.JSON.writeValueAsBytes(document));
        rows.put("paths:" + key, Wire.JSON.writeValueAsBytes(ways));
    }

    private GenericData.Record dispatched(Wire.Event event, GenericRecord envelope, GenericRecord content, JsonNode way, String addressed) {
        GenericData.Record made = wire.blank("DocumentDispatched");
        GenericRecord signed = event.body();
        String key = signed.get("document_key").toString(), recipient = way.get("recipient").asText();
        GenericData.Record reference = new GenericData.Record(made.getSchema().getField("content").schema());
        for (String field : List.of("sha256", "size", "media_type")) reference.put(field, content.get(field));
        made.put("delivery_id", key + "-" + recipient);
        made.put("document_key", key);
        made.put("document_id", envelope.get("document_id"));
        made.put("content", reference);
        made.put("sender", signed.get("sender"));
        made.put("recipient", recipient);
        made.put("addressed", List.of(addressed));
        made.put("endpoint", way.get("endpoint").asText());
        made.put("endpoint_owner", way.get("endpoint_owner").asText());
        made.put("mode", way.get("mode").asText());
        made.put("hops", Wire.JSON.convertValue(way.get("hops"), List.class));
        made.put("rule", way.get("rule").asText());
        made.put("urgency", "normal");
        made.put("due_on", envelope.get("due_on"));
        made.put("type_code", envelope.get("type_code"));
        made.put("type_name", envelope.get("type_name"));
        made.put("subject", envelope.get("subject"));
        made.put("act", "DELIVER");
        made.put("provisional", false);
        made.put("notes", List.of());
        made.put("versions", versions);
        return made;
    }

    private ObjectNode remembered(GenericData.Record dispatch, String id, Wire.Event event) {
        ObjectNode row = Wire.JSON.createObjectNode().put("event_id", id).put("occurred_at", Wire.text(event.recorded())).put("causation_id", event.id());
        for (var field : dispatch.getSchema().getFields()) {
            Object value = dispatch.get(field.pos());
            if (value instanceof GenericRecord) {
                ObjectNode inner = row.putObject(field.name());
                for (var part : ((GenericRecord) value).getSchema().getFields()) inner.put(part.name(), ((GenericRecord) value).get(part.pos()).toString());
            } else {
                row.set(field.name(), Wire.JSON.valueToTree(value));
            }
        }
        return row;
    }
}
