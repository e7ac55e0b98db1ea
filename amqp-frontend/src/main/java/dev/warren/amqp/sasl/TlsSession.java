package dev.warren.amqp.sasl;

import java.util.Optional;

/**
 * The TLS under a connection. Immutable.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipher suite
 * @param certificate the client's, if it has shown one and it was verified
 */
public record TlsSession(String protocol, String cipher, Optional<PeerCertificate> certificate) {}
