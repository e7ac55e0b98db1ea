package dev.warren.amqp.sasl;

import dev.warren.core.broker.TlsSession;
import dev.warren.core.broker.TlsSession.PeerCertificate;
import dev.warren.core.security.LoginClient;
import java.util.Optional;

/**
 * Who is at the other end, before the login. Immutable.
 *
 * @param loopback whether the client is on this machine
 * @param tls below the connection, if there is
 */
public record SaslPeer(LoginClient client, boolean loopback, Optional<TlsSession> tls) {
  Optional<PeerCertificate> certificate() {
    return tls.flatMap(TlsSession::peer);
  }
}
