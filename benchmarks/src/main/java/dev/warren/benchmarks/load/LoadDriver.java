package dev.warren.benchmarks.load;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the connections of one load, each on a thread of its own, and reports. */
public final class LoadDriver {

  /** Everything accepted came back. */
  public static final int EXIT_OK = 0;

  /** The command line is wrong. */
  public static final int EXIT_USAGE = 1;

  /** A connection or link failed. */
  public static final int EXIT_FAILED = 2;

  /** Something accepted did not come back in time. */
  public static final int EXIT_MISSING = 3;

  private LoadDriver() {}

  /** Runs one load and returns the exit code. */
  public static int drive(LoadOptions options, PrintStream out, PrintStream err)
      throws InterruptedException {
    LoadRun run = new LoadRun(options);
    List<LoadSender> senders = new ArrayList<>();
    List<LoadReceiver> receivers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < options.receivers(); i++) {
      receivers.add(new LoadReceiver(run, i));
    }
    for (int i = 0; i < options.senders(); i++) {
      senders.add(new LoadSender(run, i));
    }
    receivers.forEach(peer -> threads.add(new Thread(peer)));
    senders.forEach(peer -> threads.add(new Thread(peer)));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    LoadReport report = LoadReport.of(run, senders, receivers);
    out.print(options.json() ? report.json() + System.lineSeparator() : report.text());
    @Nullable String failure = run.failure();
    if (failure != null) {
      err.println(failure);
      return EXIT_FAILED;
    }
    if (run.hasGivenUp()) {
      err.println("nothing moved for " + options.idleSeconds() + " s");
    }
    return run.hasGivenUp() || report.lost() > 0 ? EXIT_MISSING : EXIT_OK;
  }
}
