package dev.warren.amqp.engine;

import dev.warren.amqp.engine.ChannelState.LinkState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.TransportConditionException;
import org.apache.qpid.proton.engine.TransportDecodeException;
import org.apache.qpid.proton.engine.TransportException;
import org.apache.qpid.proton.engine.impl.TransportImpl;
import org.apache.qpid.proton.framing.TransportFrame;
import org.jspecify.annotations.Nullable;

/**
 * proton-j's transport with the checks it leaves out. Frames pass here before proton-j acts on
 * them, so that a peer's fault becomes the AMQP error it deserves and not a {@code
 * NullPointerException}; and before they are written, so that what proton-j cannot say is added:
 * handle-max, the answer to a flow with echo, and one disposition for a run of deliveries with the
 * same outcome.
 *
 * <p>Owned by the engine's owner. Nothing is allocated per transfer or disposition.
 */
final class GuardedTransport extends TransportImpl {
  /** Longest name of a link, in bytes of UTF-8. */
  static final int LINK_NAME_BYTES_MAX = 1024;

  /** The state of deliveries that proton-j is to forget and the peer is not told of. */
  static final DeliveryState FORGOTTEN = new Modified();

  private static final Symbol TXN_ID = Symbol.valueOf("txn-id");
  private static final int FRAME_SIZE_MIN = 512;
  private static final Symbol FRAME_SIZE_TOO_SMALL = Symbol.valueOf("amqp:frame-size-too-small");
  private static final Symbol INVALID_FIELD = Symbol.valueOf("amqp:invalid-field");
  private static final UnsignedInteger WINDOW = UnsignedInteger.valueOf(Integer.MAX_VALUE);

  private final int channelMax;
  private final int handleMax;
  private final int frameBytesMax;
  private final Runnable dispatcher;
  private final ArrayDeque<ChannelState> begun = new ArrayDeque<>();
  private final ArrayDeque<LinkTerms> attached = new ArrayDeque<>();
  private final ArrayDeque<Violation> violations = new ArrayDeque<>();
  private final List<Echo> echoes = new ArrayList<>();
  private @Nullable ChannelState[] byRemoteChannel = new ChannelState[4];
  private @Nullable ChannelState[] byLocalChannel = new ChannelState[4];
  private final HeldDisposition received = new HeldDisposition();
  private final HeldDisposition sent = new HeldDisposition();
  private boolean openReceived;
  private boolean closeSent;
  private boolean detachUndispatched;
  private boolean endUndispatched;
  private long payloadOctets;
  long framesReceived;
  long framesSent;
  private @Nullable FrameTrace trace;

  /** A fault of the peer's on one session. */
  record Violation(ChannelState session, ProtocolViolation kind, String description) {}

  private record Echo(int localChannel, ChannelState session, @Nullable LinkState link) {}

  /**
   * Creates the transport.
   *
   * @param limits of which the largest frame is told to the peer, and checked by the engine
   * @param dispatcher hands the events so far to the application
   */
  GuardedTransport(AmqpEngine.Limits limits, Runnable dispatcher) {
    channelMax = limits.channelMax();
    handleMax = limits.handleMax();
    frameBytesMax = limits.maxFrameSize();
    this.dispatcher = dispatcher;
  }

  /** What is known of the next session begun by the peer. */
  ChannelState nextBegun() {
    return begun.remove();
  }

  /** What the next attach of the peer said. */
  LinkTerms nextAttached() {
    return attached.remove();
  }

  /** [2.5.6] Opens or shuts the window for the peer's transfers, and tells it. */
  void window(ChannelState session, boolean open) {
    session.isWindowShut = !open;
    echoes.add(new Echo(localChannel(session), session, null));
  }

  /** The next fault not yet dealt with, or null. */
  @Nullable Violation nextViolation() {
    return violations.poll();
  }

  /** Octets of messages in the transfers that came. */
  long payloadOctets() {
    return payloadOctets;
  }

  /** Shows each frame from now on, or none if null. */
  void trace(@Nullable FrameTrace wanted) {
    trace = wanted;
  }

  // ---- frames that came ----

