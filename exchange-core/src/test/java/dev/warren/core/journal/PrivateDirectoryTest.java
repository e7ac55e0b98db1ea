package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may look into the directories of the broker. */
@DisabledOnOs(OS.WINDOWS)
class PrivateDirectoryTest {
  @TempDir Path directory;

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatIsMadeIsForTheOwnAccount() throws IOException {
    Path made = directory.resolve("warren").resolve("data");
    PrivateDirectory.create(made);

    assertThat(permissions(made)).isEqualTo("rwx------");
    assertThat(permissions(directory.resolve("warren"))).isEqualTo("rwx------");
  }

  @Test
  void whatIsThereStaysAsItIs() throws IOException {
    Path there = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-x---"));
    PrivateDirectory.create(there);

    assertThat(permissions(there)).isEqualTo("rwxr-x---");
  }

  @Test
  void theDataDirectoryIsPrivate() throws IOException {
    Path data = directory.resolve("data");
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(data)) {
      assertThat(lock).isNotNull();
      assertThat(permissions(data)).isEqualTo("rwx------");
    }
  }
}
