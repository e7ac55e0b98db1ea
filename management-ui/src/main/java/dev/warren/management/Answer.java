package dev.warren.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A reply as bytes. Immutable; {@link #sendTo} is for the request's event loop. */
record Answer(int status, Map<String, String> headers, Optional<Buffer> body) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Octets of a body nobody reads which are rather taken than the connection closed. */
  private static final long DISCARDED_BYTES_MAX = 64 * 1024;

  /** How long the rest of a body nobody wants is read after the answer. */
  private static final long LINGER_MS = 2_000;

  /** May take a while for a large reply. */
  static Answer of(Reply reply) {
    if (reply.body().isEmpty()) {
      return new Answer(reply.status(), reply.headers(), Optional.empty());
    }
    try {
      byte[] body = MAPPER.writeValueAsBytes(reply.body().get());
      return new Answer(reply.status(), reply.headers(), Optional.of(Buffer.buffer(body)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  static Answer of(ApiException error) {
    ObjectNode body = JsonViews.object();
    body.put("error", error.error()).put("reason", error.reason());
    return new Answer(error.status(), Map.of(), Optional.of(Buffer.buffer(body.toString())));
  }

  static Answer notFound() {
    return of(new ApiException(404, "Not Found", "There is nothing at this path"));
  }

  /** Another method may be used here. */
  static Answer wrongMethod(String allowed) {
    return of(new ApiException(405, "method_not_allowed", "Allowed here: " + allowed))
        .with("allow", allowed);
  }

  /** The same with one more header. */
  Answer with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }

  /** Sends it, unless the request has been answered already or its sender is gone. */
  void sendTo(HttpServerRequest http) {
    HttpServerResponse response = http.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader("cache-control", "no-cache");
    headers.forEach(response::putHeader);
    boolean isUnread = !http.isEnded();
    if (isUnread && hasLongBody(http)) {
      response.putHeader("connection", "close");
      // The rest of the body is not waited for, which the server would do by itself.
      var unused = response.endHandler(sent -> closeSoon(http));
    }
    if (body.isPresent()) {
      response.putHeader("content-type", "application/json");
      end(http, body.get());
    } else {
      response.end();
    }
    if (isUnread) {
      http.resume();
    }
  }

  /**
   * Closes the connection at the end of the request, or a little later than the answer. Whoever is
   * still sending would lose the answer if it were closed at once (RFC 9112 §9.6).
   */
  private static void closeSoon(HttpServerRequest http) {
    HttpConnection connection = http.connection();
    Context context = Vertx.currentContext();
    if (http.isEnded() || context == null) {
      var unused = connection.close();
      return;
    }
    Vertx vertx = context.owner();
    long timer = vertx.setTimer(LINGER_MS, fired -> connection.close());
    http.endHandler(
        end -> {
          vertx.cancelTimer(timer);
          var unused = connection.close();
        });
  }

  private static boolean hasLongBody(HttpServerRequest http) {
    String length = http.getHeader("content-length");
    if (length == null) {
      return http.getHeader("transfer-encoding") != null;
    }
    return length.length() > 5 || Long.parseLong(length) > DISCARDED_BYTES_MAX;
  }

  /** Ends the response with this body, or without it if only its length was asked for. */
  static void end(HttpServerRequest http, Buffer body) {
    if (http.method().equals(HttpMethod.HEAD)) {
      http.response().putHeader("content-length", String.valueOf(body.length())).end();
    } else {
      http.response().end(body);
    }
  }
}
