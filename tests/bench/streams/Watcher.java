import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** What the watcher does with a dispatch and its recall: facts in a row, the transport clock, the warning to the recipient's clerk; and what is due, by the axis' clock. */
final class Watcher implements Processor<byte[], byte[], byte[], byte[]> {
    private final Wire wire;
    private final JsonNode table;
    private final Marks marks;
    private final Map<String, String> versions;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> rows;
    private Due due;
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
        this.due = new Due(context.getStateStore("due"), Path.of(table.get("clock").asText()));
        if (table.has("open")) new Filled(table.get("open"), table.get("clerks")).into(rows, due, context.taskId().partition());
        context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    /** Raise what is due: the first step of the ladder, then the next one waits for the breach. */
    private void look(long wall) {
        timestamp = wall;
        try {
            for (Due.Row each : due.until(due.now())) {
                ObjectNode state = (ObjectNode) Wire.JSON.readTree(rows.get(each.row()));
                JsonNode about = state.get("about");
                ObjectNode climbs = state.withObject("/climbs"), said = state.withObject("/said");
                OffsetDateTime since = OffsetDateTime.parse(state.get("facts").get("dispatched").asText());
                OffsetDateTime warn = since.plus(Duration.ofMinutes(15)), breach = since.plus(Duration.ofMinutes(60));
                int step = climbs.path("transport").path("step").asInt(-1) + 1;
                climbs.putObject("transport").put("step", step).put("number", 1).put("at", Wire.text(step == 0 ? warn : breach)).put("resolved", false);
                missing(about, step, step == 0 ? warn : breach);
                String standing = wire.eventId(about.get("recipient").asText(), since.toString(), warn.toString(), breach.toString(), String.valueOf(step));
                obligation("", about, since, warn, breach, null, standing, step == 0 ? breach : null);
                said.put("transport", standing);
                rows.put(each.row(), Wire.JSON.writeValueAsBytes(state));
                due.move(each.row(), each.micros(), step == 0 ? Wire.micros(breach) : null);
            }
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
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
            due.move(row, said.has("transport") ? Wire.micros(warn) : null, ended == null ? Wire.micros(warn) : null);
            obligation(event.id(), about, since, warn, breach, ended, standing, ended == null ? warn : null);
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
        String alert = wire.eventId("alert", about.get("subject").asText(), "incoming");
        GenericData.Record made = alert(about, alert, state, state.equals("FIRING"));
        made.put("kind", "incoming");
        made.put("level", 0L);
        made.put("clock", "");
        made.put("debtor", "");
        made.put("why", state.equals("FIRING") ? "dispatched" : "ended");
        raise(about, made, wire.eventId(alert, state), at, event.id());
    }

    private void missing(JsonNode about, int step, OffsetDateTime at) {
        String alert = wire.eventId("alert", about.get("subject").asText(), "transport");
        GenericData.Record made = alert(about, alert, "FIRING", true);
        made.put("kind", "not_received");
        made.put("level", (long) step);
        made.put("clock", "transport");
        made.put("debtor", about.get("recipient").asText());
        made.put("why", "dispatched");
        raise(about, made, wire.eventId(alert, "FIRING", String.valueOf(step), "1"), at, "");
    }

    private void raise(JsonNode about, GenericData.Record made, String id, OffsetDateTime at, String cause) {
        context.forward(wire.write("DocumentAlert", made, about.get("subject").asText(), id, at, about.get("document_key").asText(), cause, timestamp));
    }

    private GenericData.Record alert(JsonNode about, String alert, String state, boolean tells) {
        String subject = about.get("subject").asText();
        GenericData.Record made = wire.blank("DocumentAlert");
        made.put("alert_id", alert);
        made.put("about", subject);
        made.put("document_key", about.get("document_key").asText());
        made.put("document_id", about.get("document_id").asText());
        made.put("delivery_id", subject);
        made.put("state", state);
        made.put("number", 1L);
        made.put("to", tells ? told(made.getSchema().getField("to").schema().getElementType(), about.get("recipient").asText()) : List.of());
        made.put("urgency", "normal");
        made.put("sender", about.get("sender").asText());
        made.put("recipient", about.get("recipient").asText());
        made.put("subject", about.get("title").asText());
        made.put("versions", versions);
        return made;
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

    private void obligation(String cause, JsonNode about, OffsetDateTime since, OffsetDateTime warn, OffsetDateTime breach, OffsetDateTime ended, String standing, OffsetDateTime next) {
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
        made.put("next_step", next == null ? null : next.equals(warn) ? 0L : 1L);
        made.put("next_step_at", next == null ? null : Wire.micros(next));
        made.put("open", open);
        made.put("closed_at", open ? null : Wire.micros(ended));
        made.put("closed_by", open ? "" : "ended");
        made.put("working_minutes", open ? null : Duration.between(since, ended).toMinutes());
        made.put("provisional", false);
        made.put("rule", "transport/normal/choice");
        made.put("versions", versions);
        context.forward(wire.write("ObligationChanged", made, subject, wire.eventId("obligation", subject + ":transport", standing), open ? since : ended, key, cause, timestamp));
    }
}
