package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.amqp.Management;
import com.rabbitmq.client.amqp.Management.ExchangeType;
import com.rabbitmq.client.amqp.Management.QueueType;
import com.rabbitmq.client.amqp.Publisher;
import com.rabbitmq.client.amqp.Requester;
import com.rabbitmq.client.amqp.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The six patterns of RabbitMQ's tutorials, with RabbitMQ's AMQP 1.0 client for Java. */
@Timeout(60)
class RabbitTutorialsTest {

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @SuppressWarnings("NullAway.Init")
  private RabbitClient client;

  @SuppressWarnings("NullAway.Init")
  private Management management;

  @BeforeEach
  void connect() {
    client = RabbitClient.connect(BROKER);
    management = client.management();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void helloWorld() throws InterruptedException {
    management.queue("hello").type(QueueType.QUORUM).declare();
    BlockingQueue<String> received = client.acceptAll("hello");
    Publisher publisher = client.publisher(to -> to.queue("hello"));
    assertThat(RabbitClient.publish(publisher, "Hello World!"))
        .isEqualTo(Publisher.Status.ACCEPTED);
    assertThat(RabbitClient.next(received)).isEqualTo("Hello World!");
  }

  @Test
  void workQueues() throws InterruptedException {
    management.queue("task_queue").type(QueueType.QUORUM).declare();
    BlockingQueue<String> done = new LinkedBlockingQueue<>();
    for (String worker : List.of("first", "second")) {
      client
          .connection()
          .consumerBuilder()
          .queue("task_queue")
          .initialCredits(1)
          .messageHandler(
              (context, message) -> {
                done.add(worker + " did " + RabbitClient.text(message));
                context.accept();
              })
          .build();
    }
    Publisher publisher = client.publisher(to -> to.queue("task_queue"));
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RabbitClient.publish(publisher, "task " + i);
      tasks.add("task " + i);
    }
    List<String> finished = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      finished.add(RabbitClient.next(done));
    }
    assertThat(finished.stream().map(line -> line.substring(line.indexOf("task"))))
        .containsExactlyInAnyOrderElementsOf(tasks);
    assertThat(finished.stream().map(line -> line.substring(0, line.indexOf(' '))).distinct())
        .containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void publishAndSubscribe() throws InterruptedException {
    management.exchange("logs").type(ExchangeType.FANOUT).declare();
    BlockingQueue<String> first = subscribe("logs", "");
    BlockingQueue<String> second = subscribe("logs", "");
    Publisher publisher = client.publisher(to -> to.exchange("logs"));
    RabbitClient.publish(publisher, "info: Hello World!");
    assertThat(RabbitClient.next(first)).isEqualTo("info: Hello World!");
    assertThat(RabbitClient.next(second)).isEqualTo("info: Hello World!");
  }

  @Test
  void routing() throws InterruptedException {
    management.exchange("direct_logs").type(ExchangeType.DIRECT).declare();
    BlockingQueue<String> disk = subscribe("direct_logs", "error");
    BlockingQueue<String> screen = subscribe("direct_logs", "info", "error");
    log("direct_logs", "info", "started");
    log("direct_logs", "error", "broken");
    assertThat(RabbitClient.next(disk)).isEqualTo("broken");
    assertThat(RabbitClient.next(screen)).isEqualTo("started");
    assertThat(RabbitClient.next(screen)).isEqualTo("broken");
    assertThat(disk).isEmpty();
  }

  @Test
  void topics() throws InterruptedException {
    management.exchange("topic_logs").type(ExchangeType.TOPIC).declare();
    BlockingQueue<String> kernel = subscribe("topic_logs", "kern.*");
    BlockingQueue<String> critical = subscribe("topic_logs", "*.critical");
    BlockingQueue<String> all = subscribe("topic_logs", "#");
    log("topic_logs", "kern.info", "a");
    log("topic_logs", "auth.critical", "b");
    log("topic_logs", "kern.critical", "c");
    assertThat(List.of(RabbitClient.next(kernel), RabbitClient.next(kernel)))
        .containsExactly("a", "c");
    assertThat(List.of(RabbitClient.next(critical), RabbitClient.next(critical)))
        .containsExactly("b", "c");
    assertThat(List.of(RabbitClient.next(all), RabbitClient.next(all), RabbitClient.next(all)))
        .containsExactly("a", "b", "c");
  }

  @Test
  void requestAndReply() throws Exception {
    management.queue("rpc_queue").type(QueueType.QUORUM).declare();
    try (Responder responder =
            client
                .connection()
                .responderBuilder()
                .requestQueue("rpc_queue")
                .handler(
                    (context, request) ->
                        context.message(
                            RabbitClient.bytes(
                                "fib is " + fib(Integer.parseInt(RabbitClient.text(request))))))
                .build();
        Requester requester =
            client
                .connection()
                .requesterBuilder()
                .requestAddress()
                .queue("rpc_queue")
                .requester()
                .build()) {
      assertThat(responder).isNotNull();
      for (int i = 1; i <= 5; i++) {
        String reply =
            RabbitClient.text(
                requester
                    .publish(requester.message(RabbitClient.bytes(Integer.toString(i))))
                    .get(RabbitClient.LIMIT_S, TimeUnit.SECONDS));
        assertThat(reply).isEqualTo("fib is " + fib(i));
      }
    }
  }

  private static int fib(int n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
  }

  /** An exclusive queue of its own, bound by each key. */
  private BlockingQueue<String> subscribe(String exchange, String... keys) {
    String queue = management.queue().exclusive(true).autoDelete(true).declare().name();
    for (String key : keys) {
      management.binding().sourceExchange(exchange).destinationQueue(queue).key(key).bind();
    }
    return client.acceptAll(queue);
  }

  private void log(String exchange, String key, String text) throws InterruptedException {
    try (Publisher publisher = client.publisher(to -> to.exchange(exchange).key(key))) {
      assertThat(RabbitClient.publish(publisher, text)).isEqualTo(Publisher.Status.ACCEPTED);
    }
  }
}
