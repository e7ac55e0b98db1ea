package dev.warren.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A client of one broker's HTTP API. Waits for each answer. */
final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** More than the broker takes itself for an answer. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);

  private static final Duration QUICK_TIMEOUT = Duration.ofSeconds(3);

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;

  private final String url;
  private final String authorization;
  private final HttpClient client;

  /**
   * A client.
   *
   * @param url of the broker, such as {@code http://127.0.0.1:15672}
   * @param tls says whose certificates are trusted; empty for those the JDK trusts
   */
  Api(String url, String user, String password, Optional<SSLContext> tls) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    this.authorization = "Basic " + Base64.getEncoder().encodeToString(credentials);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT);
    tls.or(() -> url.startsWith("http:") ? unused() : Optional.empty())
        .ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * For a client that does not speak TLS: reading the JDK's authorities takes a tenth of a second.
   */
  private static Optional<SSLContext> unused() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** A segment of a path. */
  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What is at a path below {@code /api}. */
  JsonNode get(String path) {
    return send("GET", path);
  }

  /** What is there; empty if there is nothing any more. */
  Optional<JsonNode> find(String path) {
    HttpResponse<String> response = exchange(path, ANSWER_TIMEOUT, request -> request.GET());
    return response.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(answer(response));
  }

  /** Does something without a body. */
  JsonNode send(String method, String path) {
    return send(method, path, Optional.empty(), Map.of());
  }

  /** Does something. */
  JsonNode send(String method, String path, JsonNode body) {
    return send(method, path, Optional.of(body), Map.of());
  }

  /** Does something, with more headers. */
  JsonNode send(
      String method, String path, Optional<? extends JsonNode> body, Map<String, String> headers) {
    HttpRequest.BodyPublisher content =
        body.map(json -> HttpRequest.BodyPublishers.ofString(json.toString()))
            .orElseGet(HttpRequest.BodyPublishers::noBody);
    return answer(
        exchange(
            path,
            ANSWER_TIMEOUT,
            request -> {
              headers.forEach(request::header);
              request.method(method, content);
            }));
  }

  /** Does something without waiting long, when the process is about to end. */
  void sendQuickly(String method, String path) {
    var unused =
        exchange(
            path,
            QUICK_TIMEOUT,
            request -> request.method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /** The outcome of a check, whether it is good or bad. */
  JsonNode check(String path) {
    HttpResponse<String> response = exchange(path, ANSWER_TIMEOUT, request -> request.GET());
    return response.statusCode() == UNAVAILABLE ? parsed(response.body()) : answer(response);
  }

  private HttpResponse<String> exchange(
      String path, Duration timeout, Consumer<HttpRequest.Builder> what) {
    HttpRequest.Builder request = request(path).timeout(timeout);
    try {
      what.accept(request);
      return client.send(
          request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(BrokerCommand.USAGE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new RefusedException(
          BrokerCommand.UNREACHABLE, "no broker answers at " + url + ": " + why(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(BrokerCommand.UNREACHABLE, "interrupted");
    }
  }

  private HttpRequest.Builder request(String path) {
    try {
      return HttpRequest.newBuilder(URI.create(url + "/api" + path))
          .header("authorization", authorization)
          .header("content-type", "application/json");
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          BrokerCommand.USAGE, "'" + url + "' is no address of a broker: " + e.getMessage());
    }
  }

  private static String why(IOException failure) {
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return "the connection was refused";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private JsonNode answer(HttpResponse<String> response) {
    String text = response.body();
    if (response.statusCode() / 100 == 2) {
      return text.isEmpty() ? MissingNode.getInstance() : parsed(text);
    }
    JsonNode said = said(text);
    String reason = said.path("reason").asText(said.path("error").asText(""));
    throw new RefusedException(
        BrokerCommand.REFUSED,
        response.statusCode() == UNAUTHORIZED && reason.equals("Login failed")
            ? "the broker does not know this user, or the password is wrong"
            : reason.isEmpty() ? "the broker answered " + response.statusCode() : reason,
        said);
  }

  private static JsonNode said(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new RefusedException(
          BrokerCommand.UNREACHABLE, "what answers at " + url + " is no broker: it sends no JSON");
    }
  }
}
