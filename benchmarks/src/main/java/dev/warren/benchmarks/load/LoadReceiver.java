package dev.warren.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;

/** A connection that consumes, and remembers which numbers of which sender it has seen. */
final class LoadReceiver extends AmqpPeer {

  private final int number;
  private final String address;
  private byte[] buffer = new byte[4096];
  final Map<Long, Seen> seenBySender = new HashMap<>();
  final Histogram endToEndNs = Latencies.create();
  private @Nullable Receiver link;
  private long unreported;
  private long deliveries;
  long firstNs;
  long lastNs;
  long received;
  long foreign;
  long duplicates;
  long outOfOrder;

  /** What came from one sender of one run. */
  static final class Seen {
    final BitSet numbers = new BitSet();
    int highest = -1;
  }

  LoadReceiver(LoadRun run, int number) {
    super(run, "receiver-" + number);
    this.number = number;
    this.address = run.options.source(number);
  }

  String address() {
    return address;
  }

  @Override
  protected Link attach(Session session) {
    Receiver receiver = session.receiver("bench-" + run.id + "-r" + number);
    Source source = new Source();
    source.setAddress(address);
    receiver.setSource(source);
    receiver.setTarget(new Target());
    link = receiver;
    return receiver;
  }

  @Override
  protected void onAttached() {
    if (link != null) {
      link.flow(run.options.credit());
    }
    run.receiversReady.countDown();
  }

  @Override
  protected long work() {
    Receiver receiver = link;
    if (receiver != null && run.receiversReady.getCount() == 0) {
      int missing = run.options.credit() - receiver.getCredit();
      if (missing > 0 && missing >= run.options.credit() / 2) {
        receiver.flow(missing);
      }
    }
    run.received.add(unreported);
    unreported = 0;
    return 5;
  }

  @Override
  protected void onDelivery(Event event) {
    Delivery delivery = event.getDelivery();
    Receiver receiver = (Receiver) event.getLink();
    if (delivery.isPartial() || delivery.isSettled()) {
      return;
    }
    int length = delivery.pending();
    if (length > buffer.length) {
      buffer = new byte[length];
    }
    int count = receiver.recv(buffer, 0, length);
    receiver.advance();
    record(count);
    int keepOneIn = run.options.keepOneIn();
    if (keepOneIn == 0 || ++deliveries % keepOneIn != 0) {
      delivery.disposition(Accepted.getInstance());
      delivery.settle();
    }
    moved();
  }

  /** The body comes last, so the stamp is found without decoding the message. */
  private void record(int length) {
    int at = length - run.options.size();
    ByteBuffer message = ByteBuffer.wrap(buffer, 0, length);
    boolean ours = at >= 0 && (run.options.senders() == 0 || Stamp.run(message, at) == run.id);
    if (!ours) {
      foreign++;
      return;
    }
    lastNs = System.nanoTime();
    if (received == 0) {
      firstNs = lastNs;
    }
    received++;
    endToEndNs.recordValue(Latencies.clamp(lastNs - Stamp.timeNs(message, at)));
    long sender = Stamp.run(message, at) * 31 + Stamp.sender(message, at);
    Seen seen = seenBySender.computeIfAbsent(sender, any -> new Seen());
    int sequence = Stamp.number(message, at);
    if (seen.numbers.get(sequence)) {
      duplicates++;
      return;
    }
    if (sequence < seen.highest) {
      outOfOrder++;
    }
    seen.highest = Math.max(seen.highest, sequence);
    seen.numbers.set(sequence);
    unreported++;
  }

  @Override
  protected boolean isDone() {
    return run.isComplete();
  }
}
