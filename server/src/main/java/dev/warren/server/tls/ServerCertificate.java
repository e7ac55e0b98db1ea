package dev.warren.server.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * A certificate the broker shows, with its private key. Immutable; never shows the key.
 *
 * @param file where it is from
 * @param chain itself, then those between it and its authority
 * @param names the server names it is for, in lower case
 */
record ServerCertificate(
    String file, List<X509Certificate> chain, PrivateKey key, Set<String> names) {
  private static final int DNS_NAME = 2;

  ServerCertificate(String file, List<X509Certificate> chain, PrivateKey key) {
    this(file, List.copyOf(chain), key, names(chain.get(0)));
  }

  /** The kind of its key, such as {@code RSA}. */
  String algorithm() {
    return chain.get(0).getPublicKey().getAlgorithm();
  }

  /** Whether it is for a server of this name; a wildcard stands for one label (RFC 6125 §6.4.3). */
  boolean isFor(String serverName) {
    String name = serverName.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
  }

  /** Its DNS names, or its common name if it has none. */
  private static Set<String> names(X509Certificate certificate) {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (Integer.valueOf(DNS_NAME).equals(name.get(0)) && name.get(1) instanceof String text) {
            names.add(text.toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // Then its subject is all there is.
    }
    if (names.isEmpty()) {
      commonName(certificate).ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String text) {
          return Optional.of(text.toLowerCase(Locale.ROOT));
        }
      }
    } catch (InvalidNameException e) {
      // Then it has no name.
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "ServerCertificate[" + file + "]";
  }
}
