package dev.warren.management.metrics;

import dev.warren.core.time.BrokerClock;
import dev.warren.management.HealthProbes;
import dev.warren.management.HttpConnections;
import dev.warren.management.ListenFailedException;
import dev.warren.management.RequestOrigin;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener for Prometheus: no login, nothing but figures (contract §13). At most {@link
 * #REQUESTS_MAX} requests are answered at a time; further ones get 503. Thread-safe; {@link
 * #listen} and {@link #close} are each called once.
 */
public final class MetricsServer {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final int REQUESTS_MAX = 4;
  private static final int IDLE_SECONDS_MAX = 90;

  /** Few scrape, and none of them waits before it asks. */
  private static final HttpConnections.Limits CONNECTIONS =
      new HttpConnections.Limits(100, 50, 10_000);

  private static final String INDEX =
      """
      Warren's figures for Prometheus:
        /metrics                   of the broker as a whole
        /metrics/per-object        of each queue, exchange and connection
        /metrics/detailed?family=  chosen families, as RabbitMQ names them; also vhost= and queue=
        /metrics/memory-breakdown  memory
      For orchestrators:
        /health/live               whether the process answers
        /health/ready              whether clients can come
      """;

  private final Vertx vertx;
  private final MetricsPages pages;
  private final HealthProbes probes;
  private final String host;
  private final int port;
  private final HttpServer server;
  private final HttpConnections connections;
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Builds the server; nothing listens yet.
   *
   * @param port TCP port; 0 takes a free one
   */
  public MetricsServer(
      Vertx vertx, String host, int port, MetricsSource source, BrokerClock clock) {
    this.vertx = vertx;
    this.pages = new MetricsPages(source, clock);
    this.probes = new HealthProbes(source.management(), source.connections());
    this.host = host;
    this.port = port;
    this.connections = new HttpConnections(vertx, CONNECTIONS, clock);
    HttpServerOptions options = new HttpServerOptions();
    options
        .setHost(host)
        .setPort(port)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(true)
        .setIdleTimeout(IDLE_SECONDS_MAX);
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connections::opened)
            .requestHandler(this::handle);
  }

  /**
   * Opens the listener.
   *
   * @return fails with {@link ListenFailedException}, most often because the port is in use
   */
  public Future<Void> listen() {
    return server
        .listen()
        .onSuccess(opened -> LOG.info("Metrics listen host={} port={}", host, port()))
        .<Void>mapEmpty()
        .recover(failure -> Future.failedFuture(new ListenFailedException(host, port, failure)));
  }

  /** The TCP port it listens on, which differs from the one asked for if that was 0. */
  public int port() {
    return server.actualPort();
  }

  /** Closes the listener and its connections. */
  public Future<Void> close() {
    return server.close();
  }

  private void handle(HttpServerRequest request) {
    connections.asked(request.connection());
    request.response().putHeader("x-content-type-options", "nosniff");
    if (probes.answers(request)) {
      return;
    }
    if (RequestOrigin.isLoopback(request) && !RequestOrigin.isNamedLocally(request)) {
      // A page of a stranger's name that points here could read names of queues otherwise.
      answer(request, 403, "host: from this machine, localhost or an address was expected\n");
    } else if (!request.method().equals(HttpMethod.GET)) {
      answer(request, 405, "GET was expected\n");
    } else if (open.incrementAndGet() > REQUESTS_MAX) {
      open.decrementAndGet();
      answer(request, 503, "too many requests at a time\n");
    } else {
      vertx
          .executeBlocking(() -> written(request), false)
          .onComplete(
              done -> {
                open.decrementAndGet();
                if (done.succeeded()) {
                  done.result().sendTo(request);
                } else {
                  fail(request, done.cause());
                }
              });
    }
  }

  private static void fail(HttpServerRequest request, Throwable cause) {
    if (cause instanceof IllegalArgumentException) {
      answer(request, 400, cause.getMessage() + "\n");
    } else {
      LOG.error("metrics failed path={}", request.path(), cause);
      answer(request, 500, "the figures could not be gathered: see the log\n");
    }
  }

  private static void answer(HttpServerRequest request, int status, String text) {
    new Page(status, "text/plain; charset=utf-8", Buffer.buffer(text)).sendTo(request);
  }

  /** What is sent. */
  private record Page(int status, String type, Buffer body) {
    void sendTo(HttpServerRequest request) {
      if (!request.response().ended() && !request.response().closed()) {
        var unused =
            request.response().setStatusCode(status).putHeader("content-type", type).end(body);
      }
    }
  }

  private Page written(HttpServerRequest request) throws IOException {
    String path = String.valueOf(request.path());
    return switch (path) {
      case "/metrics" -> page(request, pages.all(false));
      case "/metrics/per-object" -> page(request, pages.all(true));
      case "/metrics/memory-breakdown" -> page(request, pages.memory());
      case "/metrics/detailed" -> page(request, detailed(request));
      case "/" -> new Page(200, "text/plain; charset=utf-8", Buffer.buffer(INDEX));
      default -> new Page(404, "text/plain; charset=utf-8", Buffer.buffer(INDEX));
    };
  }

  private MetricSnapshots detailed(HttpServerRequest request) {
    List<String> patterns = request.params().getAll("queue");
    return pages.detailed(
        request.params().getAll("family"),
        request.params().getAll("vhost"),
        patterns.isEmpty() ? "" : patterns.get(0));
  }

  private Page page(HttpServerRequest request, MetricSnapshots snapshots) throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(request.getHeader("accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out, snapshots);
    return new Page(200, writer.getContentType(), Buffer.buffer(out.toByteArray()));
  }
}
