package dev.warren.server.tls;

import dev.warren.core.broker.ListenerCertificates;
import dev.warren.core.broker.ListenerCertificates.CertificateFile;
import dev.warren.core.broker.ListenerCertificates.Validity;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.tls.TlsOptions.ClientCertificates;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates in use. Files are looked at now and then by a thread of its own, and whenever
 * {@link #reload} is called; new contents are used from then on, unless anything is wrong with
 * them. Thread-safe.
 */
public final class CertificateStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateStore.class);
  private static final long DAY_MS = 86_400_000;
  private static final long WARNING_DAYS = 30;

  /** Those with forward secrecy that authenticate what they encrypt, the strongest first. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final TlsOptions options;
  private final BrokerClock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread created = new Thread(task, "warren-certificates");
            created.setDaemon(true);
            return created;
          });
  private volatile Loaded loaded;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Supplier<Optional<String>> onLoaded = Optional::empty;
  private volatile Runnable onChange = () -> {};
  private String digest;
  private long warnedOnDay;

  /** What was read without fault. */
  private record Loaded(List<ServerCertificate> certificates, List<X509Certificate> authorities) {}

  private CertificateStore(TlsOptions options, BrokerClock clock) {
    this.options = options;
    this.clock = clock;
    FileContents contents = FileContents.of(options);
    digest = contents.digest();
    loaded = load(options, contents);
    logInUse();
  }

  /**
   * Reads all files.
   *
   * @throws UnusableCertificateException if anything is wrong; one line for each fault, with its
   *     place in the configuration
   */
  public static CertificateStore open(TlsOptions options, BrokerClock clock) {
    return new CertificateStore(options, clock);
  }

  private static Loaded load(TlsOptions options, FileContents contents) {
    List<String> faults = new ArrayList<>();
    List<ServerCertificate> certificates = new ArrayList<>();
    for (TlsOptions.Files files : options.certificates()) {
      try {
        certificates.add(CertificateReader.read(files, contents));
      } catch (UnusableCertificateException e) {
        faults.add(files.where() + ": " + e.text());
      }
    }
    List<X509Certificate> authorities = new ArrayList<>();
    options
        .authorities()
        .ifPresent(
            named -> {
              try {
                authorities.addAll(CertificateReader.authorities(named, contents));
              } catch (UnusableCertificateException e) {
                faults.add(named.where() + ": " + e.text());
              }
            });
    if (!faults.isEmpty()) {
      throw new UnusableCertificateException(String.join("\n", faults));
    }
    return new Loaded(certificates, authorities);
  }

  /**
   * Begins to look at the files.
   *
   * @param apply gives the listeners what was read; answers what went wrong, which is then tried
   *     again at the next look
   * @param action called after each change of what is in use or of what is wrong; both are called
   *     on the thread that found it
   */
  public void watch(Supplier<Optional<String>> apply, Runnable action) {
    onLoaded = apply;
    onChange = action;
    if (options.reloadIntervalMs() > 0) {
      var unused =
          thread.scheduleWithFixedDelay(
              this::look,
              options.reloadIntervalMs(),
              options.reloadIntervalMs(),
              TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    try {
      FileContents contents = FileContents.of(options);
      if (!contents.digest().equals(currentDigest())) {
        var unused = use(contents);
      }
      warnDaily();
    } catch (RuntimeException e) {
      // Here, because the executor would never call again.
      LOG.error("certificates could not be looked at", e);
    }
  }

  private synchronized String currentDigest() {
    return digest;
  }

  /** Reads the files again, changed or not; answers what is wrong with them. */
  public Optional<String> reload() {
    return use(FileContents.of(options));
  }

  private synchronized Optional<String> use(FileContents contents) {
    digest = contents.digest();
    try {
      loaded = load(options, contents);
      trouble = onLoaded.get().map(failure -> "not taken by a listener: " + failure);
      if (trouble.isPresent()) {
        digest = "";
      }
      logInUse();
    } catch (UnusableCertificateException e) {
      trouble = Optional.of(e.text());
      LOG.warn("certificates not read again, earlier ones stay in use reason={}", e.text());
    }
    onChange.run();
    return trouble;
  }

  /** What Vert.x needs to know for a listener from now on. */
  public ServerSSLOptions serverOptions(ClientCertificates clients) {
    Loaded now = loaded;
    ServerSSLOptions ssl = new ServerSSLOptions();
    ssl.setKeyCertOptions(KeyCertOptions.wrap(new ServerKeyManager(now.certificates())));
    if (!now.authorities().isEmpty()) {
      ssl.setTrustOptions(TrustOptions.wrap(trust(now.authorities())));
    }
    ssl.setClientAuth(clients.asked());
    ssl.setUseAlpn(false);
    ssl.setEnabledSecureTransportProtocols(versions());
    CIPHERS.forEach(ssl::addEnabledCipherSuite);
    return ssl;
  }

  /**
   * Switches TLS on in the options of a server.
   *
   * @param listener what the log calls it
   */
  public void applyTo(NetServerOptions server, String listener, ClientCertificates clients) {
    ServerSSLOptions ssl = serverOptions(clients);
    server
        .setSsl(true)
        .setSslEngineOptions(new TlsEngine(listener))
        .setClientAuth(clients.asked())
        .setKeyCertOptions(ssl.getKeyCertOptions())
        .setTrustOptions(ssl.getTrustOptions())
        .setUseAlpn(false)
        .setEnabledSecureTransportProtocols(versions());
    CIPHERS.forEach(server::addEnabledCipherSuite);
  }

  private Set<String> versions() {
    Set<String> versions = new LinkedHashSet<>();
    versions.add(TlsOptions.Version.TLS_1_3.word());
    versions.add(options.oldest().word());
    return versions;
  }

  private static TrustManagerFactory trust(List<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return factory;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("every Java has these", e);
    }
  }

  /** What the operator is shown. */
  public ListenerCertificates shown() {
    Loaded now = loaded;
    List<CertificateFile> files = new ArrayList<>();
    for (ServerCertificate certificate : now.certificates()) {
      files.add(
          new CertificateFile(
              certificate.file(), false, validities(certificate.chain(), certificate.names())));
    }
    options
        .authorities()
        .ifPresent(
            named ->
                files.add(
                    new CertificateFile(
                        named.file().toString(), true, validities(now.authorities(), Set.of()))));
    return new ListenerCertificates(files, trouble);
  }

  private static List<Validity> validities(List<X509Certificate> certificates, Set<String> names) {
    List<Validity> validities = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      validities.add(
          new Validity(
              certificate.getSubjectX500Principal().getName(),
              validities.isEmpty() ? List.copyOf(names) : List.of(),
              certificate.getNotBefore().toInstant().toEpochMilli(),
              certificate.getNotAfter().toInstant().toEpochMilli()));
    }
    return validities;
  }

  private void logInUse() {
    for (CertificateFile file : shown().files()) {
      for (Validity certificate : file.certificates()) {
        LOG.info(
            "certificate in use file={} authority={} subject={} names={} valid-to={}",
            file.path(),
            file.isAuthority(),
            certificate.subject(),
            certificate.names(),
            Instant.ofEpochMilli(certificate.validToMs()));
      }
    }
    warnedOnDay = -1;
    warnDaily();
  }

  private synchronized void warnDaily() {
    long nowMs = clock.epochMs();
    if (warnedOnDay == nowMs / DAY_MS) {
      return;
    }
    warnedOnDay = nowMs / DAY_MS;
    for (CertificateFile file : shown().files()) {
      for (Validity certificate : file.certificates()) {
        String state = state(certificate, nowMs);
        if (!state.isEmpty()) {
          LOG.warn(
              "certificate {} file={} subject={} valid-from={} valid-to={}",
              state,
              file.path(),
              certificate.subject(),
              Instant.ofEpochMilli(certificate.validFromMs()),
              Instant.ofEpochMilli(certificate.validToMs()));
        }
      }
    }
  }

  private static String state(Validity certificate, long nowMs) {
    if (certificate.validToMs() <= nowMs) {
      return "has expired";
    }
    if (certificate.validFromMs() > nowMs) {
      return "is not valid yet";
    }
    return certificate.validToMs() - nowMs < WARNING_DAYS * DAY_MS ? "expires soon" : "";
  }

  /** Stops looking at the files. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
