package dev.warren.amqp.management;

import dev.warren.core.broker.Actor;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.routing.TopologyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The node {@code /management} as one connection sees it: takes a request to the operation it asks
 * for (contract §4.5). Thread-safe; answers come on the thread that has made the change.
 */
public final class ManagementNode {
  private static final String REPLY_TO = "$me";

  private final QueueOperations queues;
  private final ExchangeOperations exchanges;
  private final BindingOperations bindings;
  private final TokenRenewal tokens;

  /**
   * What requests are about.
   *
   * @param nodeName where queues are said to be
   * @param connectionId whose exclusive queues may be used
   * @param actor for the audit trail
   */
  public record Scope(
      VirtualHost host, String nodeName, long connectionId, Actor actor, AccessControl access) {}

  /** Creates the node for a connection without a token. */
  public ManagementNode(Scope scope) {
    this(scope, TokenRenewal.NONE);
  }

  /** Creates the node. */
  public ManagementNode(Scope scope, TokenRenewal tokens) {
    this.tokens = tokens;
    queues = new QueueOperations(scope);
    exchanges = new ExchangeOperations(scope);
    bindings = new BindingOperations(scope);
  }

  /**
   * Does what is asked for.
   *
   * @return the answer, also when the request is bad or refused; fails with {@link
   *     AccessRefusedException} if the user may not, and with anything else if the broker failed
   */
  public CompletionStage<ManagementResponse> handle(ManagementRequest request) {
    CompletionStage<ManagementResponse> answer;
    try {
      answer = dispatch(request);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.exceptionally(ManagementNode::refusal);
  }

  private static ManagementResponse refusal(Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (failure instanceof BrokerException refused) {
      return ManagementResponse.error(refused.error().httpStatus(), refused.text());
    }
    if (failure instanceof TopologyException refused) {
      // Only what a request's own values cannot be; the virtual host translates the rest.
      return ManagementResponse.error(400, String.valueOf(refused.getMessage()));
    }
    throw failure instanceof RuntimeException e ? e : new CompletionException(failure);
  }

  private CompletionStage<ManagementResponse> dispatch(ManagementRequest request) {
    if (!REPLY_TO.equals(request.replyTo())) {
      throw new BrokerException(BrokerError.INVALID, "reply-to must be '" + REPLY_TO + "'");
    }
    if (!(request.to() instanceof String to) || !to.startsWith("/")) {
      throw new BrokerException(BrokerError.INVALID, "the field 'to' must be a path");
    }
    if (!(request.subject() instanceof String method)) {
      throw new BrokerException(BrokerError.INVALID, "the subject must be a method");
    }
    int mark = to.indexOf('?');
    String path = mark < 0 ? to : to.substring(0, mark);
    String query = mark < 0 ? "" : to.substring(mark + 1);
    List<String> segments = List.of(path.substring(1).split("/", -1));
    Object body = request.body();
    return switch (segments.get(0)) {
      case "queues" -> queues(method, path, segments, body);
      case "exchanges" -> exchanges(method, path, segments, body);
      case "bindings" -> bindings(method, path, segments, query, body);
      case "auth" -> auth(method, path, segments, body);
      default -> notFound(path);
    };
  }

  private CompletionStage<ManagementResponse> queues(
      String method, String path, List<String> segments, @Nullable Object body) {
    if (segments.size() == 3 && segments.get(2).equals("messages")) {
      return method.equals("DELETE")
          ? queues.purge(PercentEncoding.decode(segments.get(1)))
          : notAllowed(method, path);
    }
    if (segments.size() != 2) {
      return notFound(path);
    }
    String name = PercentEncoding.decode(segments.get(1));
    return switch (method) {
      case "PUT" -> queues.declare(name, body);
      case "GET" -> CompletableFuture.completedFuture(queues.info(name));
      case "DELETE" -> queues.delete(name);
      default -> notAllowed(method, path);
    };
  }

  private CompletionStage<ManagementResponse> exchanges(
      String method, String path, List<String> segments, @Nullable Object body) {
    if (segments.size() != 2) {
      return notFound(path);
    }
    String name = PercentEncoding.decode(segments.get(1));
    return switch (method) {
      case "PUT" -> exchanges.declare(name, body);
      case "DELETE" -> exchanges.delete(name);
      default -> notAllowed(method, path);
    };
  }

  private CompletionStage<ManagementResponse> bindings(
      String method, String path, List<String> segments, String query, @Nullable Object body) {
    if (segments.size() == 2) {
      // Not decoded: its values are, one by one.
      return method.equals("DELETE") ? bindings.unbind(segments.get(1)) : notAllowed(method, path);
    }
    if (segments.size() != 1) {
      return notFound(path);
    }
    return switch (method) {
      case "POST" -> bindings.bind(body).exceptionally(failure -> missingEndIsBadRequest(failure));
      case "GET" -> CompletableFuture.completedFuture(bindings.list(parseQuery(query)));
      default -> notAllowed(method, path);
    };
  }

  /** A binding to or from what does not exist is a bad request, not a missing binding. */
  private static ManagementResponse missingEndIsBadRequest(Throwable failure) {
    ManagementResponse refusal = refusal(failure);
    return refusal.status() == 404 ? new ManagementResponse(400, refusal.body()) : refusal;
  }

  private CompletionStage<ManagementResponse> auth(
      String method, String path, List<String> segments, @Nullable Object body) {
    if (segments.size() != 2 || !segments.get(1).equals("tokens")) {
      return notFound(path);
    }
    if (!method.equals("PUT")) {
      return notAllowed(method, path);
    }
    if (!(body instanceof ByteBuffer binary)) {
      throw new BrokerException(BrokerError.INVALID, "the body must be a token as binary");
    }
    String token = StandardCharsets.UTF_8.decode(binary.duplicate()).toString();
    return tokens.renew(token).thenApply(ManagementNode::renewed);
  }

  private static ManagementResponse renewed(TokenRenewal.Result result) {
    return switch (result) {
      case RENEWED -> ManagementResponse.noContent();
      case NO_TOKEN ->
          ManagementResponse.error(
              400, "the connection has not logged in by a token: there is none to renew");
      case UNAVAILABLE -> ManagementResponse.error(503, "the token cannot be checked now");
      case REFUSED -> ManagementResponse.error(401, "the token is refused");
    };
  }

  private static Map<String, String> parseQuery(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query.isEmpty()) {
      return parameters;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new BrokerException(BrokerError.INVALID, "bad query '" + query + "'");
      }
      parameters.put(
          PercentEncoding.decodeQuery(pair.substring(0, equals)),
          PercentEncoding.decodeQuery(pair.substring(equals + 1)));
    }
    return parameters;
  }

  private static CompletionStage<ManagementResponse> notFound(String path) {
    return CompletableFuture.completedFuture(
        ManagementResponse.error(404, "nothing has the path '" + path + "'"));
  }

  private static CompletionStage<ManagementResponse> notAllowed(String method, String path) {
    return CompletableFuture.completedFuture(
        ManagementResponse.error(405, "method " + method + " is not allowed on '" + path + "'"));
  }
}