  @Override
  public boolean handleFrame(TransportFrame frame) {
    framesReceived++;
    if (trace != null) {
      trace.received(frame.getChannel(), frame.getBody(), frame.getPayload());
    }
    if (frame.getChannel() > channelMax) {
      closed(framingError("channel " + frame.getChannel() + " is beyond channel-max"));
      return true;
    }
    String fault = FrameFaults.in(frame.getBody());
    if (fault != null) {
      closed(framingError(fault));
      return true;
    }
    if (!openReceived && !(frame.getBody() instanceof Open) && isPerformative(frame.getBody())) {
      closed(framingError("the first frame must be an open"));
      return true;
    }
    return super.handleFrame(frame);
  }

  private static boolean isPerformative(Object body) {
    return body instanceof Begin
        || body instanceof Attach
        || body instanceof Flow
        || body instanceof Transfer
        || body instanceof Disposition
        || body instanceof Detach
        || body instanceof End;
  }

  @Override
  public void closed(@Nullable TransportException error) {
    if (error instanceof TransportDecodeException) {
      super.closed(framingError(String.valueOf(error.getMessage())));
    } else {
      super.closed(error);
    }
  }

  @Override
  public void handleOpen(Open open, Binary payload, Integer channel) {
    if (openReceived) {
      closed(framingError("the connection is open already"));
      return;
    }
    openReceived = true;
    if (open.getMaxFrameSize().longValue() < FRAME_SIZE_MIN) {
      closed(
          new TransportConditionException(
              "max-frame-size " + open.getMaxFrameSize() + " is below 512", FRAME_SIZE_TOO_SMALL));
      return;
    }
    if (OpenBounds.isContainerIdTooLong(open)) {
      closed(new TransportConditionException("the container-id is too long", INVALID_FIELD));
      return;
    }
    if (OpenBounds.isHostnameTooLong(open)) {
      closed(new TransportConditionException("the hostname is too long", INVALID_FIELD));
      return;
    }
    OpenBounds.cut(open);
    UnsignedInteger idle = open.getIdleTimeOut();
    if (idle != null && idle.longValue() > Integer.MAX_VALUE) {
      open.setIdleTimeOut(UnsignedInteger.valueOf(Integer.MAX_VALUE));
    }
    super.handleOpen(open, payload, channel);
  }

  @Override
  public void handleBegin(Begin begin, Binary payload, Integer channel) {
    if (begin.getRemoteChannel() != null || remote(channel) != null) {
      closed(framingError("begin on channel " + channel + " answers none or is a second one"));
      return;
    }
    if (endUndispatched) {
      // The end of the session before it is answered first.
      endUndispatched = false;
      dispatcher.run();
      pending();
    }
    ChannelState state = new ChannelState(begin, channel);
    byRemoteChannel = grown(byRemoteChannel, channel);
    byRemoteChannel[channel] = state;
    begun.add(state);
    // Nobody asks for them, and proton-j would keep them as long as the session.
    begin.setProperties(null);
    begin.setOfferedCapabilities();
    begin.setDesiredCapabilities();
    super.handleBegin(begin, payload, channel);
  }

  @Override
  public void handleAttach(Attach attach, Binary payload, Integer channel) {
    ChannelState session = live(channel);
    if (session == null) {
      return;
    }
    if (detachUndispatched) {
      // A link's name is free again once the application has let go of the old link.
      detachUndispatched = false;
      dispatcher.run();
    }
    long handle = attach.getHandle().longValue();
    LinkTerms terms = LinkTerms.of(attach);
    if (handle > handleMax) {
      violate(session, ProtocolViolation.HANDLE_TOO_HIGH, "handle " + handle);
    } else if (session.remote((int) handle) != null) {
      violate(session, ProtocolViolation.HANDLE_IN_USE, "handle " + handle);
    } else if (attach.getName().getBytes(StandardCharsets.UTF_8).length > LINK_NAME_BYTES_MAX) {
      violate(session, ProtocolViolation.NAME_TOO_LONG, "the name of a link");
    } else if (session.hasLink(attach.getName(), attach.getRole() == Role.SENDER)) {
      violate(session, ProtocolViolation.LINK_NAME_IN_USE, "link " + attach.getName());
    } else if (terms == null) {
      violate(session, ProtocolViolation.BAD_UNSETTLED, "link " + attach.getName());
    } else {
      if (attach.getRole() == Role.SENDER && attach.getInitialDeliveryCount() == null) {
        // [2.7.3] A sender must give it; without it proton-j fails when it writes the first credit.
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
      }
      session.attached(attach, (int) handle, terms);
      LinkState link = session.remote((int) handle);
      terms.flowBy(() -> echoes.add(new Echo(localChannel(session), session, link)));
      attached.add(terms);
      super.handleAttach(attach, payload, channel);
    }
  }

