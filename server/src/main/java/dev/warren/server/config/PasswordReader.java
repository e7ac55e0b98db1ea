package dev.warren.server.config;

import dev.warren.core.security.PasswordHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the passwords of users, from wherever the file says they are. No message of it shows one.
 * Owned by the reading thread.
 */
final class PasswordReader {
  static final int FILE_BYTES_MAX = 4096;

  /** Everybody knows this one. */
  private static final String NO_SECRET = "guest";

  private static final List<AccessKey> SOURCES =
      List.of(
          AccessKey.USER_PASSWORD,
          AccessKey.USER_PASSWORD_HASH,
          AccessKey.USER_PASSWORD_ENV,
          AccessKey.USER_PASSWORD_FILE);
  private static final String ONE_OF_THEM =
      "one of password, password-hash, password-env and password-file";

  private final Path file;
  private final Map<String, String> environment;
  private final ConfigErrors errors;
  private final List<String> warnings;
  private boolean warnedOfFile;

  PasswordReader(
      Path file, Map<String, String> environment, ConfigErrors errors, List<String> warnings) {
    this.file = file;
    this.environment = environment;
    this.errors = errors;
    this.warnings = warnings;
  }

  /** The hash of a user's password; if anything is wrong with it, one that fits nothing. */
  PasswordHash read(SectionValues user) {
    List<AccessKey> given = SOURCES.stream().filter(user::has).toList();
    if (given.size() != 1) {
      addNumberError(user, given);
      return PasswordHash.NONE;
    }
    AccessKey source = given.get(0);
    if (source != AccessKey.USER_PASSWORD_HASH && user.has(AccessKey.USER_HASHING_ALGORITHM)) {
      errors.add(
          user.location(AccessKey.USER_HASHING_ALGORITHM),
          user.path(AccessKey.USER_HASHING_ALGORITHM),
          "it beside " + source.keyName(),
          "it only beside password-hash");
    }
    return switch (source) {
      case USER_PASSWORD_HASH -> hash(user);
      case USER_PASSWORD_ENV -> given(fromEnvironment(user));
      case USER_PASSWORD_FILE -> given(fromFile(user));
      default -> {
        warnIfOthersCanRead(user.text(source));
        yield PasswordHash.given(user.text(source));
      }
    };
  }

  private void addNumberError(SectionValues user, List<AccessKey> given) {
    if (given.isEmpty()) {
      errors.add(user.location(), user.path(), "no password", ONE_OF_THEM);
      return;
    }
    List<String> names = given.stream().map(AccessKey::keyName).toList();
    errors.add(
        user.location(given.get(1)),
        user.path(given.get(1)),
        String.join(" and ", names),
        "one of them");
  }

  private static PasswordHash given(Optional<String> password) {
    return password.map(PasswordHash::given).orElse(PasswordHash.NONE);
  }

  private PasswordHash hash(SectionValues user) {
    try {
      return PasswordHash.parse(
          user.text(AccessKey.USER_PASSWORD_HASH), user.text(AccessKey.USER_HASHING_ALGORITHM));
    } catch (IllegalArgumentException e) {
      errors.add(
          user.location(AccessKey.USER_PASSWORD_HASH),
          user.path(AccessKey.USER_PASSWORD_HASH),
          "found " + e.getMessage());
      return PasswordHash.NONE;
    }
  }

  private Optional<String> fromEnvironment(SectionValues user) {
    AccessKey key = AccessKey.USER_PASSWORD_ENV;
    String variable = user.text(key);
    String password = environment.get(variable);
    if (password == null || password.isEmpty()) {
      errors.add(
          user.location(key),
          user.path(key),
          "the environment variable " + variable + ", which is not set or empty",
          "one that holds the password");
      return Optional.empty();
    }
    return Optional.of(password);
  }

  private Optional<String> fromFile(SectionValues user) {
    AccessKey key = AccessKey.USER_PASSWORD_FILE;
    try {
      Path path = resolved(user.text(key));
      if (!Files.isRegularFile(path)) {
        return refused(user, "no file at " + path);
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      }
      if (bytes.length > FILE_BYTES_MAX) {
        return refused(user, "more than " + FILE_BYTES_MAX + " bytes in " + path);
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String password = text.replaceFirst("\\r?\\n\\z", "");
      if (password.isEmpty() || password.indexOf('\n') >= 0) {
        return refused(user, (password.isEmpty() ? "nothing" : "several lines") + " in " + path);
      }
      if (isReadableByOthers(path)) {
        warnings.add(user.path(key) + ": everybody on this machine can read " + path);
      }
      return Optional.of(password);
    } catch (CharacterCodingException e) {
      return refused(user, "other bytes than text in UTF-8");
    } catch (IOException | IllegalArgumentException e) {
      return refused(user, "a file that cannot be read: " + e);
    }
  }

  private Path resolved(String path) {
    Path folder = file.toAbsolutePath().getParent();
    return (folder == null ? Path.of(path) : folder.resolve(path)).normalize();
  }

  private Optional<String> refused(SectionValues user, String found) {
    AccessKey key = AccessKey.USER_PASSWORD_FILE;
    errors.add(user.location(key), user.path(key), found, "a file with the password in one line");
    return Optional.empty();
  }

  private void warnIfOthersCanRead(String password) {
    if (!warnedOfFile && !password.equals(NO_SECRET) && isReadableByOthers(file)) {
      warnedOfFile = true;
      warnings.add(
          "users: there are passwords in clear, and everybody on this machine can read "
              + file
              + "; use chmod 600, or password-hash, password-env or password-file");
    }
  }

  private static boolean isReadableByOthers(Path path) {
    try {
      return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without such permissions: nothing can be said.
      return false;
    }
  }
}
