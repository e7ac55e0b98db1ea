package dev.warren.benchmarks;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Attempts;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.ColdLoad;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.Outcome;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.queue.QueueEffects;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.queue.QueueState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of one message through a queue: enqueued, dispatched, settled, in batches of {@value
 * #BATCH}. Run with {@code java -jar benchmarks/target/benchmarks.jar QueueState -prof gc}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Thread)
public class QueueStateBenchmark {
  static final int BATCH = 64;
  private static final long NOW_MS = 1_000;

  /** Consumers which take turns; with two or more, the queue looks for message groups. */
  @Param({"1", "3"})
  int consumers;

  private final Checkout[] held = new Checkout[BATCH];
  private final Message message = message();
  private Consumer[] attached = {};
  private int count;
  private QueueState queue = new QueueState(QueueOptions.DEFAULTS, budget(), new Effects());

  /** A new queue with its consumers. */
  @Setup(Level.Iteration)
  public void attach() {
    queue = new QueueState(QueueOptions.DEFAULTS, budget(), new Effects());
    attached = new Consumer[consumers];
    for (int i = 0; i < consumers; i++) {
      attached[i] = new Consumer(0, false, "c" + i);
      queue.attach(attached[i]);
      queue.credit(attached[i], 1_000);
    }
  }

  /** Enqueue, dispatch, settle; the credit is given back. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int enqueueDispatchSettle() {
    count = 0;
    for (int i = 0; i < BATCH; i++) {
      queue.enqueue(StoredMessage.unjournalled(message), NOW_MS);
    }
    queue.dispatch(NOW_MS);
    int delivered = count;
    for (int i = 0; i < delivered; i++) {
      Checkout checkout = held[i];
      queue.settle(checkout, Outcome.ACCEPTED, NOW_MS);
      queue.credit(checkout.consumer(), 1);
    }
    return delivered;
  }

  private static PayloadBudget budget() {
    return new PayloadBudget(Long.MAX_VALUE);
  }

  /** With a message-id, an address and a subject, as clients send it. */
  private static Message message() {
    byte[] bytes =
        new AmqpWriter()
            .writeSectionDescriptor(Sections.PROPERTIES)
            .writeValue(Arrays.asList("message-0001", null, "/queues/q", "subject"))
            .writeSectionDescriptor(Sections.DATA)
            .writeValue(ByteBuffer.wrap(new byte[64]))
            .toByteArray();
    return new Message(
        Envelope.of("", "q"), MessageHeader.TRANSIENT, new byte[0], ByteSlice.of(bytes), NOW_MS);
  }

  /** Keeps what is delivered. */
  private final class Effects implements QueueEffects {
    @Override
    public void deliver(Checkout checkout) {
      held[count++] = checkout;
    }

    @Override
    public void active(Consumer consumer, boolean active) {}

    @Override
    public void drained(Consumer consumer) {}

    @Override
    public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {}

    @Override
    public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {}

    @Override
    public StoredMessage replaced(
        @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
      return StoredMessage.unjournalled(changed);
    }

    @Override
    public void deadLetter(Message dead, DeathReason reason, int deliveryCount) {}

    @Override
    public void load(ColdLoad load) {}
  }
}
