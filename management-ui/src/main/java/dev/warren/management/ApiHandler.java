package dev.warren.management;

import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.security.Identity;
import dev.warren.core.security.LoginClient;
import dev.warren.core.time.BrokerClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests of the API: who sends them, what for, and what is answered. Called on event loops; what
 * takes time goes to the worker. Thread-safe.
 *
 * <p>A body is read only after its sender has logged in and may use the endpoint, so that nobody
 * else can make the broker keep anything.
 */
final class ApiHandler {
  /** Paths of the API begin with it. */
  static final String ROOT = "/api/";

  /** The audit trail's name of an operation somebody may not do. */
  private static final String REFUSED = "permission.refused";

  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
  private static final List<String> HEADERS_READ =
      List.of("content-type", "if-none-match", "x-reason", "x-vhost");

  /** Of two of these, this server might believe the one and a proxy before it the other. */
  private static final List<String> SINGLE_HEADERS =
      List.of(
          "authorization",
          "content-length",
          "content-type",
          "expect",
          "host",
          "origin",
          "sec-fetch-site",
          "transfer-encoding",
          "x-reason",
          "x-vhost");

  /** Of anything but a POST. */
  private static final int SMALL_BODY_BYTES_MAX = 1_000_000;

  /** Less than after which an idle connection is closed. */
  private static final long ANSWER_MS_MAX = 80_000;

  private final Vertx vertx;
  private final Routes routes;
  private final AuditTrail audit;
  private final Authentication authentication;
  private final DelayedRefusals refusals;
  private final BrokerClock clock;
  private final ManagementWorker worker;
  private final BodyReader bodies;
  private final int requestsMax;
  private final AtomicInteger open = new AtomicInteger();
  private CorsOrigins origins = CorsOrigins.NONE;

  ApiHandler(
      Vertx vertx,
      Routes routes,
      HttpLogins logins,
      ManagementWorker worker,
      ManagementOptions options,
      BrokerClock clock) {
    this.vertx = vertx;
    this.routes = routes;
    this.audit = logins.access().audit();
    this.authentication = new Authentication(logins);
    this.refusals = new DelayedRefusals(vertx, logins.failureDelayMs());
    this.clock = clock;
    this.worker = worker;
    this.bodies = new BodyReader(vertx, options.bodyBytesMax());
    this.requestsMax = options.requestsMax();
  }

  /** Lets pages of other sites use the API; before the first request. */
  void allow(CorsOrigins others) {
    origins = others;
  }

  /** Answers a request; on its event loop. */
  void handle(HttpServerRequest http) {
    http.pause();
    origins.addTo(http);
    Optional<ApiException> refusal = refusal(http);
    if (refusal.isPresent()) {
      Answer.of(refusal.get()).sendTo(http);
    } else if (http.method().equals(HttpMethod.OPTIONS)) {
      answerOptions(http);
    } else if (open.incrementAndGet() > requestsMax) {
      open.decrementAndGet();
      Answer.of(translate(new RejectedExecutionException(), http)).sendTo(http);
    } else {
      answer(http);
    }
  }

  private Optional<ApiException> refusal(HttpServerRequest http) {
    for (String name : SINGLE_HEADERS) {
      if (http.headers().getAll(name).size() > 1) {
        return Optional.of(ApiException.badRequest("more than one header " + name));
      }
    }
    if (SameSite.allows(http) || origins.mayAsk(http)) {
      return Optional.empty();
    }
    ApiException refusal =
        ApiException.forbidden("Pages of other sites cannot change anything here");
    Exchange exchange = Exchange.of(http);
    String asked = exchange.method() + " " + shown(exchange.path());
    audit.refused(
        new Actor("", exchange.address(), LoginClient.HTTP),
        "request.refused",
        "",
        asked,
        refusal.reason());
    return Optional.of(refusal);
  }

