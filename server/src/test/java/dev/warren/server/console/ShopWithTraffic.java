package dev.warren.server.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.Wiring;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.ServerOptions;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
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
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * A whole broker with three clients: one that uploads, one that transcodes, and one that keeps what
 * it got. Used by one thread; the traffic has a thread of its own.
 */
final class ShopWithTraffic implements AutoCloseable {
  /** Containers of the clients. */
  static final String UPLOADER = "upload-service";

  static final String WORKER = "transcoder";
  static final String KEEPER = "archiver";

  /** Messages of the keeper that are unsettled. */
  static final int KEPT = 3;

  private static final String KEPT_QUEUE = "videos.archive";
  private static final int TICK_MS = 50;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
  private final Wiring wiring;
  private final Connection uploader;
  private final Connection worker;
  private final Connection keeper;
  private int uploaded;

  ShopWithTraffic(Path directory) throws IOException, JMSException {
    Path file =
        Files.writeString(
            directory.resolve("warren.yaml"),
            "listeners: {amqp: {host: 127.0.0.1}, http: {host: 127.0.0.1}}\n");
    ServerOptions options =
        ConfigFile.read(file)
            .with(
                new ServerOptions.Overrides(
                    Optional.of(directory.resolve("data")),
                    Optional.of(0),
                    Optional.of(0),
                    Optional.empty(),
                    false));
    wiring = Wiring.start(options, BrokerClock.system());
    declare();
    uploader = connect(UPLOADER);
    worker = connect(WORKER);
    keeper = connect(KEEPER);
    keep();
    work();
    upload();
  }

  private void declare() {
    must("PUT", "/exchanges/%2F/uploads.unrouted", "{\"type\":\"fanout\"}");
    must(
        "PUT",
        "/exchanges/%2F/uploads",
        "{\"type\":\"topic\",\"arguments\":{\"alternate-exchange\":\"uploads.unrouted\"}}");
    must("PUT", "/exchanges/%2F/uploads.dead", "{\"type\":\"fanout\"}");
    must("PUT", "/exchanges/%2F/activity", "{\"type\":\"headers\"}");
    String dying =
        "{\"arguments\":{\"x-dead-letter-exchange\":\"uploads.dead\",\"x-max-length\":100000}}";
    must("PUT", "/queues/%2F/videos.transcode", dying);
    must("PUT", "/queues/%2F/videos.thumbnails", dying);
    must("PUT", "/queues/%2F/videos.failed", "");
    must("PUT", "/queues/%2F/" + KEPT_QUEUE, "");
    must("PUT", "/queues/%2F/audit-log", "{\"arguments\":{\"x-queue-type\":\"quorum\"}}");
    bind("/e/uploads/q/videos.transcode", "{\"routing_key\":\"video.#\"}");
    bind("/e/uploads/q/videos.thumbnails", "{\"routing_key\":\"video.new\"}");
    bind("/e/uploads/q/" + KEPT_QUEUE, "{\"routing_key\":\"archive.*\"}");
    bind("/e/uploads/e/activity", "{\"routing_key\":\"#\"}");
    bind("/e/activity/q/audit-log", "{\"arguments\":{\"x-match\":\"all\",\"kind\":\"audio\"}}");
    bind("/e/uploads.dead/q/videos.failed", "{}");
    must("PUT", "/vhosts/staging", "{\"description\":\"For trying things\"}");
    must("PUT", "/users/mailer", "{\"password\":\"a long one\",\"tags\":\"management\"}");
    must(
        "PUT",
        "/permissions/%2F/mailer",
        "{\"configure\":\"\",\"write\":\"^uploads$\",\"read\":\"^videos\"}");
    must(
        "PUT",
        "/topic-permissions/%2F/mailer",
        "{\"exchange\":\"uploads\",\"write\":\"^video\",\"read\":\".*\"}");
    for (int i = 0; i < KEPT; i++) {
      publish("uploads", "archive.new", "{\"kind\":\"video\",\"n\":" + i + "}");
    }
    for (int i = 0; i < 12; i++) {
      publish("uploads", "video.new", "{\"kind\":\"video\",\"n\":" + i + "}");
    }
    publish("amq.topic", "nobody.listens", "{}");
    must(
        "POST",
        "/queues/%2F/videos.thumbnails/get",
        "{\"count\":2,\"ackmode\":\"reject_requeue_false\",\"encoding\":\"auto\"}");
  }

