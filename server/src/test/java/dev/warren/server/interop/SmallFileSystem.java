package dev.warren.server.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a few megabytes, mounted for one test and unmounted by {@link #close}. Mounting
 * takes root; where it is not allowed, the test is skipped and says why.
 */
final class SmallFileSystem implements AutoCloseable {

  private static final String BALLAST = "ballast";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path mounted;

  private SmallFileSystem(Path mounted) {
    this.mounted = mounted;
  }

  /** What kind of file system. */
  enum Kind {
    /** In memory: a write that finds no room fails at once. */
    TMPFS,
    /** In a file on a loop device: blocks are allocated late. */
    EXT4;

    private Commands.Ended mount(Path at, int megabytes) throws InterruptedException, IOException {
      if (this == TMPFS) {
        return Commands.run(
            "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "warren", at.toString());
      }
      Path image = at.resolveSibling(at.getFileName() + ".image");
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength((long) megabytes << 20);
      }
      // No journal and nothing reserved for root, so that nearly all of it can be used.
      Commands.Ended made =
          Commands.run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", "-m", "0", image.toString());
      return made.isWell()
          ? Commands.run("mount", "-o", "loop", image.toString(), at.toString())
          : made;
    }
  }

  /** Mounts one below a directory, or skips the test. */
  static SmallFileSystem mount(Kind kind, Path below, int megabytes)
      throws IOException, InterruptedException {
    Path at = Files.createDirectory(below.resolve("small"));
    Commands.Ended mount = kind.mount(at, megabytes);
    Assumptions.assumeTrue(
        mount.isWell(),
        () -> "skipped: a small " + kind + " cannot be mounted here: " + mount.output());
    return new SmallFileSystem(at);
  }

  /** A directory in it for the broker's data. */
  Path data() {
    return mounted.resolve("data");
  }

  /** What is free for files. */
  long freeBytes() {
    return mounted.toFile().getUsableSpace();
  }

  /** Fills it up with a file of somebody else, to the last byte. */
  void fillUp() throws IOException {
    byte[] zeros = new byte[4096];
    try (OutputStream ballast = Files.newOutputStream(mounted.resolve(BALLAST))) {
      while (true) {
        ballast.write(zeros);
      }
    } catch (IOException e) {
      if (freeBytes() >= zeros.length) {
        throw e;
      }
    }
  }

  /** Takes that file away. */
  void makeRoom() throws IOException {
    Files.delete(mounted.resolve(BALLAST));
  }

  /** Unmounts it; whoever used it must have ended. */
  @Override
  public void close() {
    await().atMost(LIMIT).until(() -> Commands.run("umount", mounted.toString()).isWell());
    try {
      Files.delete(mounted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
