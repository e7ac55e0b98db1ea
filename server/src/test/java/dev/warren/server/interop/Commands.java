package dev.warren.server.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Programs of the operating system that tests run to the end: signals, mounts. */
public final class Commands {

  private static final long LIMIT_S = 20;

  private Commands() {}

  /** How a program ended and what it said. */
  public record Ended(int exitCode, String output) {
    public boolean isWell() {
      return exitCode == 0;
    }
  }

  /** Runs a program; one that cannot be started counts as ended with 127, as in a shell. */
  public static Ended run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + " does not end");
      }
      return new Ended(process.exitValue(), output);
    } catch (IOException e) {
      return new Ended(127, e.toString());
    }
  }

  /** SIGSTOP: the process stands still, its connections stay. Only for one the test started. */
  static void pause(long pid) throws InterruptedException {
    signal("STOP", pid);
  }

  /** SIGCONT: it goes on as if nothing had been. */
  static void resume(long pid) throws InterruptedException {
    signal("CONT", pid);
  }

  private static void signal(String name, long pid) throws InterruptedException {
    Ended kill = run("kill", "-" + name, Long.toString(pid));
    if (!kill.isWell()) {
      throw new AssertionError("cannot send SIG" + name + ": " + kill.output());
    }
  }
}
