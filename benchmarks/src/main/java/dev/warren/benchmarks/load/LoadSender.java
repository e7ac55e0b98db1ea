package dev.warren.benchmarks.load;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** A connection that publishes: the message is encoded once, each send changes only the stamp. */
final class LoadSender extends AmqpPeer {

  /** Sends of one turn, so that confirms are read between them. */
  private static final int BURST_MAX = 256;

  private final int number;
  private final int count;
  private final byte[] message;
  private final int stampAt;
  private final double intervalNs;
  final Histogram confirmNs = Latencies.create();
  private @Nullable Sender link;
  private boolean attached;
  private boolean reported;
  private int unconfirmed;
  private long beganNs;
  long endedNs;
  int sent;
  long accepted;
  long rejected;
  long released;
  long modified;

  LoadSender(LoadRun run, int number) {
    super(run, "sender-" + number);
    LoadOptions options = run.options;
    this.number = number;
    this.count = options.countOf(number);
    this.message = encode(options);
    this.stampAt = message.length - options.size();
    this.intervalNs = options.rate() == 0 ? 0 : 1e9 * options.senders() / options.rate();
  }

  private static byte[] encode(LoadOptions options) {
    Message message = Proton.message();
    Header header = new Header();
    header.setDurable(options.durable());
    message.setHeader(header);
    message.setBody(new Data(new Binary(new byte[options.size()])));
    byte[] encoded = new byte[options.size() + 256];
    int length = message.encode(encoded, 0, encoded.length);
    return java.util.Arrays.copyOf(encoded, length);
  }

  @Override
  protected Link attach(Session session) {
    Sender sender = session.sender("bench-" + run.id + "-" + number);
    Target target = new Target();
    target.setAddress(run.options.target(number));
    sender.setTarget(target);
    sender.setSource(new Source());
    sender.setSenderSettleMode(
        run.options.presettled() ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED);
    link = sender;
    return sender;
  }

  @Override
  protected void onAttached() {
    attached = true;
  }

  @Override
  protected long work() {
    Sender sender = link;
    if (sender == null || !attached || run.receiversReady.getCount() > 0) {
      moved();
      return 1;
    }
    if (beganNs == 0) {
      beganNs = System.nanoTime();
    }
    int burst = 0;
    while (burst < BURST_MAX
        && isSending()
        && unconfirmed < run.options.window()
        && sender.getCredit() > 0
        && sender.getQueued() < BURST_MAX) {
      long nowNs = System.nanoTime();
      long dueNs = intervalNs == 0 ? nowNs : beganNs + (long) (sent * intervalNs);
      if (dueNs - nowNs > 0) {
        return Math.max(1, (dueNs - nowNs) / 1_000_000);
      }
      send(sender, dueNs);
      burst++;
    }
    if (!isSending()) {
      finish();
    }
    return burst == 0 ? 10 : 0;
  }

  private boolean isSending() {
    double seconds = run.options.seconds();
    return sent < count && (seconds == 0 || System.nanoTime() - beganNs < (long) (seconds * 1e9));
  }

  private void send(Sender sender, long dueNs) {
    Stamp.write(message, stampAt, run.id, number, sent, dueNs);
    Delivery delivery = sender.delivery(ByteBuffer.allocate(4).putInt(sent).array());
    delivery.setContext(dueNs);
    sender.send(message, 0, message.length);
    sent++;
    if (run.options.presettled()) {
      delivery.settle();
      accepted++;
      run.accepted.increment();
      endedNs = System.nanoTime();
    } else {
      unconfirmed++;
      sender.advance();
    }
    moved();
  }

  @Override
  protected void onDelivery(Event event) {
    Delivery delivery = event.getDelivery();
    DeliveryState outcome = delivery.getRemoteState();
    if (outcome == null || delivery.isSettled()) {
      return;
    }
    endedNs = System.nanoTime();
    confirmNs.recordValue(Latencies.clamp(endedNs - (Long) delivery.getContext()));
    if (outcome instanceof Accepted) {
      accepted++;
      run.accepted.increment();
    } else if (outcome instanceof Rejected) {
      rejected++;
    } else if (outcome instanceof Released) {
      released++;
    } else {
      modified++;
    }
    delivery.settle();
    unconfirmed--;
    moved();
  }

  private void finish() {
    if (!reported && unconfirmed == 0 && link != null && link.getQueued() == 0) {
      reported = true;
      run.senderDone();
    }
  }

  @Override
  protected boolean isDone() {
    return reported;
  }

  long beganNs() {
    return beganNs;
  }
}
