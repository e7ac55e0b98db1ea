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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: RabbitMQ's API under {@code /api} and the console at {@code /} (contract §11).
 *
 * <p>Sockets are served by Vert.x event loops. Requests are answered, and counters sampled, by one
 * thread of its own ({@link ManagementWorker}), so that a large list never delays a message;
 * another one hashes new passwords. At most {@link ManagementOptions#requestsMax} requests are
 * open; further ones get 503.
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
  private final RateSampler sampler;
  private final Routes routes;
  private final HttpHandler handler;
  private final HttpServer server;

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
    this.sampler = new RateSampler(broker.management(), broker.connections(), clock, options);
    this.routes = routes(product, broker, clock);
    this.handler =
        new HttpHandler(
            vertx,
            new ApiHandler(vertx, routes, logins, worker, options, clock),
            new ConsoleFiles(),
            worker);
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(options.host())
                    .setPort(options.port())
                    // With it, an upgrade to another protocol could not be handed on.
                    .setHttp2ClearTextEnabled(false)
                    .setMaxInitialLineLength(INITIAL_LINE_BYTES_MAX)
                    .setMaxHeaderSize(HEADER_BYTES_MAX)
                    .setIdleTimeout(IDLE_SECONDS_MAX))
            .requestHandler(handler);
  }

  /**
   * Hands requests at this path to somebody else: for other protocols that begin as HTTP. Call it
   * before {@link #listen}; the handler is called on event loops of the Vert.x instance.
   */
  public void delegate(String path, Handler<HttpServerRequest> other) {
    handler.delegate(path, other);
  }

  private Routes routes(Product product, ManagedBroker broker, BrokerClock clock) {
    Management management = broker.management();
    Connections connections = broker.connections();
    AccessAdministration access = broker.access();
    NewPasswords hashing = new NewPasswords(passwords);
    Routes table = new Routes();
    JsonViews views = new JsonViews(sampler, options.sampleIntervalMs());
    TopologyAccess topology = new TopologyAccess(broker);
    BindingsResource bindings = new BindingsResource(management, topology);
    ConsumersResource consumers = new ConsumersResource(management, connections);
    new OverviewResource(product, broker, sampler, views, clock).addTo(table);
    new NodesResource(management, connections, clock).addTo(table);
    new VirtualHostsResource(management, access).addTo(table);
    new UsersResource(access, hashing).addTo(table);
    new PermissionsResource(access).addTo(table);
    new TopicPermissionsResource(access).addTo(table);
    new LimitsResource(access).addTo(table);
    new QueuesResource(management, sampler, views, bindings, consumers).addTo(table);
    new QueueChanges(topology).addTo(table);
    new ExchangesResource(management, sampler, views, bindings).addTo(table);
    new ExchangeChanges(topology).addTo(table);
    new PublishResource(topology, broker.loops(), clock).addTo(table);
    bindings.addTo(table);
    consumers.addTo(table);
    new ConnectionsResource(broker, sampler, views).addTo(table);
    new DefinitionsResource(product, broker, hashing).addTo(table);
    new AuditResource(access.audit()).addTo(table);
    new HealthResource(management).addTo(table);
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
    return server
        .listen()
        .<Void>map(
            opened -> {
              if (options.sampleIntervalMs() > 0) {
                worker.repeat(sampler::sample, options.sampleIntervalMs());
              }
              LOG.info("Console and API listen host={} port={}", options.host(), port());
              return null;
            })
        .recover(
            failure -> {
              closeWorkers();
              return Future.failedFuture(
                  new ListenFailedException(options.host(), options.port(), failure));
            });
  }

  /** The TCP port it listens on, which differs from the options' if those say 0. */
  public int port() {
    return server.actualPort();
  }

  /** Closes the listener and its connections and stops sampling. */
  public Future<Void> close() {
    closeWorkers();
    return server.close();
  }

  private void closeWorkers() {
    worker.close();
    passwords.close();
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