  @Override
  public void handleFlow(Flow flow, Binary payload, Integer channel) {
    ChannelState session = live(channel);
    if (session == null) {
      return;
    }
    UnsignedInteger acknowledged = flow.getNextIncomingId();
    if (acknowledged != null && acknowledged.intValue() - session.nextOutgoingId > 0) {
      violate(session, ProtocolViolation.WINDOW_VIOLATION, "next-incoming-id " + acknowledged);
      return;
    }
    if (acknowledged != null) {
      // proton-j would take a window smaller than what is under way for one of 2^32 frames.
      int underWay = session.nextOutgoingId - acknowledged.intValue();
      if (flow.getIncomingWindow().longValue() < underWay) {
        flow.setIncomingWindow(UnsignedInteger.valueOf(underWay));
      }
    }
    if (flow.getProperties() != null && flow.getProperties().containsKey(TXN_ID)) {
      violate(session, ProtocolViolation.TRANSACTIONAL_ACQUISITION, "a flow with a txn-id");
      return;
    }
    session.windows(flow.getIncomingWindow(), flow.getOutgoingWindow());
    LinkState link = null;
    UnsignedInteger handle = flow.getHandle();
    if (handle != null) {
      link = session.remote(handle.intValue());
      if (link == null) {
        violate(session, ProtocolViolation.UNATTACHED_HANDLE, "flow on handle " + handle);
        return;
      }
      completeFlow(flow, link);
    }
    super.handleFlow(flow, payload, channel);
    if (flow.getEcho() && (link == null || link.owesEcho())) {
      echoes.add(new Echo(localChannel(session), session, link));
    }
  }

  /** Fills in what a peer may leave out but proton-j needs. */
  private static void completeFlow(Flow flow, LinkState link) {
    if (flow.getLinkCredit() == null) {
      flow.setLinkCredit(UnsignedInteger.ZERO);
    }
    if (link.peerSends) {
      if (flow.getDeliveryCount() == null) {
        flow.setDeliveryCount(UnsignedInteger.valueOf(link.deliveryCount));
      }
      link.deliveryCount = flow.getDeliveryCount().intValue();
    } else {
      int from = flow.getDeliveryCount() == null ? 0 : flow.getDeliveryCount().intValue();
      link.limit = from + flow.getLinkCredit().intValue();
      link.drain = flow.getDrain();
    }
  }

  @Override
  public void handleTransfer(Transfer transfer, Binary payload, Integer channel) {
    ChannelState session = live(channel);
    if (session == null) {
      return;
    }
    LinkState link = session.remote(transfer.getHandle().intValue());
    if (link == null || !link.peerSends) {
      violate(
          session,
          ProtocolViolation.UNATTACHED_HANDLE,
          "transfer on handle " + transfer.getHandle());
      return;
    }
    transfer.setState(OpenBounds.cut(transfer.getState()));
    session.nextIncomingId++;
    payloadOctets += payload == null ? 0 : payload.getLength();
    if (!transfer.getMore() || transfer.getAborted()) {
      link.deliveryCount++;
    }
    if (link.terms.isUnusual(transfer)) {
      // What proton-j does not keep of a transfer is there while the application hears of it.
      dispatcher.run();
      link.terms.arrives(transfer);
      super.handleTransfer(transfer, payload, channel);
      dispatcher.run();
      link.terms.arrives(null);
    } else {
      super.handleTransfer(transfer, payload, channel);
    }
  }

  @Override
  public void handleDisposition(Disposition disposition, Binary payload, Integer channel) {
    if (live(channel) != null) {
      if (disposition.getRole() == Role.SENDER) {
        disposition.setState(OpenBounds.cut(disposition.getState()));
      }
      super.handleDisposition(disposition, payload, channel);
    }
  }

