package dev.warren.server.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a broker in a process of its own takes of the machine, as Linux and its JDK tell. */
final class ProcessMemory {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private final long pid;
  private final AtomicLong residentMaxKib = new AtomicLong();

  ProcessMemory(long pid) {
    this.pid = pid;
  }

  /** Resident memory now; the largest seen is remembered. */
  long residentMib() throws IOException {
    Matcher found = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
    if (!found.find()) {
      throw new IOException("no VmRSS of process " + pid);
    }
    long kib = Long.parseLong(found.group(1));
    residentMaxKib.accumulateAndGet(kib, Math::max);
    return kib / 1024;
  }

  /** The largest that was seen. */
  long residentMaxMib() {
    return residentMaxKib.get() / 1024;
  }

  /** What is live on its heap after a collection. */
  long liveHeapKib() throws InterruptedException {
    jcmd("GC.run");
    Matcher found = USED.matcher(jcmd("GC.heap_info"));
    long used = 0;
    // The serial collector tells its generations one by one, the metaspace in other words.
    while (found.find()) {
      used += Long.parseLong(found.group(1));
    }
    if (used == 0) {
      throw new IllegalStateException("no figures of the heap");
    }
    return used;
  }

  /**
   * The least that is live on its heap after collections until it is below what is wanted, or the
   * time is over. A broker at work makes new garbage before one collection has been looked at.
   */
  long liveHeapKib(long belowKib, Duration atMost) throws InterruptedException {
    long deadlineNs = System.nanoTime() + atMost.toNanos();
    long leastKib = liveHeapKib();
    while (leastKib >= belowKib && System.nanoTime() - deadlineNs < 0) {
      leastKib = Math.min(leastKib, liveHeapKib());
    }
    return leastKib;
  }

  /** Open files and sockets. */
  long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.count();
    }
  }

  private String jcmd(String command) throws InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return Commands.run(jcmd, Long.toString(pid), command).output().split("Metaspace", -1)[0];
  }
}
