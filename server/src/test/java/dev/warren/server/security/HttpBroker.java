package dev.warren.server.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.Wiring;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** A whole broker in this process, and a client of its HTTP API. Thread-safe. */
final class HttpBroker implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whoever tries hundreds of requests without a login would wait long. */
  private static final String NO_DELAY = "listeners: {amqp: {login-failure-delay: 0ms}}\n";

  private final Wiring wiring;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  private HttpBroker(Wiring wiring) {
    this.wiring = wiring;
  }

  /**
   * Starts one in an empty directory with this configuration, which sees to the delay after a
   * failed login itself if it says anything of listeners.
   */
  static HttpBroker start(Path directory, String yaml) throws IOException {
    String all = yaml.contains("listeners:") ? yaml : NO_DELAY + yaml;
    ServerOptions options =
        ConfigFile.read(Files.writeString(directory.resolve("warren.yaml"), all))
            .with(
                new ServerOptions.Overrides(
                    Optional.of(directory.resolve("data")),
                    Optional.of(0),
                    Optional.of(0),
                    Optional.empty(),
                    false));
    return new HttpBroker(Wiring.start(options, BrokerClock.system()));
  }

  Wiring wiring() {
    return wiring;
  }

  String url() {
    return "http://127.0.0.1:" + wiring.httpPort();
  }

  /** Sends a request as this user, whose password is his name; an empty body is none. */
  HttpResponse<String> send(
      String user, String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + "/api" + path))
            .timeout(LIMIT)
            .header("authorization", basic(user, user))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  /** The same without a body, with a password that is not the user's name. */
  HttpResponse<String> sendAs(String user, String password, String method, String path) {
    return send(
        HttpRequest.newBuilder(URI.create(url() + "/api" + path))
            .timeout(LIMIT)
            .header("authorization", basic(user, password))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The status of a request as the administrator. */
  int status(String method, String path, String body) {
    return send("guest", method, path, body).statusCode();
  }

  /** Does something as the administrator that has to succeed. */
  void must(String method, String path, String body) {
    HttpResponse<String> response = send("guest", method, path, body);
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(
          method + " " + path + ": " + response.statusCode() + " " + response.body());
    }
  }

  /** What the administrator gets. */
  JsonNode get(String path) {
    HttpResponse<String> response = send("guest", "GET", path, "");
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return json(response);
  }

  static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.body(), e);
    }
  }

  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String basic(String user) {
    return basic(user, user);
  }

  private static String basic(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  @Override
  public void close() {
    wiring.close();
  }
}
