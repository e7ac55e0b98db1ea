package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.journal.SimStorage;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.PublishRate;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** A broker on two stepped loops and a real journal in a directory of the test's. */
@SuppressWarnings("NullAway.Init")
final class BrokerFixture implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Path directory;
  private final List<ExchangeDefinition> exchanges = new ArrayList<>();
  private final List<QueueDeclaration> queues = new ArrayList<>();
  private final List<Binding> bindings = new ArrayList<>();
  private long payloadBytesMax = 64 << 20;
  private TransactionLimits transactions = TransactionLimits.DEFAULTS;
  private PublishRate publishRate = PublishRate.NONE;
  private AccessDeclaration access = AccessDeclaration.guest("/");
  private Function<JournalOptions, Journal> journals;
  Journal journal;
  final SimClock clock = new SimClock();
  private final List<SteppedLoop> eventLoops =
      List.of(new SteppedLoop(tasks, clock), new SteppedLoop(tasks, clock));
  Broker broker;

  private BrokerFixture(Path directory) {
    this.directory = directory;
    this.journals = options -> FileJournal.open(directory, options, BrokerClock.system());
  }

  static BrokerFixture in(Path directory) {
    return new BrokerFixture(directory);
  }

  BrokerFixture exchange(String name, ExchangeType type) {
    exchanges.add(ExchangeDefinition.durable(name, type));
    return this;
  }

  BrokerFixture queue(String name) {
    return queue(name, Map.of());
  }

  BrokerFixture queue(String name, Map<String, Object> arguments) {
    queues.add(QueueDeclaration.durable(name, arguments));
    return this;
  }

  BrokerFixture bind(String exchange, String queue, String key) {
    bindings.add(Binding.toQueue(exchange, queue, key));
    return this;
  }

  BrokerFixture payloadBytesMax(long bytes) {
    payloadBytesMax = bytes;
    return this;
  }

  BrokerFixture access(AccessDeclaration declaration) {
    access = declaration;
    return this;
  }

  /** Its journal is on this disk, not in the directory. */
  BrokerFixture on(SimStorage storage) {
    journals = options -> SimStorage.journalOn(storage, options, BrokerClock.system());
    return this;
  }

  BrokerFixture publishRate(PublishRate rate) {
    publishRate = rate;
    return this;
  }

  BrokerFixture transactions(TransactionLimits limits) {
    transactions = limits;
    return this;
  }

  /** The files as they are now: what a crash would leave. */
  Path copyOfDirectory() {
    Path copy = directory.resolveSibling(directory.getFileName() + "-crashed");
    try (Stream<Path> files = Files.list(directory)) {
      Files.createDirectories(copy);
      for (Path file : files.toList()) {
        // What is being filled is no segment yet, and may be renamed at any moment.
        if (!file.toString().endsWith(".tmp")) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  BrokerFixture open() {
    JournalOptions options = new JournalOptions(1 << 20, 8 << 20, 1 << 20, 512, 2);
    journal = journals.apply(options);
    broker =
        Broker.open(
            new Broker.Parts(
                new BrokerOptions("warren@test", "0", payloadBytesMax, 1000, 0, 1.0, transactions)
                    .withPublishRate(publishRate),
                journal,
                directory,
                List.copyOf(eventLoops),
                access,
                clock),
            List.of(new VirtualHostDeclaration("/", exchanges, queues, bindings)));
    return this;
  }

  VirtualHost host() {
    return broker.virtualHost("/").orElseThrow();
  }

  /** Works off tasks until the condition holds; fails at a deadline. */
  void runUntil(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      try {
        Runnable task = tasks.poll(100, TimeUnit.MILLISECONDS);
        if (task == null) {
          eventLoops.forEach(SteppedLoop::poll);
        } else {
          task.run();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(System.nanoTime()).as("deadline of: " + what).isLessThan(deadline);
    }
  }

  /** Lets time pass, and runs what is due then. */
  void pass(long ms) {
    runAll();
    clock.advanceMs(ms);
    eventLoops.forEach(SteppedLoop::timePassed);
    runAll();
  }

  /** What the loops have put off. */
  int waitingTasks() {
    return eventLoops.stream().mapToInt(SteppedLoop::waiting).sum();
  }

  /** Runs what there is, without waiting for more. */
  void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Closes in order, as a broker does on SIGTERM. */
  @Override
  public void close() {
    Thread worker =
        new Thread(
            () -> {
              try {
                while (!Thread.currentThread().isInterrupted()) {
                  tasks.take().run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    worker.start();
    broker.close();
    worker.interrupt();
    try {
      worker.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    tasks.clear();
  }

  Sender sender(int loop) {
    return sender(loop, "guest");
  }

  Sender sender(int loop, String user) {
    return new Sender(broker.loops().get(loop), user);
  }

  Receiver receiver(int loop, String queue) {
    return receiver(loop, Subscription.Request.of(queue, 7, "tag"));
  }

  Receiver receiver(int loop, Subscription.Request request) {
    Receiver receiver = new Receiver(broker.loops().get(loop), request);
    runUntil("subscribed", () -> receiver.subscription != null || receiver.refused != null);
    return receiver;
  }

  static Message message(String exchange, String key, String body, boolean durable) {
    return message(exchange, key, body, MessageHeader.of(durable, -1, -1));
  }

  static Message message(String exchange, String key, String body, MessageHeader header) {
    Envelope envelope = Envelope.of(exchange, key);
    byte[] bare =
        new AmqpWriter()
            .writeSectionDescriptor(Sections.DATA)
            .writeValue(body.getBytes(StandardCharsets.UTF_8))
            .toByteArray();
    return new Message(envelope, header, Annotations.of(envelope), ByteSlice.of(bare), 0);
  }

  static String body(Message message) {
    AmqpReader reader =
        new AmqpReader(message.bareArray(), message.bareOffset(), message.bareLength());
    reader.readDescriptor();
    return StandardCharsets.UTF_8.decode((ByteBuffer) reader.readValue()).toString();
  }

  /** A publisher which remembers every outcome. */
  @SuppressWarnings("NullAway.Init")
  final class Sender implements Publisher.Listener {
    final BrokerLoop loop;
    final Publisher publisher;
    final Map<Object, String> outcomes = new LinkedHashMap<>();
    int roomTold;

    Sender(BrokerLoop loop, String user) {
      this.loop = loop;
      this.publisher = host().openPublisher(loop, user, this);
    }

    Publisher.Result send(String exchange, String key, String body) {
      return send(message(exchange, key, body, true), body);
    }

    Publisher.Result send(Message message, String token) {
      Publisher.Result result = publisher.publish(message, token);
      if (result != Publisher.Result.PARKED) {
        outcomes.put(token, result.name());
      }
      loop.endTick();
      return result;
    }

    void sendAndConfirm(String exchange, String key, String body) {
      send(exchange, key, body);
      runUntil("outcome of " + body, () -> outcomes.containsKey(body));
    }

    @Override
    public void onAccepted(Object token) {
      outcomes.put(token, "ACCEPTED");
    }

    @Override
    public void onRejected(Object token, String queue, String reason) {
      outcomes.put(token, "REJECTED by " + queue + " " + reason);
    }

    @Override
    public void onRoom() {
      roomTold++;
    }

    @Override
    public void onReleased(Object token) {
      outcomes.put(token, "RELEASED");
    }
  }

  /** A consumer which remembers every delivery. */
  @SuppressWarnings("NullAway.Init")
  final class Receiver implements Subscription.Listener {
    final BrokerLoop loop;
    final List<Checkout> deliveries = new ArrayList<>();
    Subscription subscription;
    BrokerException refused;
    BrokerException closed;
    int drained;
    final List<Checkout> timedOut = new ArrayList<>();
    final List<Boolean> active = new ArrayList<>();

    Receiver(BrokerLoop loop, Subscription.Request request) {
      this.loop = loop;
      host().subscribe(loop, request, this);
      loop.endTick();
    }

    Checkout take() {
      int before = deliveries.size();
      credit(1);
      runUntil("a delivery", () -> deliveries.size() > before);
      return deliveries.get(before);
    }

    void credit(int credit) {
      subscription.addCredit(credit);
      loop.endTick();
    }

    void settle(Checkout checkout, Outcome outcome) {
      subscription.settle(checkout, outcome);
      loop.endTick();
      runAll();
    }

    List<String> bodies() {
      return deliveries.stream().map(d -> body(d.message())).toList();
    }

    @Override
    public void onSubscribed(Subscription opened) {
      subscription = opened;
    }

    @Override
    public void onRefused(BrokerException reason) {
      refused = reason;
    }

    @Override
    public void onDelivery(Checkout checkout) {
      deliveries.add(checkout);
    }

    @Override
    public void onDrained() {
      drained++;
    }

    @Override
    public void onTimedOut(Checkout checkout) {
      timedOut.add(checkout);
    }

    @Override
    public void onActive(boolean nowActive) {
      active.add(nowActive);
    }

    @Override
    public void onClosed(BrokerException reason) {
      closed = reason;
    }
  }
}