  private void answer(HttpServerRequest http) {
    Context context = vertx.getOrCreateContext();
    Exchange exchange = Exchange.of(http);
    long askedNs = clock.nanoTime();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    long timer =
        vertx.setTimer(
            ANSWER_MS_MAX,
            fired ->
                answer.completeExceptionally(
                    ApiException.unavailable("The broker has not answered in time")));
    var unusedEnd =
        answer.whenComplete(
            (done, failure) -> {
              open.decrementAndGet();
              if (failure == null) {
                context.runOnContext(nothing -> done.sendTo(http));
              } else {
                refuse(http, context, exchange, askedNs, failure);
              }
              vertx.cancelTimer(timer);
            });
    var unused =
        logIn(exchange)
            .thenCompose(user -> answerTo(context, http, exchange, user, answer))
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    answer.complete(done);
                  } else {
                    answer.completeExceptionally(failure);
                  }
                });
  }

  private CompletionStage<Answer> answerTo(
      Context context,
      HttpServerRequest http,
      Exchange exchange,
      Identity user,
      CompletionStage<?> end) {
    return CompletableFuture.completedStage(user)
        .thenApply(known -> admit(exchange, known))
        .thenCompose(admitted -> withBody(context, http, admitted, end))
        .thenCompose(this::answered)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                auditIfRefused(exchange, user, failure);
              }
            });
  }

  private void auditIfRefused(Exchange exchange, Identity user, Throwable failure) {
    Optional<ApiException> refusal =
        ApiException.of(failure).filter(error -> error.status() == 401);
    if (refusal.isPresent()) {
      Actor actor = new Actor(user.name(), exchange.address(), LoginClient.HTTP);
      String asked = exchange.method() + " " + shown(exchange.path());
      audit.refused(actor, REFUSED, "", asked, refusal.get().reason());
    }
  }

  private CompletionStage<Identity> logIn(Exchange exchange) {
    if (refusals.isFullFor(exchange.address())) {
      ApiException refusal =
          ApiException.unavailable("Too many failed logins from this address: try again later");
      Actor actor = new Actor("", exchange.address(), LoginClient.HTTP);
      audit.refused(actor, "user.authentication.refused", "", "", refusal.reason());
      return CompletableFuture.failedFuture(refusal);
    }
    LoginClient client = new LoginClient(LoginClient.HTTP, exchange.address(), exchange.port());
    return authentication.authenticate(exchange.authorization(), client, exchange.loopback());
  }

  /** Said at once, or later to somebody who may be guessing passwords. */
  private void refuse(
      HttpServerRequest http, Context context, Exchange exchange, long askedNs, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Authentication.FailedLoginException failed) {
      long agoMs = (clock.nanoTime() - askedNs) / 1_000_000;
      refusals.later(
          context, exchange.address(), agoMs, () -> refusal(failed.refusal()).sendTo(http));
    } else {
      context.runOnContext(nothing -> refusal(translate(failure, http)).sendTo(http));
    }
  }

  private Answer refusal(ApiException error) {
    Answer answer = Answer.of(error);
    return error.status() == 401
        ? answer.with("www-authenticate", authentication.challenges())
        : answer;
  }

  /** Finds the route, and whether the user may take it. */
  private Admitted admit(Exchange exchange, Identity user) {
    Routes.Match match = match(exchange.method(), exchange.path());
    if (!(match instanceof Routes.Match.Found found)) {
      return new Admitted(exchange, user, Optional.empty(), Map.of(), match);
    }
    Access access = found.route().access();
    if (!access.isGrantedTo(user)) {
      throw ApiException.notAuthorized(access.refusal());
    }
    return new Admitted(exchange, user, Optional.of(found.route()), found.variables(), match);
  }

  private Routes.Match match(HttpMethod method, String path) {
    if (path.length() <= ROOT.length()) {
      return new Routes.Match.Missing();
    }
    List<String> segments =
        Routes.decode(path.substring(ROOT.length()))
            .orElseThrow(() -> ApiException.badRequest("the path is malformed"));
    return routes.find(method, segments);
  }

  private CompletionStage<Admitted.WithBody> withBody(
      Context context, HttpServerRequest http, Admitted admitted, CompletionStage<?> answer) {
    if (admitted.route().isEmpty()) {
      return CompletableFuture.completedFuture(new Admitted.WithBody(admitted, Buffer.buffer()));
    }
    boolean isPost = admitted.exchange().method().equals(HttpMethod.POST);
    int limit = isPost ? bodies.bytesMax() : Math.min(SMALL_BODY_BYTES_MAX, bodies.bytesMax());
    CompletableFuture<Admitted.WithBody> read = new CompletableFuture<>();
    context.runOnContext(
        nothing ->
            bodies
                .read(http, limit, answer)
                .whenComplete(
                    (body, failure) -> {
                      if (failure == null) {
                        read.complete(new Admitted.WithBody(admitted, body));
                      } else {
                        read.completeExceptionally(failure);
                      }
                    }));
    return read;
  }

  private CompletionStage<Answer> answered(Admitted.WithBody admitted) {
    Optional<Route> route = admitted.admitted().route();
    if (route.isEmpty()) {
      return CompletableFuture.completedFuture(refused(admitted.admitted().match()));
    }
    return onWorker(() -> route.get().handler().handle(admitted.request()))
        .thenCompose(reply -> reply)
        .thenCompose(this::encoded);
  }

  private CompletionStage<Answer> encoded(Reply reply) {
    return reply.body().isEmpty()
        ? CompletableFuture.completedFuture(Answer.of(reply))
        : onWorker(() -> Answer.of(reply));
  }

  private static Answer refused(Routes.Match match) {
    return match instanceof Routes.Match.WrongMethod wrong
        ? Answer.wrongMethod(wrong.allowed())
        : Answer.notFound();
  }

  private <T> CompletionStage<T> onWorker(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    worker.call(task, done::complete, done::completeExceptionally);
    return done;
  }

  private void answerOptions(HttpServerRequest http) {
    try {
      Routes.Match match = match(HttpMethod.OPTIONS, http.path());
      if (match instanceof Routes.Match.WrongMethod allowed) {
        origins.addPreflightTo(http, allowed.allowed());
        new Answer(200, Map.of("allow", allowed.allowed()), Optional.empty()).sendTo(http);
      } else {
        refused(match).sendTo(http);
      }
    } catch (ApiException e) {
      Answer.of(e).sendTo(http);
    }
  }

  /** What a failure is told as; logged if nobody foresaw it. */
  static ApiException translate(Throwable failure, HttpServerRequest http) {
    Optional<ApiException> known = ApiException.of(failure);
    if (known.isPresent()) {
      return known.get();
    }
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof RejectedExecutionException
        || cause instanceof RejectedExecutionException) {
      return ApiException.unavailable("Too many requests at the same time");
    }
    String path = shown(String.valueOf(http.path()));
    LOG.error("Cannot answer a request method={} path={}", http.method(), path, failure);
    return new ApiException(500, "internal_server_error", "See the log of the broker");
  }

  /** One endpoint has a password in its path. */
  private static String shown(String path) {
    return path.startsWith(ROOT + "auth/") ? ROOT + "auth/..." : path;
  }

  /** What is read from a request on its event loop, for other threads. */
  private record Exchange(
      HttpMethod method,
      String path,
      String query,
      Map<String, String> headers,
      Optional<String> authorization,
      String address,
      int port,
      boolean loopback) {

    static Exchange of(HttpServerRequest http) {
      Map<String, String> headers = new HashMap<>();
      for (String name : HEADERS_READ) {
        String value = http.getHeader(name);
        if (value != null) {
          headers.put(name, value);
        }
      }
      SocketAddress remote = http.remoteAddress();
      String address = remote == null ? null : remote.hostAddress();
      return new Exchange(
          http.method(),
          http.path(),
          Optional.ofNullable(http.query()).orElse(""),
          headers,
          Optional.ofNullable(http.getHeader("authorization")),
          address == null ? "unknown" : address,
          remote == null ? -1 : remote.port(),
          RequestOrigin.isLoopback(http) && RequestOrigin.isNamedLocally(http));
    }
  }

  /** A request whose sender may send it, or for which there is no route. */
  private record Admitted(
      Exchange exchange,
      Identity user,
      Optional<Route> route,
      Map<String, String> variables,
      Routes.Match match) {

    private record WithBody(Admitted admitted, Buffer body) {
      Request request() {
        Exchange exchange = admitted.exchange();
        return new Request(
            admitted.user(),
            exchange.address(),
            admitted.variables(),
            QueryString.parse(exchange.query()),
            exchange.headers(),
            body);
      }
    }
  }
}
