package dev.warren.amqp;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opening handshake of a WebSocket that carries AMQP (RFC 6455 §4.2, and the WebSocket binding
 * of AMQP 1.0): checks the request and turns its connection into a plain socket. Immutable.
 */
final class WebSocketHandshake {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandshake.class);
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  /** The name registered for AMQP 1.0, and the one of the binding's first drafts. */
  private static final List<String> PROTOCOLS = List.of("amqp", "AMQPWSB10");

  private final WebSocketOrigins origins;
  private final Consumer<NetSocket> connections;

  /**
   * Creates the handshake.
   *
   * @param connections given the socket, on its event loop, once the client has been answered
   */
  WebSocketHandshake(WebSocketOrigins origins, Consumer<NetSocket> connections) {
    this.origins = origins;
    this.connections = connections;
  }

  private record Refusal(int status, String reason) {}

  /** Answers the request. */
  void accept(HttpServerRequest request) {
    Optional<Refusal> refusal = refusal(request);
    if (refusal.isPresent()) {
      refuse(request, refusal.get());
      return;
    }
    HttpServerResponse response = request.response();
    response
        .putHeader("upgrade", "websocket")
        .putHeader("connection", "Upgrade")
        .putHeader("sec-websocket-accept", answer(key(request)))
        .putHeader("sec-websocket-protocol", protocol(request).orElseThrow());
    request
        .toNetSocket()
        .onSuccess(connections::accept)
        .onFailure(cause -> LOG.debug("websocket not opened", cause));
  }

  private Optional<Refusal> refusal(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_1
        || !request.method().equals(HttpMethod.GET)
        || !hasToken(request.getHeader("upgrade"), "websocket")
        || !hasToken(request.getHeader("connection"), "upgrade")) {
      return Optional.of(new Refusal(426, "AMQP over WebSocket is spoken here"));
    }
    if (!VERSION.equals(request.getHeader("sec-websocket-version"))) {
      return Optional.of(new Refusal(426, "WebSocket version 13 is spoken here"));
    }
    if (!isKey(key(request))) {
      return Optional.of(new Refusal(400, "the header Sec-WebSocket-Key is not of 16 bytes"));
    }
    if (!origins.allows(
        request.getHeader("origin"), request.getHeader("host"), isFromHere(request))) {
      return Optional.of(new Refusal(403, "pages of this origin may not connect"));
    }
    if (protocol(request).isEmpty()) {
      return Optional.of(new Refusal(400, "the sub-protocol must be amqp"));
    }
    return Optional.empty();
  }

  private static void refuse(HttpServerRequest request, Refusal refusal) {
    LOG.warn(
        "websocket refused peer={} status={} reason={}",
        request.remoteAddress(),
        refusal.status(),
        refusal.reason());
    HttpServerResponse response = request.response().setStatusCode(refusal.status());
    if (refusal.status() == 426) {
      response.putHeader("upgrade", "websocket").putHeader("sec-websocket-version", VERSION);
    }
    response
        .putHeader("connection", "close")
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end(refusal.reason() + "\n");
  }

  private static boolean isFromHere(HttpServerRequest request) {
    SocketAddress remote = request.remoteAddress();
    String address = remote == null ? null : remote.hostAddress();
    try {
      // A literal: nothing is looked up.
      return address != null && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String key(HttpServerRequest request) {
    String key = request.getHeader("sec-websocket-key");
    return key == null ? "" : key.trim();
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The first of the client's sub-protocols that is spoken here. */
  private static Optional<String> protocol(HttpServerRequest request) {
    for (String header : request.headers().getAll("sec-websocket-protocol")) {
      for (String offered : header.split(",", -1)) {
        for (String known : PROTOCOLS) {
          if (offered.trim().equalsIgnoreCase(known)) {
            return Optional.of(offered.trim());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean hasToken(@Nullable String header, String token) {
    if (header != null) {
      for (String part : header.split(",", -1)) {
        if (part.trim().toLowerCase(Locale.ROOT).equals(token)) {
          return true;
        }
      }
    }
    return false;
  }

  private static String answer(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
