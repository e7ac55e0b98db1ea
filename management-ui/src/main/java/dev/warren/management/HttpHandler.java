package dev.warren.management;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All requests: the API goes to {@link ApiHandler}, other protocols to whom they were handed, and
 * the files of the console are sent here. Called on event loops; reading a file goes to the worker.
 */
final class HttpHandler implements Handler<HttpServerRequest> {
  private final Vertx vertx;
  private final HttpConnections connections;
  private final HealthProbes probes;
  private final ApiHandler api;
  private final ConsoleFiles files;
  private final ManagementWorker worker;
  private final Map<String, Handler<HttpServerRequest>> delegates = new HashMap<>();

  HttpHandler(
      Vertx vertx,
      HttpConnections connections,
      HealthProbes probes,
      ApiHandler api,
      ConsoleFiles files,
      ManagementWorker worker) {
    this.vertx = vertx;
    this.connections = connections;
    this.probes = probes;
    this.api = api;
    this.files = files;
    this.worker = worker;
  }

  /** Hands requests at this path to somebody else; before the first one. */
  void delegate(String path, Handler<HttpServerRequest> other) {
    delegates.put(path, other);
  }

  /** Lets pages of other sites use the API; before the first request. */
  void allow(CorsOrigins others) {
    api.allow(others);
  }

  @Override
  public void handle(HttpServerRequest http) {
    SecurityHeaders.addTo(http);
    connections.asked(http.connection());
    Handler<HttpServerRequest> other = delegates.get(String.valueOf(http.path()));
    if (other != null) {
      connections.leaves(http);
      other.handle(http);
      return;
    }
    if (probes.answers(http)) {
      return;
    }
    String path = http.path();
    if (path == null) {
      Answer.of(ApiException.badRequest("no path")).sendTo(http);
    } else if (path.startsWith(ApiHandler.ROOT) || path.equals("/api")) {
      api.handle(http);
    } else {
      handleFile(http, path);
    }
  }

  private void handleFile(HttpServerRequest http, String path) {
    if (!http.method().equals(HttpMethod.GET) && !http.method().equals(HttpMethod.HEAD)) {
      Answer.wrongMethod("GET, HEAD").sendTo(http);
      return;
    }
    Optional<ConsoleFiles.StaticFile> known = files.known(path);
    if (known.isPresent()) {
      sendFile(http, known.get());
      return;
    }
    Context context = vertx.getOrCreateContext();
    worker.call(
        () -> files.load(path),
        file -> context.runOnContext(nothing -> sendLoaded(http, file)),
        failure ->
            context.runOnContext(
                nothing -> Answer.of(ApiHandler.translate(failure, http)).sendTo(http)));
  }

  private void sendLoaded(HttpServerRequest http, Optional<ConsoleFiles.StaticFile> file) {
    if (file.isPresent()) {
      sendFile(http, file.get());
    } else {
      Answer.notFound().sendTo(http);
    }
  }

  private static void sendFile(HttpServerRequest http, ConsoleFiles.StaticFile file) {
    HttpServerResponse response = http.response();
    response
        .putHeader(
            "cache-control",
            file.isImmutable() ? "public, max-age=31536000, immutable" : "no-cache")
        .putHeader("etag", file.etag());
    if (file.etag().equals(http.getHeader("if-none-match"))) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader("content-type", file.type()).putHeader("vary", "accept-encoding");
    String accepted = http.getHeader("accept-encoding");
    if (accepted != null && accepted.contains("gzip")) {
      response.putHeader("content-encoding", "gzip");
      Answer.end(http, Buffer.buffer(file.compressed()));
    } else {
      Answer.end(http, Buffer.buffer(file.bytes()));
    }
  }
}