  @Override
  public void handleDetach(Detach detach, Binary payload, Integer channel) {
    ChannelState session = live(channel);
    if (session == null) {
      return;
    }
    int handle = detach.getHandle().intValue();
    if (session.remote(handle) == null) {
      violate(
          session, ProtocolViolation.UNATTACHED_HANDLE, "detach of handle " + detach.getHandle());
      return;
    }
    LinkState link = session.remote(handle);
    if (link != null && !link.isAnswered) {
      // proton-j does not answer an attach any more once the detach has come, nor the detach then.
      dispatcher.run();
      link.terms.answerAttach();
      pending();
    }
    session.detached(handle);
    detachUndispatched = true;
    super.handleDetach(detach, payload, channel);
  }

  @Override
  public void handleEnd(End end, Binary payload, Integer channel) {
    ChannelState session = remote(channel);
    if (session != null) {
      if (localChannel(session) < 0) {
        // proton-j loses count of the session if it is to write the begin after the end has come.
        dispatcher.run();
        pending();
      }
      byRemoteChannel[channel] = null;
      endUndispatched = true;
      super.handleEnd(end, payload, channel);
    }
  }

  private void violate(ChannelState session, ProtocolViolation kind, String description) {
    session.discarding = true;
    violations.add(new Violation(session, kind, description));
  }

  /** [2.2] Frames of a session that was not begun, or is being ended, are ignored. */
  private @Nullable ChannelState live(int channel) {
    ChannelState session = remote(channel);
    return session == null || session.discarding ? null : session;
  }

  private @Nullable ChannelState remote(int channel) {
    return channel < byRemoteChannel.length ? byRemoteChannel[channel] : null;
  }

  // ---- frames that go ----

  @Override
  public boolean writeInto(ByteBuffer out) {
    boolean done = super.writeInto(out);
    if (received.isHeld || sent.isHeld || !echoes.isEmpty()) {
      writeHeld();
      writeEchoes();
      done = super.writeInto(out);
    }
    return done;
  }

  @Override
  protected void writeFrame(
      int channel,
      @Nullable FrameBody body,
      @Nullable ReadableBuffer payload,
      @Nullable Runnable onPayloadTooLarge) {
    if (body instanceof Disposition disposition) {
      // Settled without an outcome is how proton-j forgets the deliveries of a link that is gone;
      // a publisher could take it for a confirm.
      if (disposition.getRole() == Role.SENDER
          ? disposition.getState() != FORGOTTEN
          : disposition.getState() != null) {
        hold(channel, disposition);
      }
      return;
    }
    if (body instanceof Transfer transfer) {
      ChannelState session = local(channel);
      LinkState link = session.local(transfer.getHandle().intValue());
      if (link != null) {
        link.terms.complete(transfer);
      }
      emit(channel, body, payload, onPayloadTooLarge);
      session.nextOutgoingId++;
      if (link != null && !transfer.getMore()) {
        link.deliveryCount++;
      }
      return;
    }
    if (body != null) {
      beforeWrite(channel, body);
    }
    emit(channel, body, payload, onPayloadTooLarge);
  }

  private void emit(
      int channel,
      @Nullable FrameBody body,
      @Nullable ReadableBuffer payload,
      @Nullable Runnable onPayloadTooLarge) {
    framesSent++;
    FrameTrace shown = trace;
    if (shown == null) {
      super.writeFrame(channel, body, payload, onPayloadTooLarge);
      return;
    }
    int waiting = payload == null ? 0 : payload.remaining();
    byte[] head = new byte[Math.min(waiting, shown.payloadBytesMax())];
    if (payload != null && head.length > 0) {
      payload.duplicate().get(head);
    }
    super.writeFrame(channel, body, payload, onPayloadTooLarge);
    // How much of the payload fits into the frame is only known now, and so is "more".
    int left = payload == null ? 0 : payload.remaining();
    shown.sent(channel, body, waiting - left, head);
  }

