package dev.warren.server.cli;

import java.io.IOException;
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
          "file with the password on its first line, - for standard input"
              + " (WARREN_PASSWORD_FILE; or WARREN_PASSWORD; guest)")
  private Optional<Path> passwordFile = Optional.empty();

  @Option(names = "--ask-password", description = "ask for the password at the terminal")
  private boolean asks;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "PEM file of the authorities that are trusted, for https (WARREN_CA_FILE, JDK's)")
  private Optional<Path> authorities = Optional.empty();

  @Option(names = "--json", description = "print what the broker answers, as JSON")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /** A client of that broker. */
  Api open(BrokerCommand command) {
    Map<String, String> environment = command.environment();
    return new Api(
        url.or(() -> variable(environment, "WARREN_URL")).orElse("http://127.0.0.1:15672"),
        user.or(() -> variable(environment, "WARREN_USER")).orElse(GUEST),
        password(environment, command.terminal()),
        authorities
            .or(() -> variable(environment, "WARREN_CA_FILE").map(Path::of))
            .map(BrokerOptions::trusting));
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private String password(Map<String, String> environment, Terminal terminal) {
    if (asks) {
      return Passwords.asked(terminal, "Password")
          .orElseThrow(
              () ->
                  new RefusedException(
                      BrokerCommand.USAGE, "--ask-password: there is no terminal to ask"));
    }
    return Passwords.given(
            passwordFile.or(() -> variable(environment, "WARREN_PASSWORD_FILE").map(Path::of)),
            environment,
            "WARREN_PASSWORD")
        .orElse(GUEST);
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
