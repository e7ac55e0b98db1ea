package dev.warren.management;

import dev.warren.core.broker.Management.NodeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the system says of this process. Stateless; reads the system's files at each call. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final long KIBIBYTE = 1024;

  private ProcessMemory() {}

  /** Octets of memory it takes; empty where the system does not tell in a file, as Linux does. */
  public static OptionalLong residentBytes() {
    try {
      return residentBytes(Files.readAllLines(STATUS));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong residentBytes(Iterable<String> status) {
    for (String line : status) {
      if (line.startsWith(RESIDENT)) {
        String number = line.substring(RESIDENT.length()).replace("kB", "").strip();
        try {
          return OptionalLong.of(Long.parseLong(number) * KIBIBYTE);
        } catch (NumberFormatException e) {
          return OptionalLong.empty();
        }
      }
    }
    return OptionalLong.empty();
  }

  /**
   * What resident memory is to be compared with: what it takes now and what is left of the heap
   * until the memory alarm comes, which looks at the heap alone.
   */
  public static long limitBytes(long residentBytes, NodeInfo node) {
    return residentBytes + node.memoryLimitBytes() - node.memoryUsedBytes();
  }
}
