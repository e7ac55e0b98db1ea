package dev.warren.amqp;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.core.broker.AccessDeclaration;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.BrokerOptions;
import dev.warren.core.broker.ConnectionView.Address;
import dev.warren.core.broker.EventLoop;
import dev.warren.core.broker.Management.QueueFigures;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.broker.VirtualHostDeclaration;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A broker and its AMQP front without sockets and threads of its own: connections are channels in
 * memory, two loops are worked off by the test, and time passes when the test says so. Only the
 * journal has a thread.
 */
final class FuzzBroker implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 * 1024;
  private static final long DEADLINE_SECONDS = 20;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::atMs));
  private final AtomicLong nowMs = new AtomicLong(1_000_000);
  private final BrokerClock clock =
      new BrokerClock() {
        @Override
        public long epochMs() {
          return nowMs.get();
        }

        @Override
        public long nanoTime() {
          return nowMs.get() * 1_000_000;
        }
      };
  private final Broker broker;
  private final List<AmqpLoop> loops = new ArrayList<>();
  private final FrontContext context;
  private int connections;

  private record Later(long atMs, Runnable task) {}

  private final class Loop implements EventLoop {
    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean isCurrent() {
      return true;
    }

    @Override
    public void schedule(long delayMs, Runnable task) {
      later.add(new Later(nowMs.get() + delayMs, task));
    }
  }

  FuzzBroker(Path directory) {
    broker =
        Broker.open(
            new Broker.Parts(
                new BrokerOptions("warren@test", "0", 64 << 20, 1000, 0, 1.0),
                FileJournal.open(
                    directory,
                    new JournalOptions(1 << 20, 8 << 20, 1 << 20, 64, 2),
                    BrokerClock.system()),
                directory,
                List.of(new Loop(), new Loop()),
                AccessDeclaration.guest("/"),
                clock),
            List.of(topology()));
    AmqpServerOptions d = AmqpServerOptions.defaults();
    AmqpServerOptions options =
        new AmqpServerOptions(
            d.host(),
            0,
            d.idleTimeoutMs(),
            4096,
            7,
            15,
            MESSAGE_BYTES_MAX,
            20,
            d.handshakeTimeoutMs(),
            0,
            d.outboundBytesMax(),
            true,
            d.identity());
    context =
        new FrontContext(
            broker,
            options,
            new Mechanisms(
                broker.access(),
                AuditedLogins.authenticator(
                    broker.access(), TokenVerifier.NONE, Authenticator.Options.DEFAULTS, clock),
                LoginOptions.DEFAULTS),
            new AddressParser(true),
            clock,
            new KeptLinks(options.suspension()),
            TraceRules.NONE);
    for (BrokerLoop loop : broker.loops()) {
      loops.add(new AmqpLoop(loop, context));
    }
  }

  private static VirtualHostDeclaration topology() {
    Map<String, Object> bounded = Map.of("x-max-length", 50L);
    return new VirtualHostDeclaration(
        "/",
        List.of(
            ExchangeDefinition.durable("x", ExchangeType.DIRECT),
            ExchangeDefinition.durable("topics", ExchangeType.TOPIC)),
        List.of(
            QueueDeclaration.durable("q", bounded),
            QueueDeclaration.durable("q2", bounded),
            QueueDeclaration.durable(
                "dead",
                Map.of(
                    "x-max-length", 50L, "x-dead-letter-exchange", "x", "x-delivery-limit", 2L))),
        List.of(Binding.toQueue("x", "q", "k"), Binding.toQueue("topics", "q2", "a.#")));
  }

  /** A connection comes, says all this in pieces of these lengths, and goes. */
  void converse(byte[] stream, int pieceLength) {
    AmqpLoop loop = loops.get(connections++ % loops.size());
    ConnectionHandler connection =
        new ConnectionHandler(
            context,
            loop,
            new ConnectionHandler.Peer(
                new Address("127.0.0.1", 5672),
                new Address("127.0.0.1", connections),
                true,
                Optional.empty()));
    loop.add(connection);
    EmbeddedChannel channel = new EmbeddedChannel(connection.transport());
    for (int from = 0; from < stream.length && channel.isOpen(); from += pieceLength) {
      int to = Math.min(stream.length, from + pieceLength);
      ByteBuf piece = Unpooled.wrappedBuffer(stream, from, to - from);
      channel.writeInbound(piece);
      run();
      channel.releaseOutbound();
    }
    pass(1);
    channel.releaseOutbound();
    var unused = channel.close();
    channel.checkException();
    run();
    channel.releaseOutbound();
  }

  private void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Time passes and what is due is done. */
  void pass(long ms) {
    long until = nowMs.addAndGet(ms);
    run();
    for (Later due = later.peek(); due != null && due.atMs() <= until; due = later.peek()) {
      later.remove();
      due.task().run();
      run();
    }
  }

  /** Connections given up for a reason nobody foresaw. */
  long abandoned() {
    return loops.stream().mapToLong(AmqpLoop::abandoned).sum();
  }

  /**
   * What is held for clients although there are none; empty if nothing is. Purges all queues to see
   * it, and lets time pass for what is deleted a moment after its last user has gone.
   */
  List<String> leftBehind() {
    pass(120_000);
    List<String> left = new ArrayList<>();
    if (!loops.stream().allMatch(AmqpLoop::isEmpty)) {
      left.add("a loop has connections");
    }
    if (!broker.connections().all().isEmpty()) {
      left.add("connections are registered");
    }
    if (!broker.management().consumers(null).isEmpty()) {
      left.add("consumers " + broker.management().consumers(null));
    }
    broker.management().queues(null).forEach(queue -> host().by(Actor.BROKER).purge(queue.name()));
    // What is asked of the broker's control thread has happened some time after.
    runUntil("the queues are empty or gone", () -> held().isEmpty());
    return left;
  }

  private List<String> held() {
    List<String> held = new ArrayList<>();
    for (QueueInfo queue : broker.management().queues(null)) {
      QueueFigures figures = queue.figures();
      if (queue.exclusive()) {
        held.add("queue " + queue.name() + " outlives its connection");
      }
      if (figures.ready() + figures.unsettled() + figures.scheduled() > 0) {
        held.add("queue " + queue.name() + " holds " + figures);
        host().by(Actor.BROKER).purge(queue.name());
      } else if (figures.memoryBytes() != 0) {
        held.add("queue " + queue.name() + " counts memory: " + figures);
      }
    }
    return held;
  }

  private VirtualHost host() {
    return broker.virtualHost("/").orElseThrow();
  }

  private void runUntil(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      pass(10);
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what + ", but " + held());
      }
      try {
        Runnable task = tasks.poll(1, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    Thread worker =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Runnable task = tasks.poll();
                if (task != null) {
                  task.run();
                } else {
                  Thread.onSpinWait();
                }
              }
            });
    worker.start();
    try {
      broker.close();
    } finally {
      worker.interrupt();
      try {
        worker.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
