package dev.warren.server.tls;

import dev.warren.server.tls.KeytoolAuthority.Issued;
import dev.warren.server.tls.KeytoolAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates of two authorities, made once for all tests of a process. Immutable. */
public final class TestCertificates {
  /** For localhost and 127.0.0.1. */
  public final Issued server;

  /** The same once more, with a key of its own. */
  public final Issued renewed;

  /** For {@code a.example} and every name one label before {@code b.example}. */
  public final Issued named;

  /** For localhost, until yesterday. */
  public final Issued expired;

  /** Of a client called guest. */
  public final Issued client;

  /** Of a client with the same name, by an authority nobody here trusts. */
  public final Issued stranger;

  private TestCertificates() throws IOException {
    List<String> local = List.of("dns:localhost", "ip:127.0.0.1");
    try (KeytoolAuthority authority = new KeytoolAuthority("CN=Test CA", 30);
        KeytoolAuthority other = new KeytoolAuthority("CN=Other CA", 30)) {
      server = authority.issue(new Wish("CN=localhost", local, "serverAuth", -1, 20));
      renewed = authority.issue(new Wish("CN=localhost,O=renewed", local, "serverAuth", -1, 20));
      List<String> names = List.of("dns:A.example", "dns:*.b.example");
      named = authority.issue(new Wish("CN=named", names, "serverAuth", -1, 20));
      expired = authority.issue(new Wish("CN=expired", local, "serverAuth", -3, 2));
      List<String> clientNames = List.of("email:guest@example", "uri:spiffe://example/guest");
      client = authority.issue(new Wish("CN=guest,O=Warren", clientNames, "clientAuth", -1, 20));
      stranger = other.issue(new Wish("CN=guest", List.of(), "clientAuth", -1, 20));
    }
  }

  /** The certificates. */
  public static TestCertificates get() {
    return Holder.MADE;
  }

  /** Writes {@code name.pem} and {@code name.key}. */
  public static void write(Path directory, String name, Issued issued) {
    try {
      Files.writeString(directory.resolve(name + ".key"), issued.keyPem());
      Files.writeString(directory.resolve(name + ".pem"), issued.certificatePem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that trusts the authority of the servers, and shows a certificate or none. */
  public SSLContext trusting(Optional<Issued> shown) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", server.authority());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyManager[] keys = null;
      if (shown.isPresent()) {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store(shown.get(), new char[0]), new char[0]);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate with its key as a key store. */
  public static KeyStore store(Issued issued, char[] password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificate[] chain = {issued.certificate(), issued.authority()};
      store.setKeyEntry("key", issued.key(), password, chain);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Made when it is asked for first. */
  private static final class Holder {
    static final TestCertificates MADE = make();

    private static TestCertificates make() {
      try {
        return new TestCertificates();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
