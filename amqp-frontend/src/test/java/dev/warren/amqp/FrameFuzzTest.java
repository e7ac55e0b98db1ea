package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.warren.amqp.engine.AmqpEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Whatever octets come, the worst is that their connection is closed: nothing fails in a way nobody
 * foresaw, and nothing stays behind. Streams of valid frames are damaged, each by a seed that the
 * failure names; {@code -Dseed=N} plays one again.
 */
@SuppressWarnings("NullAway.Init")
class FrameFuzzTest {
  private static final int INPUTS_IN_THE_GATE = 4_000;
  private static final int INPUTS_OF_A_ROUND = 100_000;

  @TempDir Path directory;
  private final Defects defects = new Defects();
  private final List<List<byte[]>> streams = new FuzzStreams().all();

  /** Collects what the log says of defects. */
  private static final class Defects extends AppenderBase<ILoggingEvent> {
    /** Where the engine is called from outside, and lets no exception pass. */
    private static final Set<String> BORDERS = Set.of("input", "tick", "head", "pop");

    final List<String> found = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      IThrowableProxy thrown = event.getThrowableProxy();
      boolean isDefect =
          event.getLevel().isGreaterOrEqual(Level.ERROR) || (thrown != null && isOurs(thrown));
      if (isDefect && found.size() < 20) {
        found.add(
            event.getFormattedMessage()
                + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown)));
      }
    }

    /**
     * proton-j answers some faults of a peer by an exception of its own, which the engine turns
     * into a framing error. One that comes from our code, or through it, is a defect.
     */
    private static boolean isOurs(IThrowableProxy thrown) {
      StackTraceElementProxy[] trace = thrown.getStackTraceElementProxyArray();
      for (int i = 0; i < trace.length; i++) {
        StackTraceElement call = trace[i].getStackTraceElement();
        if (call.getClassName().equals(AmqpEngine.class.getName())
            && BORDERS.contains(call.getMethodName())) {
          return false;
        }
        boolean ours = call.getClassName().startsWith("dev.warren.");
        boolean engine = call.getClassName().startsWith(AmqpEngine.class.getPackageName() + ".");
        if (ours && (i == 0 || !engine)) {
          return true;
        }
      }
      return true;
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  @BeforeEach
  void listen() {
    defects.start();
    logger("dev.warren").setAdditive(false);
    logger("dev.warren").setLevel(Level.WARN);
    logger(AmqpEngine.class.getName()).setLevel(Level.DEBUG);
    logger("dev.warren").addAppender(defects);
  }

  @AfterEach
  void stop() {
    logger("dev.warren").detachAppender(defects);
    logger("dev.warren").setAdditive(true);
    logger("dev.warren").setLevel(null);
    logger(AmqpEngine.class.getName()).setLevel(null);
  }

  @Test
  void validStreamsAreUnderstoodToTheEnd() {
    try (FuzzBroker broker = new FuzzBroker(directory)) {
      for (List<byte[]> stream : streams) {
        for (byte[] frame : stream) {
          assertThat(frame).hasSizeLessThan(4096);
        }
      }
      assertThat(broker.leftBehind()).isEmpty();
    }
  }

  @Test
  void damagedStreamsHarmNobody() {
    Long one = Long.getLong("seed");
    if (one == null) {
      round(1, INPUTS_IN_THE_GATE);
    } else {
      try (FuzzBroker broker = new FuzzBroker(directory)) {
        play(broker, FuzzInput.of(streams, one), one);
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void aMillionDamagedStreamsHarmNobody(long seed) {
    round(seed, INPUTS_OF_A_ROUND);
  }

  private void round(long roundSeed, int inputs) {
    SplittableRandom random = new SplittableRandom(roundSeed);
    try (FuzzBroker broker = new FuzzBroker(directory)) {
      for (int i = 0; i < inputs; i++) {
        long seed = random.nextLong();
        play(broker, FuzzInput.of(streams, seed), seed);
      }
      assertThat(broker.leftBehind()).as("round of seed %s", roundSeed).isEmpty();
      assertThat(broker.abandoned()).as("round of seed %s", roundSeed).isZero();
      assertThat(defects.found).as("round of seed %s", roundSeed).isEmpty();
    }
  }

  private void play(FuzzBroker broker, FuzzInput input, long seed) {
    String failure = failure(broker, input);
    if (failure.isEmpty()) {
      return;
    }
    FuzzInput smallest = input;
    boolean shrunk = true;
    while (shrunk) {
      shrunk = false;
      for (FuzzInput smaller : smallest.smaller()) {
        defects.found.clear();
        if (!failure(broker, smaller).isEmpty()) {
          smallest = smaller;
          shrunk = true;
          break;
        }
      }
    }
    throw new AssertionError("seed " + seed + ": " + smallest + "\n" + failure);
  }

  /** What went wrong; empty if nothing did. */
  private String failure(FuzzBroker broker, FuzzInput input) {
    try {
      broker.converse(input.bytes(), input.pieceLength());
    } catch (RuntimeException | AssertionError e) {
      java.io.StringWriter text = new java.io.StringWriter();
      e.printStackTrace(new java.io.PrintWriter(text));
      return text.toString();
    }
    return defects.found.isEmpty() ? "" : String.join("\n", defects.found);
  }
}
