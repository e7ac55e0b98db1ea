package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.time.BrokerClock;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for the end of a mending, with a line that tells how far it is if somebody watches. Used by
 * one thread, once.
 */
final class MendingFollower {
  private static final long POLL_MS = 250;
  private static final double NS_PER_SECOND = 1e9;
  private static final String CLEAR = "\r\u001b[K";

  private final Api api;
  private final BrokerCommand command;
  private final BrokerClock clock = BrokerClock.system();

  /** How many messages it will be; 0 if that is not known. */
  private long expected;

  private long firstNs;
  private long firstMended;

  MendingFollower(Api api, BrokerCommand command) {
    this.api = api;
    this.command = command;
  }

  /** Says how many messages match. */
  void expect(long messages) {
    expected = messages;
  }

  private static String path(JsonNode mending) {
    return "/mendings/" + Api.encoded(mending.path("id").asText());
  }

  /**
   * Waits.
   *
   * @param isOurs whether it stops with this process, at Ctrl-C
   */
  JsonNode untilItIsOver(JsonNode begun, boolean isOurs) throws InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    Thread stop = new Thread(() -> stop(begun, isOver), "stop-mending");
    if (isOurs) {
      Runtime.getRuntime().addShutdownHook(stop);
    }
    try {
      return wait(begun, isOurs);
    } finally {
      isOver.set(true);
      if (isOurs) {
        remove(stop);
      }
    }
  }

  private static void remove(Thread hook) {
    try {
      var unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already
    }
  }

  private JsonNode wait(JsonNode begun, boolean isOurs) throws InterruptedException {
    firstNs = clock.nanoTime();
    firstMended = begun.path("mended").asLong();
    boolean isShown = command.terminal().showsProgress();
    JsonNode now = begun;
    while (now.path("state").asText().equals("running")) {
      if (isShown) {
        show(now, isOurs);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      now = api.get(path(begun));
    }
    if (isShown) {
      command.err().print(CLEAR);
      command.err().flush();
    }
    return now;
  }

  private void show(JsonNode mending, boolean isOurs) {
    int columns = command.terminal().columns();
    String line = progress(mending, clock.nanoTime(), isOurs);
    PrintStream err = command.err();
    err.print(CLEAR + (columns > 1 ? Table.cut(line, columns - 1) : line));
    err.flush();
  }

  private String progress(JsonNode mending, long nowNs, boolean isOurs) {
    long mended = mending.path("mended").asLong();
    double seconds = (nowNs - firstNs) / NS_PER_SECOND;
    StringBuilder line =
        new StringBuilder(
            "%s %s: %d"
                .formatted(
                    mending.path("action").asText(),
                    Table.printable(mending.path("queue").asText()),
                    mended));
    if (expected > 0) {
      line.append(" of %d (%d %%)".formatted(expected, Math.min(100, 100 * mended / expected)));
    }
    if (seconds > 0) {
      line.append(", %.0f/s".formatted((mended - firstMended) / seconds));
    }
    if (mending.hasNonNull("waits_because")) {
      line.append(", waits: " + Table.printable(mending.path("waits_because").asText()));
    }
    long skipped = mending.path("skipped").asLong();
    if (skipped > 0) {
      line.append(", %d skipped".formatted(skipped));
    }
    return line.append(isOurs ? "; Ctrl-C stops it" : "").toString();
  }

  /** Runs when the process is told to end while it waits. */
  private void stop(JsonNode mending, AtomicBoolean isOver) {
    if (isOver.get()) {
      return;
    }
    try {
      api.sendQuickly("DELETE", path(mending));
      command.err().println("\nwarren: mending " + mending.path("id").asText() + " is stopped");
    } catch (RefusedException e) {
      command
          .err()
          .println(
              "\nwarren: mending %s may go on: %s"
                  .formatted(mending.path("id").asText(), Table.printable("" + e.getMessage())));
    }
  }

  /** Prints how it is; answers the exit code. */
  int tell(JsonNode mending, boolean asJson) {
    if (asJson) {
      command.json(mending);
    } else {
      command.out().println(told(mending));
    }
    return mending.path("state").asText().equals("failed")
        ? BrokerCommand.REFUSED
        : BrokerCommand.OK;
  }

  private static String told(JsonNode mending) {
    String state = mending.path("state").asText();
    String failed = mending.path("failed").asText("");
    long skipped = mending.path("skipped").asLong();
    return "%s: %d messages%s%s"
        .formatted(
            state.equals("running") ? "mending " + mending.path("id").asText() + " runs" : state,
            mending.path("mended").asLong(),
            skipped > 0
                ? ", %d skipped: %s"
                    .formatted(
                        skipped, Table.printable(mending.path("skipped_because").asText("-")))
                : "",
            failed.isEmpty() ? "" : ": " + Table.printable(failed));
  }
}
