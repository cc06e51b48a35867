import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** What is due when: keys are the moment and then the row, so that a look reads what is due and no more. */
final class Due {
    private static final byte[] NOTHING = new byte[0];
    private final KeyValueStore<Bytes, byte[]> store;
    private final Path clock;

    /** A row that is due. */
    record Row(String row, long micros) {}

    Due(KeyValueStore<Bytes, byte[]> store, Path clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Read the axis' clock, as infra/clock.py does. */
    long now() throws java.io.IOException {
        JsonNode face = Wire.JSON.readTree(Files.readString(clock));
        double past = face.get("mode").asText().equals("rate") ? System.currentTimeMillis() / 1e3 - face.get("real_at").asDouble() : 0;
        return (long) ((face.get("simulated_at").asDouble() + past * face.get("rate").asDouble()) * 1e6);
    }

    void move(String row, Long before, Long after) {
        if (before != null) store.delete(key(row, before));
        if (after != null) store.put(key(row, after), NOTHING);
    }

    List<Row> until(long micros) {
        List<Row> found = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = store.range(key("", 0), key("", micros + 1))) {
            while (all.hasNext()) {
                ByteBuffer key = ByteBuffer.wrap(all.next().key.get());
                long at = key.getLong();
                found.add(new Row(StandardCharsets.UTF_8.decode(key).toString(), at));
            }
        }
        return found;
    }

    private static Bytes key(String row, long micros) {
        byte[] name = row.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(8 + name.length).putLong(micros).put(name).array());
    }
}
