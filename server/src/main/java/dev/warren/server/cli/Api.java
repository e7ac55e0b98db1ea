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
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A client of one broker's HTTP API. Waits for each answer. */
final class Api {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** More than the broker takes itself for an answer. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);

  private static final int UNAUTHORIZED = 401;

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
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /** A segment of a path. */
  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What is at a path below {@code /api}. */
  JsonNode get(String path) {
    return send("GET", path, Optional.empty());
  }

  /** Does something without a body. */
  JsonNode send(String method, String path) {
    return send(method, path, Optional.empty());
  }

  /** Does something. */
  JsonNode send(String method, String path, JsonNode body) {
    return send(method, path, Optional.of(body.toString()));
  }

  private JsonNode send(String method, String path, Optional<String> body) {
    HttpRequest.BodyPublisher content =
        body.map(HttpRequest.BodyPublishers::ofString)
            .orElseGet(HttpRequest.BodyPublishers::noBody);
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/api" + path))
              .timeout(ANSWER_TIMEOUT)
              .header("authorization", authorization)
              .header("content-type", "application/json")
              .method(method, content)
              .build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return answer(response);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          BrokerCommand.USAGE, "'" + url + "' is no address of a broker: " + e.getMessage());
    } catch (IOException e) {
      throw new RefusedException(
          BrokerCommand.UNREACHABLE, "no broker answers at " + url + ": " + why(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(BrokerCommand.UNREACHABLE, "interrupted");
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
    String reason = reason(text);
    throw new RefusedException(
        BrokerCommand.REFUSED,
        response.statusCode() == UNAUTHORIZED && reason.equals("Login failed")
            ? "the broker does not know this user, or the password is wrong"
            : reason.isEmpty() ? "the broker answered " + response.statusCode() : reason);
  }

  private static String reason(String text) {
    try {
      JsonNode error = JSON.readTree(text);
      return error.path("reason").asText(error.path("error").asText(""));
    } catch (JsonProcessingException e) {
      return "";
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
