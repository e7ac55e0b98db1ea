package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: RabbitMQ's API under {@code /api} and the console at {@code /} (contract §11).
 *
 * <p>Sockets are served by Vert.x event loops. Requests are answered, and counters sampled, by one
 * thread of its own ({@link ManagementWorker}), so that a large list never delays a message; others
 * hash new passwords and look through messages. At most {@link ManagementOptions#requestsMax}
 * requests are open; further ones get 503.
 *
 * <p>Thread-safe. {@link #listen} and {@link #close} are each called once.
 */
public final class ManagementServer {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final int IDLE_SECONDS_MAX = 90;
  private static final int INITIAL_LINE_BYTES_MAX = 8 * 1024;

  /** Of all headers together; tokens may be long. */
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  private final ManagementOptions options;
  private final ManagementWorker worker;
  private final ManagementWorker passwords;
  private final ManagementWorker searches;
  private final RateSampler sampler;
  private final Routes routes;
  private final HttpConnections connections;
  private final HttpHandler handler;
  private final HttpServer server;
  private final CertificatesResource certificates;
  private Optional<HttpsListener> https = Optional.empty();
  private Optional<HttpServer> secured = Optional.empty();

  /**
   * Builds the server for clients who log in by passwords, and are told at once if they fail.
   *
   * @param broker what it looks at and changes
   */
  public ManagementServer(
      Vertx vertx,
      ManagementOptions options,
      Product product,
      ManagedBroker broker,
      BrokerClock clock) {
    this(
        vertx,
        options,
        product,
        broker,
        new HttpLogins(
            broker.access(),
            AuditedLogins.authenticator(
                broker.access(), TokenVerifier.NONE, Authenticator.Options.DEFAULTS, clock),
            0),
        clock);
  }

  /**
   * Builds the server; nothing listens yet.
   *
   * @param broker what it looks at and changes
   */
  public ManagementServer(
      Vertx vertx,
      ManagementOptions options,
      Product product,
      ManagedBroker broker,
      HttpLogins logins,
      BrokerClock clock) {
    this.options = options;
    this.worker = new ManagementWorker("warren-management", options.requestsMax());
    this.passwords = new ManagementWorker("warren-passwords", options.requestsMax());
    this.searches = new ManagementWorker("warren-searches", options.requestsMax());
    this.sampler = new RateSampler(broker.management(), broker.connections(), clock, options);
    this.certificates =
        new CertificatesResource(broker.management(), broker.access().audit(), clock);
    this.routes = routes(product, broker, logins, clock);
    this.connections = new HttpConnections(vertx, HttpConnections.Limits.DEFAULTS, clock);
    this.handler =
        new HttpHandler(
            vertx,
            connections,
            new HealthProbes(broker.management(), broker.connections()),
            new ApiHandler(vertx, routes, logins, worker, options, clock),
            new ConsoleFiles(),
            worker);
    this.server =
        vertx
            .createHttpServer(httpOptions(options.port()))
            .connectionHandler(connections::opened)
            .requestHandler(handler)
            .invalidRequestHandler(ManagementServer::refuse);
  }

  private HttpServerOptions httpOptions(int port) {
    HttpServerOptions http = new HttpServerOptions();
    http.setHost(options.host())
        .setPort(port)
        // With it, an upgrade to another protocol could not be handed on.
        .setHttp2ClearTextEnabled(false)
        .setMaxInitialLineLength(INITIAL_LINE_BYTES_MAX)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setIdleTimeout(IDLE_SECONDS_MAX);
    return http;
  }

  /** What comes is not HTTP; the octets themselves may be anything, so they are not repeated. */
  private static void refuse(HttpServerRequest request) {
    LOG.warn(
        "not a request of HTTP, perhaps a TLS client on a port without TLS peer={}",
        request.remoteAddress());
    SecurityHeaders.addTo(request);
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }

  /** Opens a port with TLS too, or instead. Call it before {@link #listen}. */
  public void secure(Vertx vertx, HttpsListener listener) {
    HttpServerOptions http = httpOptions(listener.port());
    listener.tls().accept(http);
    // HTTP/1.1 only, as without TLS.
    http.setSsl(true).setUseAlpn(false);
    https = Optional.of(listener);
    secured =
        Optional.of(
            vertx
                .createHttpServer(http)
                .connectionHandler(connections::opened)
                .requestHandler(handler)
                .invalidRequestHandler(ManagementServer::refuse));
  }

  /** Gives the port with TLS other certificates, for the connections to come. */
  public Future<Void> updateTls(ServerSSLOptions changed) {
    return secured
        .map(opened -> opened.updateSSLOptions(changed).<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  /**
   * Says how the files of certificates are read again.
   *
   * @param reload called on the management worker; answers what is wrong with the files, then
   *     nothing has changed
   */
  public void onCertificateReload(Supplier<Optional<String>> reload) {
    certificates.onReload(reload);
  }

  /**
   * Hands requests at this path to somebody else: for other protocols that begin as HTTP. Call it
   * before {@link #listen}; the handler is called on event loops of the Vert.x instance.
   */
  public void delegate(String path, Handler<HttpServerRequest> other) {
    handler.delegate(path, other);
  }

  /**
   * Lets pages of other web sites use the API, with a login of their own. Call it before {@link
   * #listen}.
   *
   * @param origins such as {@code https://shop.example}, in lower case
   */
  public void allowOrigins(Set<String> origins) {
    handler.allow(new CorsOrigins(origins));
  }

  private Routes routes(
      Product product, ManagedBroker broker, HttpLogins logins, BrokerClock clock) {
    Management management = broker.management();
    Connections connections = broker.connections();
    AccessAdministration access = broker.access();
    NewPasswords hashing = new NewPasswords(passwords);
    Routes table = new Routes();
    JsonViews views = new JsonViews(sampler, options.sampleIntervalMs());
    TopologyAccess topology = new TopologyAccess(broker);
    BindingsResource bindings = new BindingsResource(management, topology);
    ConsumersResource consumers = new ConsumersResource(management, connections);
    new OverviewResource(product, broker, sampler, views, certificates, clock).addTo(table);
    new NodesResource(management, connections, sampler, views, clock).addTo(table);
    new VirtualHostsResource(management, access, sampler, views).addTo(table);
    new UsersResource(access, hashing).addTo(table);
    new PermissionsResource(access).addTo(table);
    new TopicPermissionsResource(access).addTo(table);
    new LimitsResource(access).addTo(table);
    new QueuesResource(management, sampler, views, bindings, consumers).addTo(table);
    new QueueChanges(topology).addTo(table);
    new ExchangesResource(management, sampler, views, bindings).addTo(table);
    new ExchangeChanges(topology).addTo(table);
    new PublishResource(topology, broker.loops(), options.messageBytesMax(), clock).addTo(table);
    MessageViews messages = new MessageViews(connections, clock);
    new QueueMessagesResource(topology, messages, clock, searches).addTo(table);
    new MendResource(topology, access.audit(), searches, clock).addTo(table);
    new GetResource(topology, broker.loops(), searches).addTo(table);
    new TopologyResource(broker, sampler).addTo(table);
    new ExplainResource(broker, topology, options.messageBytesMax(), clock).addTo(table);
    new UnroutableResource(management, broker.unroutable()).addTo(table);
    bindings.addTo(table);
    consumers.addTo(table);
    new ConnectionsResource(broker, sampler, views).addTo(table);
    new DefinitionsResource(product, broker, hashing).addTo(table);
    new AuditResource(access.audit()).addTo(table);
    new HealthResource(management, connections).addTo(table);
    new AbsentResource(management).addTo(table);
    new LoginsResource(management, logins.authenticator().counters()).addTo(table);
    certificates.addTo(table);
    return table;
  }

  /** Every endpoint of the API as its method and its path template below {@code /api}. */
  public List<String> endpoints() {
    return routes.all().stream().map(route -> route.method() + " " + route.template()).toList();
  }

  /**
   * Opens the listener and starts to sample.
   *
   * @return fails with {@link ListenFailedException}, most often because the port is in use
   */
  public Future<Void> listen() {
    boolean plain = !https.map(HttpsListener::only).orElse(false);
    return (plain ? listen(server, options.port()) : Future.<Void>succeededFuture())
        .compose(
            opened ->
                secured
                    .map(https -> listen(https, this.https.orElseThrow().port()))
                    .orElseGet(Future::succeededFuture))
        .onSuccess(
            opened -> {
              if (options.sampleIntervalMs() > 0) {
                worker.repeat(sampler::sample, options.sampleIntervalMs());
              }
              LOG.info(
                  "Console and API listen host={} port={} tls-port={}",
                  options.host(),
                  port(),
                  httpsPort());
            })
        .onFailure(failure -> closeWorkers());
  }

  private Future<Void> listen(HttpServer opening, int port) {
    return opening
        .listen()
        .<Void>mapEmpty()
        .recover(
            failure ->
                Future.failedFuture(new ListenFailedException(options.host(), port, failure)));
  }

  /**
   * The TCP port without TLS it listens on, which differs from the options' if those say 0; 0 if
   * there is none.
   */
  public int port() {
    return server.actualPort();
  }

  /** The TCP port with TLS it listens on; 0 if there is none. */
  public int httpsPort() {
    return secured.map(HttpServer::actualPort).orElse(0);
  }

  /** Closes the listener and its connections and stops sampling. */
  public Future<Void> close() {
    closeWorkers();
    return Future.join(
            server.close(), secured.map(HttpServer::close).orElseGet(Future::succeededFuture))
        .mapEmpty();
  }

  private void closeWorkers() {
    worker.close();
    passwords.close();
    searches.close();
  }

  /** Takes a sample now; for tests, which step time themselves. */
  CompletableFuture<Boolean> sampleNow() {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    worker.call(
        () -> {
          sampler.sample();
          return true;
        },
        taken::complete,
        taken::completeExceptionally);
    return taken;
  }

  /** The table of the API. */
  Routes routes() {
    return routes;
  }
}
