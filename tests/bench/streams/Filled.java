import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.streams.state.KeyValueStore;

/** Many open deliveries, put into the store before the first record: as many, as large and due as those of tests/bench/filled.py. */
final class Filled {
    private static final int PARTITIONS = 12;
    private final long count, mass, steady;
    private final OffsetDateTime morning;
    private final List<String> recipients = new ArrayList<>();

    Filled(JsonNode open, JsonNode clerks) {
        this.count = open.get("count").asLong();
        this.mass = open.get("mass").asLong();
        this.steady = open.get("steady").asLong();
        this.morning = OffsetDateTime.parse(open.get("morning").asText());
        clerks.fieldNames().forEachRemaining(recipients::add);
    }

    void into(KeyValueStore<String, byte[]> rows, Due due, int partition) {
        for (long number = partition; number < count; number += PARTITIONS) {
            OffsetDateTime since = dispatched(number);
            String key = String.format("%016x%016x", number * 0x9E3779B97F4A7C15L, number), recipient = recipients.get((int) (number % recipients.size()));
            String row = "delivery:" + key + "-" + recipient;
            rows.put(row, state(key, recipient, number, since));
            due.move(row, null, Wire.micros(since.plus(Duration.ofMinutes(15))));
        }
        System.out.println("FILLED " + partition);
    }

    private OffsetDateTime dispatched(long number) {
        if (number < mass) return morning;
        if (number < mass + steady) return morning.plus(Duration.ofMinutes(20)).plus(Duration.ofMillis(20 * (number - mass)));
        return morning.plus(Duration.ofHours(3)).plus(Duration.ofMinutes(number % 500));
    }

    private static byte[] state(String key, String recipient, long number, OffsetDateTime since) {
        ObjectNode state = Wire.JSON.createObjectNode(), about = state.putObject("about");
        about.put("subject", key + "-" + recipient).put("document_key", key).put("document_id", "000.00.00.H53,2026-11-23," + number + "/UBND-KSTT");
        about.put("sender", "000.00.00.H53").put("recipient", recipient).put("sha256", "").put("urgency", "normal").put("mode", "pull").put("type_name", "C\u00f4ng v\u0103n");
        about.put("title", "V/v r\u00e0 so\u00e1t, c\u1eadp nh\u1eadt danh m\u1ee5c d\u1ecbch v\u1ee5 c\u00f4ng tr\u1ef1c tuy\u1ebfn to\u00e0n tr\u00ecnh n\u0103m 2026").put("act", "DELIVER");
        about.put("event_id", "908bd0ac-2af8-5b8c-80e7-eeeb1e2f2507").putNull("due_on");
        state.putObject("facts").put("dispatched", Wire.text(since));
        state.putObject("climbs").putObject("incoming").put("step", 0).put("number", 1).put("at", Wire.text(since)).put("resolved", false);
        state.putObject("said").put("transport", "b0d88e0c-52f6-5d43-a0d6-c8cc3e973789");
        try {
            return Wire.JSON.writeValueAsBytes(state);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
