package dev.warren.management;

import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * What an orchestrator asks without a login: {@value #LIVE} whether the process answers, {@value
 * #READY} whether clients can come. Nothing else is told. Thread-safe; answers at once, on event
 * loops.
 *
 * <p>Alarms are no reason for either: to start again frees no disk, and consumers must be able to
 * come and take what fills it.
 */
public final class HealthProbes {
  static final String LIVE = "/health/live";
  static final String READY = "/health/ready";

  private final Management management;
  private final Connections connections;

  /** Probes of this broker. */
  public HealthProbes(Management management, Connections connections) {
    this.management = management;
    this.connections = connections;
  }

  /** Answers the request if it is a probe; otherwise it is somebody else's. */
  public boolean answers(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    boolean isReady = path.equals(READY);
    if (!isReady && !path.equals(LIVE)) {
      return false;
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader("allow", "GET, HEAD");
      send(request, 405, "GET was expected");
      return true;
    }
    Optional<String> reason = isReady ? notReady() : Optional.empty();
    send(
        request, reason.isEmpty() ? 200 : 503, reason.map(why -> "not ready: " + why).orElse("ok"));
    return true;
  }

  private Optional<String> notReady() {
    if (!hasClientListener(management)) {
      return Optional.of("no listener for AMQP is open");
    }
    return Connections.isReached(connections.limit(), connections.all().size())
        ? Optional.of("the limit of connections is reached")
        : Optional.empty();
  }

  /** Whether somebody listens for clients of AMQP, in whatever transport. */
  static boolean hasClientListener(Management management) {
    return management.listeners().stream()
        .anyMatch(
            listener ->
                listener.protocol().startsWith("amqp")
                    || listener.protocol().endsWith("/web-amqp"));
  }

  private static void send(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .putHeader("cache-control", "no-store");
    Answer.end(request, Buffer.buffer(text + "\n"));
  }
}
