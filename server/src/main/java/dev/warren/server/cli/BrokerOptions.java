package dev.warren.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Option;

/** Which broker, as whom, and how answers are shown. */
final class BrokerOptions {
  private static final String GUEST = "guest";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "the broker's HTTP address (WARREN_URL, http://127.0.0.1:15672)")
  private Optional<String> url = Optional.empty();

  @Option(names = "--user", paramLabel = "NAME", description = "who asks (WARREN_USER, guest)")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "file with the password on its first line (WARREN_PASSWORD_FILE; or WARREN_PASSWORD)")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "PEM file of the authorities that are trusted, for https (those of the JDK)")
  private Optional<Path> authorities = Optional.empty();

  @Option(names = "--json", description = "print what the broker answers, as JSON")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /** A client of that broker. */
  Api open(Map<String, String> environment) {
    return new Api(
        url.or(() -> variable(environment, "WARREN_URL")).orElse("http://127.0.0.1:15672"),
        user.or(() -> variable(environment, "WARREN_USER")).orElse(GUEST),
        password(environment),
        authorities.map(BrokerOptions::trusting));
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private String password(Map<String, String> environment) {
    Optional<Path> file =
        passwordFile.or(() -> variable(environment, "WARREN_PASSWORD_FILE").map(Path::of));
    if (file.isPresent()) {
      return text(file.get()).lines().findFirst().orElse("");
    }
    return variable(environment, "WARREN_PASSWORD").orElse(GUEST);
  }

  /** The contents of a file that is asked for. */
  static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static RefusedException unreadable(Path file, Exception why) {
    return new RefusedException(BrokerCommand.USAGE, file + " cannot be read: " + why);
  }

  private static SSLContext trusting(Path file) {
    try (var in = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      for (Certificate certificate : found) {
        trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
  }
}
