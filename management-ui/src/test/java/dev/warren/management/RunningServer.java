package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.UnroutableMessages;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.User;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A management server on a free port, over fakes, with a clock that is stepped. */
final class RunningServer implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final FakeManagement management = new FakeManagement();
  final FakeAccess access = users();
  final Connections connections = new Connections();
  final SteppedClock clock;
  ManagementServer server;
  private final ManagementOptions options;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();

  RunningServer(long startMs) {
    this(startMs, ManagementOptions.defaults());
  }

  RunningServer(long startMs, ManagementOptions options) {
    this.clock = new SteppedClock(startMs);
    this.options = options.withSampleIntervalMs(0);
    this.server = listening(0);
  }

  private ManagementServer listening(int port) {
    ManagementServer started =
        new ManagementServer(
            vertx,
            options.withAddress("127.0.0.1", port),
            new Product("Warren", "0.1.0"),
            new ManagedBroker(
                management,
                access,
                connections,
                name -> Optional.empty(),
                List.of(),
                new UnroutableMessages()),
            clock);
    await(started.listen());
    return started;
  }

  /** Stops; what is returned starts another one on the same port. */
  Runnable stop() {
    int port = server.port();
    await(server.close());
    return () -> server = listening(port);
  }

  static FakeAccess users() {
    return new FakeAccess(
        List.of(
            user("guest", "administrator"),
            user("watcher", "monitoring"),
            user("worker", "management"),
            user("nobody", "other")),
        Set.of("guest"));
  }

  private static User user(String name, String tag) {
    return User.of(name, PasswordHash.compatible(name), Set.of(tag));
  }

  static void await(io.vertx.core.Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets a second pass and samples. */
  void second() {
    clock.advanceMs(1_000);
    try {
      server.sampleNow().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException
        | java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** The body of a GET that must succeed. */
  JsonNode get(String path) {
    HttpResponse<String> response = send("GET", path, "guest");
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return json(response);
  }

  HttpResponse<String> send(String method, String path, String user, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("authorization", basic(user, user));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String basic(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  static JsonNode json(HttpResponse<String> response) {
    try {
      return MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new IllegalStateException(response.body(), e);
    }
  }

  @Override
  public void close() {
    await(server.close());
    await(vertx.close());
  }
}
