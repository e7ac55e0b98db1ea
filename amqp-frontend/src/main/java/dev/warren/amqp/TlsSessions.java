package dev.warren.amqp;

import dev.warren.core.broker.TlsSession;
import dev.warren.core.broker.TlsSession.PeerCertificate;
import io.vertx.core.net.NetSocket;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Reads what a TLS hand-shake has agreed on. Stateless. */
final class TlsSessions {
  /** A client can write any number of names into its certificate; a few are enough to know it. */
  private static final int NAMES_MAX = 32;

  /** Kinds of alternative names by their number in RFC 5280 §4.2.1.6; the others are no text. */
  private static final String[] KINDS = {
    "", "email", "DNS", "", "", "", "URI", "IP", "",
  };

  private TlsSessions() {}

  /** Of a socket whose hand-shake is over; empty without TLS. */
  static Optional<TlsSession> of(NetSocket socket) {
    SSLSession session = socket.isSsl() ? socket.sslSession() : null;
    return session == null
        ? Optional.empty()
        : Optional.of(
            new TlsSession(session.getProtocol(), session.getCipherSuite(), peer(session)));
  }

  private static Optional<PeerCertificate> peer(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(describe(certificate))
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      // It showed none, which it may where none is required.
      return Optional.empty();
    }
  }

  /** What is of interest in a certificate. */
  static PeerCertificate describe(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return new PeerCertificate(
        subject,
        certificate.getIssuerX500Principal().getName(),
        commonName(subject),
        alternativeNames(certificate),
        certificate.getNotBefore().toInstant().toEpochMilli(),
        certificate.getNotAfter().toInstant().toEpochMilli());
  }

  /** The one nearest to the front of the subject as it is written, hence the most specific. */
  private static Optional<String> commonName(String subject) {
    try {
      List<Rdn> parts = new LdapName(subject).getRdns();
      for (int i = parts.size() - 1; i >= 0; i--) {
        if (parts.get(i).getType().equalsIgnoreCase("CN")
            && parts.get(i).getValue() instanceof String name) {
          return Optional.of(name);
        }
      }
    } catch (InvalidNameException e) {
      // Then it has no name that could be used.
    }
    return Optional.empty();
  }

  private static List<String> alternativeNames(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    for (List<?> name : entries(certificate)) {
      if (names.size() < NAMES_MAX
          && name.get(0) instanceof Integer kind
          && kind < KINDS.length
          && !KINDS[kind].isEmpty()
          && name.get(1) instanceof String text) {
        names.add(KINDS[kind] + ":" + text);
      }
    }
    return names;
  }

  private static Collection<List<?>> entries(X509Certificate certificate) {
    try {
      @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
