import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** What the watcher does with a dispatch and its recall: facts in a row, the transport clock, the warning to the recipient's clerk. */
final class Watcher implements Processor<byte[], byte[], byte[], byte[]> {
    private final Wire wire;
    private final JsonNode table;
    private final Marks marks;
    private final Map<String, String> versions;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> rows;
    private long timestamp;

    Watcher(Wire wire, JsonNode table, Marks marks) {
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
        timestamp = record.timestamp();
        try {
            learn(wire.read(record.key(), record.value(), record.headers()));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
        marks.done();
    }

    private void learn(Wire.Event event) throws java.io.IOException {
        GenericRecord body = event.body();
        String subject = body.get("delivery_id").toString(), row = "delivery:" + subject;
        byte[] known = rows.get(row);
        ObjectNode state = known == null ? Wire.JSON.createObjectNode() : (ObjectNode) Wire.JSON.readTree(known);
        ObjectNode facts = state.withObject("/facts"), climbs = state.withObject("/climbs"), said = state.withObject("/said");
        String act = body.get("act").toString(), fact = act.equals("RECALL") ? "recall_sent" : "dispatched";
        if (!state.has("about")) about(state.putObject("about"), event, subject);
        if (!facts.has(fact) || OffsetDateTime.parse(facts.get(fact).asText()).isAfter(event.recorded())) facts.put(fact, Wire.text(event.recorded()));
        OffsetDateTime since = OffsetDateTime.parse(facts.get("dispatched").asText());
        OffsetDateTime ended = facts.has("recall_sent") ? OffsetDateTime.parse(facts.get("recall_sent").asText()) : null;
        JsonNode about = state.get("about");
        if (!climbs.has("incoming")) {
            incoming(event, about, "FIRING", since);
            climbs.putObject("incoming").put("step", 0).put("number", 1).put("at", Wire.text(since)).put("resolved", false);
        }
        if (ended != null && !climbs.get("incoming").get("resolved").asBoolean()) {
            incoming(event, about, "RESOLVED", event.recorded());
            ((ObjectNode) climbs.get("incoming")).put("resolved", true);
        }
        OffsetDateTime warn = since.plus(Duration.ofMinutes(15)), breach = since.plus(Duration.ofMinutes(60));
        String standing = wire.eventId(about.get("recipient").asText(), since.toString(), warn.toString(), breach.toString(), String.valueOf(ended));
        if (!standing.equals(said.path("transport").asText())) {
            obligation(event, about, since, warn, breach, ended, standing);
            said.put("transport", standing);
        }
        rows.put(row, Wire.JSON.writeValueAsBytes(state));
    }

    private void about(ObjectNode about, Wire.Event event, String subject) {
        GenericRecord body = event.body();
        about.put("subject", subject).put("sha256", "").put("title", body.get("subject").toString()).put("event_id", event.id()).putNull("due_on");
        for (String field : List.of("document_key", "document_id", "sender", "recipient", "urgency", "mode", "type_name", "act")) {
            about.put(field, body.get(field).toString());
        }
    }

    private void incoming(Wire.Event event, JsonNode about, String state, OffsetDateTime at) {
        String subject = about.get("subject").asText(), alert = wire.eventId("alert", subject, "incoming"), key = about.get("document_key").asText();
        GenericData.Record made = wire.blank("DocumentAlert");
        made.put("alert_id", alert);
        made.put("about", subject);
        made.put("document_key", key);
        made.put("document_id", about.get("document_id").asText());
        made.put("delivery_id", subject);
        made.put("kind", "incoming");
        made.put("state", state);
        made.put("level", 0L);
        made.put("number", 1L);
        made.put("clock", "");
        made.put("debtor", "");
        made.put("to", state.equals("FIRING") ? told(made.getSchema().getField("to").schema().getElementType(), about.get("recipient").asText()) : List.of());
        made.put("why", state.equals("FIRING") ? "dispatched" : "ended");
        made.put("urgency", "normal");
        made.put("sender", about.get("sender").asText());
        made.put("recipient", about.get("recipient").asText());
        made.put("subject", about.get("title").asText());
        made.put("versions", versions);
        context.forward(wire.write("DocumentAlert", made, subject, wire.eventId(alert, state), at, key, event.id(), timestamp));
    }

    private List<GenericData.Record> told(Schema schema, String recipient) {
        List<GenericData.Record> found = new java.util.ArrayList<>();
        for (JsonNode each : table.get("clerks").get(recipient)) {
            GenericData.Record told = new GenericData.Record(schema);
            for (var field : schema.getFields()) told.put(field.name(), each.get(field.name()).asText());
            found.add(told);
        }
        return found;
    }

    private void obligation(Wire.Event event, JsonNode about, OffsetDateTime since, OffsetDateTime warn, OffsetDateTime breach, OffsetDateTime ended, String standing) {
        String subject = about.get("subject").asText(), key = about.get("document_key").asText();
        boolean open = ended == null;
        GenericData.Record made = wire.blank("ObligationChanged");
        made.put("obligation_id", subject + ":transport");
        made.put("subject", subject);
        made.put("document_key", key);
        made.put("clock", "transport");
        made.put("debtor", about.get("recipient").asText());
        made.put("creditor", about.get("sender").asText());
        made.put("since_at", Wire.micros(since));
        made.put("target_at", Wire.micros(since.plus(Duration.ofMinutes(2))));
        made.put("warn_at", Wire.micros(warn));
        made.put("breach_at", Wire.micros(breach));
        made.put("next_step", open ? 0L : null);
        made.put("next_step_at", open ? Wire.micros(warn) : null);
        made.put("open", open);
        made.put("closed_at", open ? null : Wire.micros(ended));
        made.put("closed_by", open ? "" : "ended");
        made.put("working_minutes", open ? null : Duration.between(since, ended).toMinutes());
        made.put("provisional", false);
        made.put("rule", "transport/normal/choice");
        made.put("versions", versions);
        context.forward(wire.write("ObligationChanged", made, subject, wire.eventId("obligation", subject + ":transport", standing), open ? since : ended, key, event.id(), timestamp));
    }
}
