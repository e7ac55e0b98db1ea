package dev.warren.server;

import dev.warren.amqp.AmqpListener;
import dev.warren.amqp.AmqpServer;
import dev.warren.amqp.WebSocketOrigins;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.ListenerCertificates;
import dev.warren.core.broker.Management.ListenerInfo;
import dev.warren.core.time.BrokerClock;
import dev.warren.management.HttpsListener;
import dev.warren.management.ManagementServer;
import dev.warren.server.tls.CertificateStore;
import dev.warren.server.tls.TlsOptions;
import dev.warren.server.tls.TlsOptions.ClientCertificates;
import dev.warren.server.tls.TlsOptions.Port;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports with TLS: opens them on both fronts, and gives them other certificates when those of
 * the files change. Separate from {@link Wiring}, which without TLS needs none of it. Built by the
 * thread that starts the broker; certificates change on the threads of their store and the API.
 */
public final class TlsListeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsListeners.class);
  private final TlsOptions options;
  private final Optional<CertificateStore> store;
  private final List<Supplier<Future<Void>>> updates = new ArrayList<>();
  private final List<Opened> opened = new ArrayList<>();
  private int amqpPort;
  private int webSocketPort;
  private int httpPort;

  /** A port that is open. */
  private record Opened(String protocol, String host, int port) {
    ListenerInfo info(ListenerCertificates certificates) {
      return new ListenerInfo(protocol, host, port, Optional.of(certificates));
    }
  }

  private TlsListeners(TlsOptions options, Optional<CertificateStore> store) {
    this.options = options;
    this.store = store;
  }

  /** Reads the certificates, if any port needs them. */
  static TlsListeners open(TlsOptions options, BrokerClock clock) {
    return new TlsListeners(
        options,
        options.isUsed() ? Optional.of(CertificateStore.open(options, clock)) : Optional.empty());
  }

  /** Whether AMQP is not to be spoken without TLS. */
  boolean isAmqpOnly() {
    return options.amqp().map(Port::only).orElse(false);
  }

  void listenForAmqp(AmqpServer server, List<String> hosts, boolean proxyProtocol) {
    options
        .amqp()
        .ifPresent(
            port ->
                amqpPort = listen(server, "amqp", port, hosts, proxyProtocol, Optional.empty()));
  }

  void listenForWebSockets(
      AmqpServer server, List<String> hosts, boolean proxyProtocol, WebSocketOrigins origins) {
    options
        .webSocket()
        .ifPresent(
            port ->
                webSocketPort =
                    listen(
                        server, "http/web-amqp", port, hosts, proxyProtocol, Optional.of(origins)));
  }

  private int listen(
      AmqpServer server,
      String protocol,
      Port wanted,
      List<String> hosts,
      boolean proxyProtocol,
      Optional<WebSocketOrigins> origins) {
    CertificateStore certificates = store.orElseThrow();
    ClientCertificates clients = wanted.clients();
    int port = wanted.port();
    for (String host : hosts) {
      AmqpListener listener =
          new AmqpListener(
              host,
              port,
              proxyProtocol,
              origins,
              Optional.of(ssl -> certificates.applyTo(ssl, protocol, clients)));
      port = Wiring.await(server.listen(listener));
      opened.add(new Opened(protocol, host, port));
      updates.add(() -> server.updateTls(listener, certificates.serverOptions(clients)));
    }
    return port;
  }

  /** Prepares the port of the API and the console. */
  void secure(ManagementServer management, Vertx vertx) {
    options
        .http()
        .ifPresent(
            port -> {
              CertificateStore certificates = store.orElseThrow();
              management.secure(
                  vertx,
                  new HttpsListener(
                      port.port(),
                      port.only(),
                      server -> certificates.applyTo(server, "http", port.clients())));
              updates.add(() -> management.updateTls(certificates.serverOptions(port.clients())));
            });
    store.ifPresent(certificates -> management.onCertificateReload(certificates::reload));
  }

  /** The port of the API and the console is open, if there is one. */
  void opened(ManagementServer management, String host) {
    httpPort = management.httpsPort();
    if (httpPort > 0) {
      opened.add(new Opened("http", host, httpPort));
    }
  }

  /** Tells the broker of all listeners, now and whenever certificates change. */
  void watch(Broker broker, List<ListenerInfo> plain) {
    List<ListenerInfo> without = List.copyOf(plain);
    tell(broker, without);
    store.ifPresent(
        certificates -> certificates.watch(this::updateAll, () -> tell(broker, without)));
  }

  /** Each listener, even if another one cannot; answers what went wrong. */
  private Optional<String> updateAll() {
    List<String> failures = new ArrayList<>();
    for (Supplier<Future<Void>> update : updates) {
      try {
        Wiring.await(update.get());
      } catch (RuntimeException e) {
        LOG.error("a listener does not take the certificates", e);
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    return failures.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", failures));
  }

  private void tell(Broker broker, List<ListenerInfo> plain) {
    List<ListenerInfo> all = new ArrayList<>(plain);
    store.ifPresent(
        certificates -> {
          ListenerCertificates shown = certificates.shown();
          opened.forEach(listener -> all.add(listener.info(shown)));
        });
    broker.listening(List.copyOf(all));
  }

  /** The port of AMQP; 0 if there is none. */
  public int amqpPort() {
    return amqpPort;
  }

  /** The port of its own of AMQP over WebSocket; 0 if there is none. */
  public int webSocketPort() {
    return webSocketPort;
  }

  /** The port of API and console; 0 if there is none. */
  public int httpPort() {
    return httpPort;
  }

  /** Stops looking at the files; the ports are closed by their servers. */
  @Override
  public void close() {
    store.ifPresent(CertificateStore::close);
  }
}
