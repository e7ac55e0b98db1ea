package dev.warren.server.interop;

import org.junit.jupiter.api.Timeout;

/** {@link FullDisk} on a file system in memory. */
@Timeout(90)
class FullDiskTest extends FullDisk {

  FullDiskTest() {
    super(SmallFileSystem.Kind.TMPFS);
  }
}
