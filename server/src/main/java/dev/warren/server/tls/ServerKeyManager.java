package dev.warren.server.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate a client is shown: one that is for the server the client names (SNI), or
 * the first of all. Where several are for it, the kind of key the client can check decides, so a
 * name may have an RSA and an EC certificate. Immutable.
 */
final class ServerKeyManager extends X509ExtendedKeyManager {
  private final List<ServerCertificate> certificates;

  /** Creates the manager of at least one certificate. */
  ServerKeyManager(List<ServerCertificate> certificates) {
    this.certificates = List.copyOf(certificates);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return choose(keyType, serverName(engine));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyType, Optional.empty());
  }

  private @Nullable String choose(String keyType, Optional<String> name) {
    List<ServerCertificate> fitting =
        name.map(named -> certificates.stream().filter(c -> c.isFor(named)).toList())
            .filter(found -> !found.isEmpty())
            .orElseGet(() -> certificates.subList(0, 1));
    for (ServerCertificate certificate : fitting) {
      if (certificate.algorithm().equals(keyType)) {
        return Integer.toString(certificates.indexOf(certificate));
      }
    }
    return null;
  }

  private static Optional<String> serverName(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return Optional.of(host.getAsciiName());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return certificates.get(Integer.parseInt(alias)).chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return certificates.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = choose(keyType, Optional.empty());
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
