package dev.warren.server.interop;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** {@link FullDisk} on ext4 on a loop device. */
@Tag("slow")
@Timeout(90)
class FullLoopDiskTest extends FullDisk {

  FullLoopDiskTest() {
    super(SmallFileSystem.Kind.EXT4);
  }
}
