package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.broker.AccessDeclaration;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerOptions;
import dev.warren.core.broker.VirtualHostDeclaration;
import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.time.BrokerClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/** A broker with a journal and a management server, without a front for clients. */
final class WorkingBroker implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final ThreadLoop loop = new ThreadLoop();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Broker broker;
  private final ManagementServer server;

  WorkingBroker(Path directory) {
    BrokerClock clock = BrokerClock.system();
    JournalOptions journal = new JournalOptions(1 << 20, 8 << 20, 1 << 20, 512, 2);
    broker =
        Broker.open(
            new Broker.Parts(
                new BrokerOptions("warren@test", "0", 64 << 20, 1000, 0, 1.0),
                FileJournal.open(directory, journal, clock),
                directory,
                List.of(loop),
                AccessDeclaration.guest("/"),
                clock),
            List.of(new VirtualHostDeclaration("/", List.of(), List.of(), List.of())));
    server =
        new ManagementServer(
            vertx,
            ManagementOptions.defaults().withAddress("127.0.0.1", 0).withSampleIntervalMs(200),
            new Product("Warren", "0.1.0"),
            ManagedBroker.of(broker),
            clock);
    RunningServer.await(server.listen());
  }

  String address() {
    return "http://127.0.0.1:" + server.port() + "/";
  }

  /** Does something that has to succeed; path below the API, an empty body is none. */
  JsonNode must(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address() + "api" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("authorization", RunningServer.basic("guest", "guest"))
            .build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
      }
      return response.body().isEmpty() ? JsonViews.object() : RunningServer.json(response);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void publish(String exchange, String key, String payload, String headers) {
    must(
        "POST",
        "/exchanges/%2F/" + exchange + "/publish",
        "{\"routing_key\":\"%s\",\"payload\":%s,\"payload_encoding\":\"string\",\"properties\":{\"delivery_mode\":2,\"headers\":%s}}"
            .formatted(key, JsonViews.object().textNode(payload), headers));
  }

  @Override
  public void close() {
    RunningServer.await(server.close());
    broker.close();
    RunningServer.await(vertx.close());
    loop.close();
  }
}