  private void beforeWrite(int channel, FrameBody body) {
    if (body instanceof Flow flow) {
      LinkState link =
          flow.getHandle() == null ? null : local(channel).local(flow.getHandle().intValue());
      local(channel).limit(flow);
      // The frame is used again for other links.
      flow.setAvailable(link == null || link.peerSends ? null : link.terms.available());
      if (link != null) {
        link.deliveryCount = flow.getDeliveryCount().intValue();
        if (link.peerSends) {
          link.limit = link.deliveryCount + flow.getLinkCredit().intValue();
        }
      }
    } else if (body instanceof Begin begin) {
      ChannelState session = remote(begin.getRemoteChannel().intValue());
      begin.setHandleMax(UnsignedInteger.valueOf(handleMax));
      byLocalChannel = grown(byLocalChannel, channel);
      byLocalChannel[channel] = session == null ? new ChannelState() : session;
      local(channel).nextOutgoingId = begin.getNextOutgoingId().intValue();
    } else if (body instanceof Attach attach) {
      local(channel).attachedHere(attach);
    } else if (body instanceof Detach detach) {
      writeHeld();
      local(channel).detachedHere(detach.getHandle().intValue());
    } else if (body instanceof End) {
      writeHeld();
      ChannelState session = local(channel);
      echoes.removeIf(echo -> echo.session == session);
    } else if (body instanceof Open open) {
      open.setMaxFrameSize(UnsignedInteger.valueOf(frameBytesMax));
    } else if (body instanceof Close) {
      writeHeld();
      echoes.clear();
      closeSent = true;
    }
  }

  private ChannelState local(int channel) {
    ChannelState session = byLocalChannel[channel];
    if (session == null) {
      throw new IllegalStateException("frame on a channel without a begin");
    }
    return session;
  }

  private int localChannel(ChannelState session) {
    for (int i = 0; i < byLocalChannel.length; i++) {
      if (byLocalChannel[i] == session) {
        return i;
      }
    }
    return -1;
  }

  private void hold(int channel, Disposition next) {
    HeldDisposition held = next.getRole() == Role.RECEIVER ? received : sent;
    if (!held.extend(channel, next)) {
      write(held);
      held.hold(channel, next);
    }
  }

  private void writeHeld() {
    write(received);
    write(sent);
  }

  private void write(HeldDisposition held) {
    if (held.isHeld) {
      held.isHeld = false;
      if (!closeSent) {
        emit(held.channel, held.frame, null, null);
      }
    }
  }

  private void writeEchoes() {
    // The state of a link can be told once the link is there: until our attach the echo waits.
    List<Echo> waiting = new ArrayList<>(0);
    for (Echo echo : echoes) {
      if (echo.link != null && echo.link.awaitsAnswer()) {
        waiting.add(echo);
        continue;
      }
      int channel = echo.localChannel >= 0 ? echo.localChannel : localChannel(echo.session);
      if (channel < 0 || closeSent) {
        continue;
      }
      Flow flow = new Flow();
      flow.setNextIncomingId(UnsignedInteger.valueOf(echo.session.nextIncomingId));
      flow.setIncomingWindow(WINDOW);
      echo.session.limit(flow);
      flow.setNextOutgoingId(UnsignedInteger.valueOf(echo.session.nextOutgoingId));
      flow.setOutgoingWindow(WINDOW);
      LinkState link = echo.link;
      if (link != null && link.localHandle >= 0) {
        int credit = link.limit - link.deliveryCount;
        flow.setHandle(UnsignedInteger.valueOf(link.localHandle));
        flow.setDeliveryCount(UnsignedInteger.valueOf(link.deliveryCount));
        flow.setLinkCredit(UnsignedInteger.valueOf(Math.max(credit, 0)));
        flow.setAvailable(link.peerSends ? null : link.terms.available());
        flow.setDrain(link.drain);
        flow.setProperties(link.terms.takeFlowProperties());
      }
      emit(channel, flow, null, null);
    }
    echoes.clear();
    echoes.addAll(waiting);
  }

  private static TransportConditionException framingError(String description) {
    return new TransportConditionException(description, ConnectionError.FRAMING_ERROR);
  }

  private static @Nullable ChannelState[] grown(@Nullable ChannelState[] states, int index) {
    return index < states.length
        ? states
        : Arrays.copyOf(states, Math.max(index + 1, states.length * 2));
  }
}
