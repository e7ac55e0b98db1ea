package dev.warren.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.security.Identity;
import dev.warren.core.security.LoginClient;
import dev.warren.core.time.BrokerClock;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP on one side, {@link Request} and {@link Reply} on the other. Called on event loops; what
 * takes time goes to the worker.
 */
final class HttpHandler implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String API = "/api/";
  private static final List<String> HEADERS_READ = List.of("x-vhost", "x-reason");

  /** Nothing but what this server sends itself; styles and scripts from files only. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private final Vertx vertx;
  private final Routes routes;
  private final Authentication authentication;
  private final DelayedRefusals refusals;
  private final BrokerClock clock;
  private final ConsoleFiles files;
  private final ManagementWorker worker;
  private final int bodyBytesMax;
  private final Map<String, Handler<HttpServerRequest>> delegates = new HashMap<>();

  HttpHandler(
      Vertx vertx,
      Routes routes,
      HttpLogins logins,
      BrokerClock clock,
      ConsoleFiles files,
      ManagementWorker worker,
      int bodyBytesMax) {
    this.vertx = vertx;
    this.routes = routes;
    this.authentication = new Authentication(logins);
    this.refusals = new DelayedRefusals(vertx, logins.failureDelayMs());
    this.clock = clock;
    this.files = files;
    this.worker = worker;
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Hands requests at this path to somebody else; before the first one. */
  void delegate(String path, Handler<HttpServerRequest> other) {
    delegates.put(path, other);
  }

  @Override
  public void handle(HttpServerRequest http) {
    Handler<HttpServerRequest> other = delegates.get(String.valueOf(http.path()));
    if (other != null) {
      other.handle(http);
      return;
    }
    http.response()
        .putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("x-frame-options", "DENY")
        .putHeader("referrer-policy", "no-referrer");
    String path = http.path();
    if (path == null) {
      sendError(http, ApiException.badRequest("no path"));
    } else if (path.startsWith(API) || path.equals("/api")) {
      limitBody(http);
      handleApi(http, path);
    } else {
      handleFile(http, path);
    }
  }

  /** No endpoint reads a body yet; a long one is refused before it has all arrived. */
  private void limitBody(HttpServerRequest http) {
    long[] received = {0};
    http.handler(
        buffer -> {
          received[0] += buffer.length();
          if (received[0] > bodyBytesMax && !http.response().ended()) {
            http.response().putHeader("connection", "close");
            sendError(http, ApiException.badRequest("the body is longer than " + bodyBytesMax));
          }
        });
  }

  private void handleApi(HttpServerRequest http, String path) {
    if (http.method().equals(HttpMethod.OPTIONS)) {
      answerOptions(http, path);
      return;
    }
    // Read here, because the request must not be touched by another thread.
    Optional<String> authorization = Optional.ofNullable(http.getHeader("authorization"));
    boolean loopback = isLoopback(http.remoteAddress());
    HttpMethod method = http.method();
    String query = Optional.ofNullable(http.query()).orElse("");
    Map<String, String> headers = new HashMap<>();
    for (String name : HEADERS_READ) {
      String value = http.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    Context context = vertx.getOrCreateContext();
    long askedNs = clock.nanoTime();
    var unused =
        authentication
            .authenticate(authorization, client(http.remoteAddress()), loopback)
            .whenComplete(
                (user, failure) -> {
                  if (failure != null) {
                    refuse(http, context, askedNs, failure);
                  } else {
                    run(http, context, () -> serve(user, method, path, query, headers));
                  }
                });
  }

  private Answer serve(
      Identity user, HttpMethod method, String path, String query, Map<String, String> headers)
      throws JsonProcessingException {
    Routes.Match match = match(method, path);
    if (!(match instanceof Routes.Match.Found found)) {
      return refused(match);
    }
    if (!found.route().access().isGrantedTo(user)) {
      throw ApiException.notAuthorized(found.route().access().refusal());
    }
    Request request = new Request(user, found.variables(), QueryString.parse(query), headers);
    return Answer.of(found.route().handler().handle(request));
  }

  /** Nobody has logged in: said at once, or later to somebody who may be guessing. */
  private void refuse(HttpServerRequest http, Context context, long askedNs, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Authentication.FailedLoginException failed) {
      long agoMs = (clock.nanoTime() - askedNs) / 1_000_000;
      refusals.later(context, agoMs, () -> sendError(http, failed.refusal()));
    } else {
      context.runOnContext(nothing -> sendError(http, translate(cause, http)));
    }
  }

  private static LoginClient client(SocketAddress address) {
    return new LoginClient(
        LoginClient.HTTP,
        Optional.ofNullable(address.hostAddress()).orElse("unknown"),
        address.port());
  }

  private Routes.Match match(HttpMethod method, String path) {
    if (path.length() <= API.length()) {
      return new Routes.Match.Missing();
    }
    List<String> segments =
        Routes.decode(path.substring(API.length()))
            .orElseThrow(() -> ApiException.badRequest("the path is malformed"));
    return routes.find(method, segments);
  }

  private static Answer refused(Routes.Match match) {
    if (match instanceof Routes.Match.WrongMethod wrong) {
      return Answer.of(
              new ApiException(405, "method_not_allowed", "Allowed here: " + wrong.allowed()))
          .with("allow", wrong.allowed());
    }
    return Answer.of(new ApiException(404, "Not Found", "There is nothing at this path"));
  }

  private void answerOptions(HttpServerRequest http, String path) {
    try {
      Routes.Match match = match(HttpMethod.OPTIONS, path);
      if (match instanceof Routes.Match.WrongMethod allowed) {
        http.response().putHeader("allow", allowed.allowed()).setStatusCode(200).end();
      } else {
        send(http, refused(match));
      }
    } catch (ApiException e) {
      sendError(http, e);
    }
  }

  private void run(HttpServerRequest http, Context context, Callable<Answer> task) {
    worker.call(
        task,
        answer -> context.runOnContext(nothing -> send(http, answer)),
        failure -> context.runOnContext(nothing -> sendError(http, translate(failure, http))));
  }

  private static ApiException translate(Throwable failure, HttpServerRequest http) {
    if (failure instanceof ApiException refused) {
      return refused;
    }
    if (failure instanceof RejectedExecutionException) {
      return new ApiException(503, "service_unavailable", "Too many requests at the same time");
    }
    LOG.error("Cannot answer a request method={} path={}", http.method(), http.path(), failure);
    return new ApiException(500, "internal_server_error", "See the log of the broker");
  }

  private void sendError(HttpServerRequest http, ApiException error) {
    send(http, Answer.of(error));
  }

  private void send(HttpServerRequest http, Answer answer) {
    HttpServerResponse response = http.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status()).putHeader("cache-control", "no-cache");
    answer.headers().forEach(response::putHeader);
    if (answer.status() == 401) {
      response.putHeader("www-authenticate", authentication.challenges());
    }
    if (answer.body().isPresent()) {
      response.putHeader("content-type", "application/json");
      end(http, answer.body().get());
    } else {
      response.end();
    }
  }

  private static void end(HttpServerRequest http, Buffer body) {
    if (http.method().equals(HttpMethod.HEAD)) {
      http.response().putHeader("content-length", String.valueOf(body.length())).end();
    } else {
      http.response().end(body);
    }
  }

  private void handleFile(HttpServerRequest http, String path) {
    if (!http.method().equals(HttpMethod.GET) && !http.method().equals(HttpMethod.HEAD)) {
      send(http, refused(new Routes.Match.WrongMethod("GET, HEAD")));
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
        failure -> context.runOnContext(nothing -> sendError(http, translate(failure, http))));
  }

  private void sendLoaded(HttpServerRequest http, Optional<ConsoleFiles.StaticFile> file) {
    if (file.isPresent()) {
      sendFile(http, file.get());
    } else {
      send(http, refused(new Routes.Match.Missing()));
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
      end(http, Buffer.buffer(file.compressed()));
    } else {
      end(http, Buffer.buffer(file.bytes()));
    }
  }

  private static boolean isLoopback(SocketAddress address) {
    String host = address.hostAddress();
    if (host == null) {
      return false;
    }
    try {
      // An address, never a name: this does not ask a resolver.
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** A reply as bytes, made by the worker. */
  private record Answer(int status, Map<String, String> headers, Optional<Buffer> body) {

    static Answer of(Reply reply) throws JsonProcessingException {
      if (reply.body().isEmpty()) {
        return new Answer(reply.status(), Map.of(), Optional.empty());
      }
      byte[] body = MAPPER.writeValueAsBytes(reply.body().get());
      return new Answer(reply.status(), Map.of(), Optional.of(Buffer.buffer(body)));
    }

    static Answer of(ApiException error) {
      ObjectNode body = JsonViews.object();
      body.put("error", error.error()).put("reason", error.reason());
      return new Answer(error.status(), Map.of(), Optional.of(Buffer.buffer(body.toString())));
    }

    Answer with(String header, String value) {
      return new Answer(status, Map.of(header, value), body);
    }
  }
}