  private void bind(String what, String body) {
    must("POST", "/bindings/%2F" + what, body);
  }

  private void publish(String exchange, String key, String headers) {
    must(
        "POST",
        "/exchanges/%2F/" + exchange + "/publish",
        ("{\"routing_key\":\"%s\",\"payload\":\"{\\\"video\\\": \\\"clip.mp4\\\", \\\"seconds\\\": 31}\","
                + "\"payload_encoding\":\"string\",\"properties\":{\"delivery_mode\":2,\"headers\":%s}}")
            .formatted(key, headers));
  }

  /** Another client. */
  Connection connect(String container) throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest",
            "guest",
            "amqp://127.0.0.1:" + wiring.amqpPort() + "?jms.prefetchPolicy.all=20");
    Connection connection = factory.createConnection();
    connection.setClientID(container);
    connection.start();
    return connection;
  }

  private void keep() throws JMSException {
    Session session = keeper.createSession(Session.CLIENT_ACKNOWLEDGE);
    MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/" + KEPT_QUEUE));
    for (int i = 0; i < KEPT; i++) {
      if (consumer.receive(20_000) == null) {
        throw new IllegalStateException("the archiver got nothing");
      }
    }
  }

  private void work() throws JMSException {
    Session session = worker.createSession(Session.AUTO_ACKNOWLEDGE);
    session
        .createConsumer(session.createQueue("/queues/videos.transcode"))
        .setMessageListener(message -> {});
    Session filtered = worker.createSession(Session.AUTO_ACKNOWLEDGE);
    filtered
        .createConsumer(filtered.createQueue("/queues/audit-log"), "n > 3")
        .setMessageListener(message -> {});
  }

  private void upload() throws JMSException {
    Session session = uploader.createSession(Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer =
        session.createProducer(session.createQueue("/exchanges/uploads/video.new"));
    var unused =
        traffic.scheduleWithFixedDelay(
            () -> burst(session, producer), 0, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void burst(Session session, MessageProducer producer) {
    int many = (int) Math.round(5 + 3 * Math.sin(uploaded / 400.0));
    try {
      for (int i = 0; i < many; i++) {
        uploaded++;
        Message message = session.createTextMessage("{\"video\": \"clip-" + uploaded + ".mp4\"}");
        message.setStringProperty("kind", uploaded % 3 == 0 ? "audio" : "video");
        message.setIntProperty("n", uploaded);
        producer.send(message);
      }
    } catch (JMSException e) {
      // The test has closed the connection: there is nothing left to do.
      traffic.shutdown();
    }
  }

  String address() {
    return "http://127.0.0.1:" + wiring.httpPort() + "/";
  }

  /** The name the broker has for a client's connection; empty if it is not there. */
  Optional<String> connection(String container) {
    for (JsonNode one : must("GET", "/connections", "")) {
      if (one.path("container_id").asText().equals(container)) {
        return Optional.of(one.path("name").asText());
      }
    }
    return Optional.empty();
  }

  /** Does something that has to succeed; path below the API, an empty body is none. */
  JsonNode must(String method, String path, String body) {
    byte[] credentials = "guest:guest".getBytes(StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address() + "api" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("authorization", "Basic " + Base64.getEncoder().encodeToString(credentials))
            .build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
      }
      return mapper.readTree(response.body().isEmpty() ? "{}" : response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() throws JMSException {
    traffic.shutdownNow();
    wiring.close();
    uploader.close();
    worker.close();
    keeper.close();
  }
}
