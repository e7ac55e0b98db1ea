package dev.warren.amqp.engine;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of one link say beyond what proton-j knows: the unsettled deliveries either end
 * told at attach (AMQP 1.0 §2.6.13), which transfers resume one of them, a transfer's own settle
 * mode, and how many messages wait for credit. Owned by the engine's owner.
 */
public final class LinkTerms {
  private static final Object KEY = LinkTerms.class;
  private static final Symbol ACTIVE = Symbol.valueOf("rabbitmq:active");

  private final @Nullable Map<Binary, @Nullable DeliveryState> peerUnsettled;
  private final boolean peerIncomplete;
  private final boolean settlesSecond;
  private final long heldBytes;
  private @Nullable Map<Binary, @Nullable DeliveryState> unsettled;
  private boolean incomplete;
  private @Nullable Set<Binary> resumed;
  private @Nullable LongSupplier available;
  private @Nullable Transfer arriving;
  private @Nullable Map<Symbol, Object> flowProperties;
  private Runnable flow = () -> {};
  private @Nullable Link link;

  private LinkTerms(Attach attach, @Nullable Map<Binary, @Nullable DeliveryState> peerUnsettled) {
    this.peerUnsettled = peerUnsettled;
    peerIncomplete = attach.getIncompleteUnsettled();
    settlesSecond = attach.getRcvSettleMode() == ReceiverSettleMode.SECOND;
    heldBytes = HeldSize.of(attach);
  }

  /** What this attach says, or null if its unsettled deliveries are malformed. */
  static @Nullable LinkTerms of(Attach attach) {
    Map<?, ?> told = attach.getUnsettled();
    if (told == null) {
      return new LinkTerms(attach, null);
    }
    Map<Binary, @Nullable DeliveryState> checked = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : told.entrySet()) {
      Object state = entry.getValue();
      if (!(entry.getKey() instanceof Binary tag)
          || (state != null && !(state instanceof DeliveryState))) {
        return null;
      }
      checked.put(tag, (DeliveryState) state);
    }
    return new LinkTerms(attach, checked);
  }

  /** Those of an attached link. */
  public static LinkTerms of(Link link) {
    LinkTerms terms = link.attachments().get(KEY, LinkTerms.class);
    if (terms == null) {
      throw new IllegalStateException("the peer has not attached the link");
    }
    return terms;
  }

  void belongTo(Link attached) {
    link = attached;
    attached.attachments().set(KEY, LinkTerms.class, this);
  }

  /** If the application has not answered the attach yet, it is refused: there is no terminus. */
  void answerAttach() {
    if (link != null && link.getLocalState() == EndpointState.UNINITIALIZED) {
      link.open();
    }
  }

  // ---- what the peer said ----

  /**
   * The deliveries the peer has not settled, in its order; null, other than empty, if it does not
   * resume the link but attaches it anew.
   */
  public @Nullable Map<Binary, @Nullable DeliveryState> peerUnsettled() {
    return peerUnsettled;
  }

  /** About how much memory the link holds because of what the peer said when it attached. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether the peer has more unsettled deliveries than it told. */
  public boolean isPeerIncomplete() {
    return peerIncomplete;
  }

  /** Whether the peer has something to resume. */
  public boolean hasPeerUnsettled() {
    return peerIncomplete || (peerUnsettled != null && !peerUnsettled.isEmpty());
  }

  /**
   * The transfer being handled, while it is out of the ordinary: it resumes a delivery or has a
   * settle mode of its own. Otherwise null.
   */
  public @Nullable Transfer arriving() {
    return arriving;
  }

  // ---- what we say ----

  /** Our attach is to tell these unsettled deliveries. */
  public void tellUnsettled(Map<Binary, @Nullable DeliveryState> own, boolean isIncomplete) {
    unsettled = own;
    incomplete = isIncomplete;
  }

  /** The transfer which begins the delivery of this tag says that it resumes it. */
  public void resume(Binary tag) {
    if (resumed == null) {
      resumed = new HashSet<>();
    }
    resumed.add(tag);
  }

  /** Tells, whenever a flow is sent, how many messages wait for credit. */
  public void tellAvailable(LongSupplier count) {
    available = count;
  }

  /** Sends a flow which tells a consumer whether it is its queue's active one (contract §2.4). */
  public void tellActive(boolean active) {
    flowProperties = Map.of(ACTIVE, active);
    flow.run();
  }

  // ---- for the transport ----

  void flowBy(Runnable sends) {
    flow = sends;
  }

  /** What the flow being written is to tell, once. */
  @Nullable Map<Symbol, Object> takeFlowProperties() {
    Map<Symbol, Object> properties = flowProperties;
    flowProperties = null;
    return properties;
  }

  boolean isUnusual(Transfer transfer) {
    ReceiverSettleMode mode = transfer.getRcvSettleMode();
    return transfer.getResume()
        || (mode != null && (mode == ReceiverSettleMode.SECOND) != settlesSecond);
  }

  void arrives(@Nullable Transfer transfer) {
    arriving = transfer;
  }

  void complete(Attach own) {
    if (unsettled != null) {
      own.setUnsettled(unsettled);
      own.setIncompleteUnsettled(incomplete);
      unsettled = null;
    }
  }

  void complete(Transfer own) {
    if (resumed != null && resumed.remove(own.getDeliveryTag())) {
      own.setResume(true);
      if (resumed.isEmpty()) {
        resumed = null;
      }
    }
  }

  @Nullable UnsignedInteger available() {
    return available == null
        ? UnsignedInteger.ZERO
        : UnsignedInteger.valueOf(Math.min(available.getAsLong(), 0xffff_ffffL));
  }
}
