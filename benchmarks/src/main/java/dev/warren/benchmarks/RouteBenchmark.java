package dev.warren.benchmarks;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.RouteResult;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Router;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time and bytes of one route, or of one bind or unbind, in a topology of 100,000 bindings. Run
 * with {@code java -jar benchmarks/target/benchmarks.jar Route -prof gc}.
 *
 * <p>Unless said otherwise {@value Traffic#MESSAGES} messages take turns, each with its own key
 * string, so that the caches of the machine are as cold as the size of the tables makes them. The
 * hash of a key is computed in the first round only, as on a link with a fixed target.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteBenchmark {

  /** Direct exchange: one of 100,000 keys, each bound to one of 10,000 queues. */
  @Benchmark
  public int direct100kBindings(Traffic traffic) {
    return traffic.route(traffic.direct[traffic.next()]);
  }

  /** Topic exchange: 1,000 keys, which all fit the cache. */
  @Benchmark
  public int topic100kBindingsCached(Traffic traffic) {
    return traffic.route(traffic.topic[traffic.next() % 1000]);
  }

  /** Topic exchange: 65,536 different keys, none of which is still in the cache when it is next. */
  @Benchmark
  public int topic100kBindingsMissed(Traffic traffic) {
    return traffic.route(traffic.topic[traffic.next()]);
  }

  /** Headers exchange: 100 bindings of two arguments each, the message decoded before. */
  @Benchmark
  public int headers100Bindings(Traffic traffic) {
    return traffic.route(traffic.headers);
  }

  /** Fanout exchange: the time is for all 1,000 queues. */
  @Benchmark
  public int fanout1000Queues(Traffic traffic) {
    return traffic.route(traffic.fanout);
  }

  /** Default exchange: straight to one of 10,000 queues. */
  @Benchmark
  public int defaultExchange10kQueues(Traffic traffic) {
    return traffic.route(traffic.toQueue[traffic.next()]);
  }

  /** One bind and one unbind at the direct exchange of 100,000 bindings. */
  @Benchmark
  public Topology bindAndUnbindDirect(Traffic traffic) {
    return traffic.bindAndUnbind("amq.direct", "another");
  }

  /** One bind and one unbind at the topic exchange of 100,000 bindings. */
  @Benchmark
  public Topology bindAndUnbindTopic(Traffic traffic) {
    return traffic.bindAndUnbind("amq.topic", "one.more.*.five.words");
  }

  /** The topology and the messages. */
  @State(Scope.Thread)
  public static class Traffic {
    static final int MESSAGES = 65_536;
    private static final int BINDINGS = 100_000;
    private static final int QUEUES = 10_000;
    private static final int WORDS = 5;
    private static final int WORDS_PER_LEVEL = 10;

    private final SplittableRandom random = new SplittableRandom(42);
    private final RouteResult result = new RouteResult();
    private final Message[] direct = new Message[MESSAGES];
    private final Message[] topic = new Message[MESSAGES];
    private final Message[] toQueue = new Message[MESSAGES];
    private Message fanout = message("amq.fanout", "", new byte[0]);
    private Message headers = message("amq.match", "", new byte[0]);
    private Topology topology = Topology.of("/");
    private int next;

    /** Binds everything. */
    @Setup
    public void setUp() {
      for (int i = 0; i < QUEUES; i++) {
        topology = topology.with(new DeclareQueue(new BenchmarkQueue("queue-" + i)));
      }
      for (int i = 0; i < BINDINGS; i++) {
        bind("amq.direct", "routing.key." + i, Map.of());
        bind("amq.topic", pattern(), Map.of());
      }
      for (int i = 0; i < 100; i++) {
        bind("amq.match", "", Map.of("region", "eu-" + i % 10, "kind", i));
      }
      for (int i = 0; i < 1000; i++) {
        Destination queue = Destination.queue("queue-" + i);
        topology = topology.with(new Bind(new Binding("amq.fanout", queue, "", Map.of())));
      }
      byte[] properties =
          new AmqpWriter()
              .writeSectionDescriptor(Sections.APPLICATION_PROPERTIES)
              .writeValue(Map.of("region", "eu-3", "kind", 33, "unrelated", "x"))
              .toByteArray();
      headers = message("amq.match", "", properties);
      fanout = message("amq.fanout", "any", new byte[0]);
      for (int i = 0; i < MESSAGES; i++) {
        direct[i] = message("amq.direct", "routing.key." + random.nextInt(BINDINGS), new byte[0]);
        topic[i] = message("amq.topic", key(i), new byte[0]);
        toQueue[i] = message("", "queue-" + random.nextInt(QUEUES), new byte[0]);
      }
    }

    private int route(Message message) {
      Router.route(topology, message, result);
      return result.count();
    }

    private int next() {
      next = (next + 1) & (MESSAGES - 1);
      return next;
    }

    private Topology bindAndUnbind(String exchange, String key) {
      Binding binding = Binding.toQueue(exchange, "queue-7", key);
      return topology.with(new Bind(binding)).with(new Unbind(binding));
    }

    private void bind(String exchange, String key, Map<String, Object> arguments) {
      Destination queue = Destination.queue("queue-" + random.nextInt(QUEUES));
      topology = topology.with(new Bind(new Binding(exchange, queue, key, arguments)));
    }

    /** Five words, of which one in twenty is {@code *} and one in a thousand is {@code #}. */
    private String pattern() {
      StringBuilder pattern = new StringBuilder();
      int hashes = 0;
      for (int i = 0; i < WORDS; i++) {
        int dice = random.nextInt(1000);
        String word = word(i, random.nextInt(WORDS_PER_LEVEL));
        if (dice < 50) {
          word = "*";
        } else if (dice == 50 && hashes++ < 2) {
          word = "#";
        }
        pattern.append(i == 0 ? "" : ".").append(word);
      }
      return pattern.toString();
    }

    /** Five words, different for each index: the digits of a number that is. */
    private static String key(int index) {
      int number = (int) (index * 7919L % 100_000);
      StringBuilder key = new StringBuilder();
      for (int i = 0; i < WORDS; i++) {
        key.append(i == 0 ? "" : ".").append(word(i, number % WORDS_PER_LEVEL));
        number /= WORDS_PER_LEVEL;
      }
      return key.toString();
    }

    private static String word(int level, int number) {
      return "level" + level + "word" + number;
    }

    private static Message message(String exchange, String key, byte[] bare) {
      String ownKey = new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      return new Message(
          Envelope.of(exchange, ownKey), MessageHeader.DURABLE, new byte[0], ByteSlice.of(bare), 0);
    }
  }

  private record BenchmarkQueue(String name) implements RoutedQueue {
    @Override
    public boolean isDurable() {
      return true;
    }
  }
}
