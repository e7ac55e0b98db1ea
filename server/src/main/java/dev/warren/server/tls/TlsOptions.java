package dev.warren.server.tls;

import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How TLS is spoken, and on which ports. Immutable.
 *
 * @param certificates shown to clients; the first to those that name no server, or one that no
 *     certificate is for
 * @param authorities file with the authorities that client certificates are judged by
 * @param oldest lowest version
 * @param reloadIntervalMs how often the files are looked at; 0: only when asked for
 */
public record TlsOptions(
    List<Files> certificates,
    Optional<Authorities> authorities,
    Version oldest,
    long reloadIntervalMs,
    Optional<Port> amqp,
    Optional<Port> webSocket,
    Optional<Port> http) {
  /** No TLS anywhere. */
  public static final TlsOptions NONE =
      new TlsOptions(
          List.of(),
          Optional.empty(),
          Version.TLS_1_2,
          0,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Copies the list. */
  public TlsOptions {
    certificates = List.copyOf(certificates);
  }

  /** Whether any listener speaks it. */
  public boolean isUsed() {
    return amqp.isPresent() || webSocket.isPresent() || http.isPresent();
  }

  /**
   * Where a certificate is.
   *
   * @param where its place in the configuration, for messages: {@code file:line:column: path}
   * @param certificate with those between it and its authority
   * @param key its private key, or empty if that is in the same file
   */
  public record Files(String where, Path certificate, Optional<Path> key, KeyPassword password) {}

  /** A file of authorities; {@code where} as for certificates. */
  public record Authorities(String where, Path file) {}

  /**
   * A port that speaks TLS.
   *
   * @param port to bind; 0 lets the system choose
   * @param only whether the port without TLS stays closed
   * @param clients what is asked of clients
   */
  public record Port(int port, boolean only, ClientCertificates clients) {}

  /** Whether clients show a certificate. */
  public enum ClientCertificates {
    /** They are not asked. */
    NONE("none", ClientAuth.NONE),
    /** They are asked and need not; a certificate that is not good ends the connection. */
    REQUESTED("requested", ClientAuth.REQUEST),
    /** They must. */
    REQUIRED("required", ClientAuth.REQUIRED);

    private final String word;
    private final ClientAuth asked;

    ClientCertificates(String word, ClientAuth asked) {
      this.word = word;
      this.asked = asked;
    }

    /** As the configuration spells it. */
    public String word() {
      return word;
    }

    ClientAuth asked() {
      return asked;
    }

    /** The one that is spelled like this. */
    public static ClientCertificates of(String word) {
      for (ClientCertificates value : values()) {
        if (value.word.equals(word)) {
          return value;
        }
      }
      throw new IllegalArgumentException("no such word: " + word);
    }
  }

  /** A version of TLS; older ones are never spoken. */
  public enum Version {
    /** RFC 5246. */
    TLS_1_2("TLSv1.2"),
    /** RFC 8446. */
    TLS_1_3("TLSv1.3");

    private final String word;

    Version(String word) {
      this.word = word;
    }

    /** As the configuration and the JDK spell it. */
    public String word() {
      return word;
    }
  }
}
