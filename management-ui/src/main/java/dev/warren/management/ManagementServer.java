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
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: RabbitMQ's API under {@code /api} and the console at {@code /} (contract §11).
 *
 * <p>Sockets are served by Vert.x event loops. Requests are answered, and counters sampled, by one
 * thread of its own ({@link ManagementWorker}), so that a large list never delays a message. At
 * most {@link ManagementOptions#requestsMax} requests wait for it; further ones get 503.
 *
 * <p>Thread-safe. {@link #listen} and {@link #close} are each called once.
 */
public final class ManagementServer {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final int IDLE_SECONDS_MAX = 90;

  private final ManagementOptions options;
  private final ManagementWorker worker;
  private final RateSampler sampler;
  private final Routes routes;
  private final HttpHandler handler;
  private final HttpServer server;

  /**
   * Builds the server for clients who log in by passwords, and are told at once if they fail.
   *
   * @param connections of all fronts
   */
  public ManagementServer(
      Vertx vertx,
      ManagementOptions options,
      Product product,
      Management management,
      AccessAdministration access,
      Connections connections,
      BrokerClock clock) {
    this(
        vertx,
        options,
        product,
        management,
        new HttpLogins(
            access,
            AuditedLogins.authenticator(
                access, TokenVerifier.NONE, Authenticator.Options.DEFAULTS, clock),
            0),
        connections,
        clock);
  }

  /**
   * Builds the server; nothing listens yet.
   *
   * @param connections of all fronts
   */
  public ManagementServer(
      Vertx vertx,
      ManagementOptions options,
      Product product,
      Management management,
      HttpLogins logins,
      Connections connections,
      BrokerClock clock) {
    this.options = options;
    this.worker = new ManagementWorker(options.requestsMax());
    this.sampler = new RateSampler(management, connections, clock, options);
    this.routes = routes(product, management, connections, clock);
    this.handler =
        new HttpHandler(
            vertx, routes, logins, clock, new ConsoleFiles(), worker, options.bodyBytesMax());
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(options.host())
                    .setPort(options.port())
                    // With it, an upgrade to another protocol could not be handed on.
                    .setHttp2ClearTextEnabled(false)
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

  private Routes routes(
      Product product, Management management, Connections connections, BrokerClock clock) {
    Routes table = new Routes();
    JsonViews views = new JsonViews(sampler, options.sampleIntervalMs());
    BindingsResource bindings = new BindingsResource(management);
    ConsumersResource consumers = new ConsumersResource(management, connections);
    new OverviewResource(product, management, connections, sampler, views, clock).addTo(table);
    new NodesResource(management, connections, clock).addTo(table);
    new VirtualHostsResource(management).addTo(table);
    new QueuesResource(management, sampler, views, bindings, consumers).addTo(table);
    new ExchangesResource(management, sampler, views, bindings).addTo(table);
    bindings.addTo(table);
    consumers.addTo(table);
    new ConnectionsResource(management, connections, sampler, views).addTo(table);
    new HealthResource(management).addTo(table);
    return table;
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
              worker.close();
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
    worker.close();
    return server.close();
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
