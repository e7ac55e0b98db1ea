package dev.warren.core.broker;

import java.util.List;
import java.util.Optional;

/**
 * What the TLS hand-shake of a connection agreed on. Immutable.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipher name of the cipher suite, such as {@code TLS_AES_256_GCM_SHA384}
 * @param peer the client's certificate, if it showed one that an authority of ours has signed
 */
public record TlsSession(String protocol, String cipher, Optional<PeerCertificate> peer) {

  /**
   * A client's certificate. Its authority has been checked; nothing else has.
   *
   * @param subject distinguished name in the form of RFC 2253, such as {@code CN=a,O=b}
   * @param issuer likewise
   * @param commonName the first CN of the subject
   * @param alternativeNames such as {@code DNS:a.example} or {@code URI:spiffe://a/b}
   * @param validFromMs milliseconds since the epoch
   * @param validToMs milliseconds since the epoch
   */
  public record PeerCertificate(
      String subject,
      String issuer,
      Optional<String> commonName,
      List<String> alternativeNames,
      long validFromMs,
      long validToMs) {
    /** Copies the list. */
    public PeerCertificate {
      alternativeNames = List.copyOf(alternativeNames);
    }
  }
}
