package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.warren.amqp.engine.AmqpEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Whatever octets come, the worst is that their connection is closed: nothing fails in a way nobody
 * foresaw, and nothing stays behind. Streams of valid frames are damaged, each by a seed that the
 * failure names; {@code -Dseed=N} plays one again.
 */
@SuppressWarnings("NullAway.Init")
class FrameFuzzTest {
  private static final int INPUTS_IN_THE_GATE = 4_000;
  private static final int INPUTS_OF_A_ROUND = Integer.getInteger("fuzz.inputs", 10_000);

  @TempDir Path directory;
  private final Defects defects = new Defects();
  private final List<List<byte[]>> streams = new FuzzStreams().all();

  /**
   * Looks at what is about to be logged, and keeps what tells of a defect. Nothing else is logged
   * while it is at work, because that would take most of the time.
   */
  private static final class Defects extends TurboFilter {
    /** Where the engine is called from outside, and lets no exception pass. */
    private static final Set<String> BORDERS = Set.of("input", "tick", "head", "pop");

    private static final int KEPT_MAX = 20;

    final List<String> found = new CopyOnWriteArrayList<>();

    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        String format,
        Object @Nullable [] parameters,
        @Nullable Throwable thrown) {
      if (!logger.getName().startsWith("dev.warren")) {
        return FilterReply.NEUTRAL;
      }
      if (format != null && found.size() < KEPT_MAX) {
        Throwable cause = thrown == null ? lastOf(parameters) : thrown;
        if (level.isGreaterOrEqual(Level.ERROR) || (cause != null && isOurs(cause))) {
          found.add(format + "\n" + text(cause));
        }
        return FilterReply.DENY;
      }
      // Whoever asks first whether a level is on.
      return FilterReply.ACCEPT;
    }

    /** A logger finds the exception behind the other arguments after this has been asked. */
    private static @Nullable Throwable lastOf(Object @Nullable [] parameters) {
      return parameters != null
              && parameters.length > 0
              && parameters[parameters.length - 1] instanceof Throwable cause
          ? cause
          : null;
    }

    /**
     * proton-j answers some faults of a peer by an exception of its own, which the engine turns
     * into a framing error. One that comes from our code, or through it, is a defect.
     */
    private static boolean isOurs(Throwable thrown) {
      StackTraceElement[] trace = thrown.getStackTrace();
      for (int i = 0; i < trace.length; i++) {
        StackTraceElement call = trace[i];
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

  private static String text(@Nullable Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static LoggerContext logging() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  @BeforeEach
  void listen() {
    defects.start();
    logging().addTurboFilter(defects);
  }

  @AfterEach
  void stop() {
    logging().getTurboFilterList().remove(defects);
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
      return text(e);
    }
    return defects.found.isEmpty() ? "" : String.join("\n", defects.found);
  }
}
