import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/** `Streams WORK SETTINGS.json RUN`: one thread of Kafka Streams does the work of a processor of ours, until N records are through. */
public final class Streams {
    public static void main(String[] arguments) throws Exception {
        JsonNode given = Wire.JSON.readTree(Path.of(arguments[1]).toFile());
        Marks marks = new Marks(given.get("records").asLong());
        String prefix = given.get("prefix").asText();
        ProcessorSupplier<byte[], byte[], byte[], byte[]> work = () -> {
            try {
                Wire wire = new Wire(Path.of(given.get("schemas").asText()), "/streams/" + arguments[0]);
                return arguments[0].equals("route") ? new Router(wire, given, marks) : new Watcher(wire, given, marks);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        Topology topology = new Topology();
        var bytes = Serdes.ByteArray();
        topology.addSource("in", bytes.deserializer(), bytes.deserializer(), prefix + given.get("source").asText());
        topology.addProcessor("work", work, "in");
        topology.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore("rows"), Serdes.String(), bytes), "work");
        topology.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore("due"), Serdes.Bytes(), bytes), "work");
        topology.addSink("out", (key, value, record) -> prefix + topicOf(new String(record.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8)),
            bytes.serializer(), bytes.serializer(), "work");
        KafkaStreams streams = new KafkaStreams(topology, properties(given, arguments));
        streams.setUncaughtExceptionHandler(e -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
        boolean through = marks.end.await(given.get("seconds").asLong(), TimeUnit.SECONDS);
        streams.close();
        Runtime.getRuntime().halt(through ? 0 : 1);
    }

    private static String topicOf(String type) {
        for (var pair : List.of(List.of("Dispatched", "document.dispatched"), List.of("Alert", "document.alerts"), List.of("Obligation", "document.obligations"))) {
            if (type.contains(pair.get(0))) return pair.get(1);
        }
        throw new IllegalArgumentException(type);
    }

    private static Properties properties(JsonNode given, String[] arguments) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, given.get("prefix").asText() + "streams-" + arguments[2]);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given.get("bootstrap").asText());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, given.get("state").asText());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, given.get("guarantee").asText());
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        properties.put("consumer.auto.offset.reset", "earliest");
        properties.put("consumer.max.poll.records", 2000);
        properties.put("producer.linger.ms", 5);
        properties.put("producer.batch.size", 262144);
        properties.put("producer.compression.type", "lz4");
        return properties;
    }
}
