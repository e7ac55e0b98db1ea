package dev.warren.core.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories with messages, hashes of passwords or the audit file: for the broker's own account
 * alone, where the file system knows accounts. Stateless.
 */
public final class PrivateDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateDirectory.class);
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private PrivateDirectory() {}

  /**
   * Makes the directory and those above it that are missing. One that is there stays as it is; if
   * others can read it, the log says so.
   *
   * @throws IOException if it cannot be made
   */
  public static void create(Path directory) throws IOException {
    boolean knowsAccounts =
        directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!Files.isDirectory(directory)) {
      if (knowsAccounts) {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWN));
      } else {
        Files.createDirectories(directory);
      }
    } else if (knowsAccounts) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
        LOG.warn(
            "every account of this machine can read a directory of the broker directory={}"
                + " permissions={} advice=\"chmod o-rwx\"",
            directory,
            PosixFilePermissions.toString(permissions));
      }
    }
  }
}
