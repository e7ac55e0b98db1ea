package dev.warren.amqp.engine;

import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.SaslListener;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The AMQP 1.0 protocol of one connection, as the server: octets in, octets out, events to an
 * {@link EngineHandler}. proton-j's transport, collector and connection, driven by hand. Knows no
 * socket, no thread and no clock; owned by one thread.
 *
 * <p>Input after the peer's last octet, a failure or a login that failed is ignored. No exception
 * leaves {@link #input}: whatever a peer sends, the worst is that this connection is closed.
 */
public final class AmqpEngine {
  /** Octets in a SASL frame, unless more are allowed. */
  private static final int SASL_FRAME_BYTES_MAX = 4096;

  /** What a client may send ahead while its login is being checked. */
  private static final int AHEAD_BYTES_MAX = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(AmqpEngine.class);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /**
   * As the largest frame: proton-j makes buffers of 16 KiB, and others for frames that are larger.
   * The check of their size is ours then: see {@link FrameSizes}.
   */
  private static final int SMALL_BUFFERS = 0;

  /** Read by proton-j when its transport is loaded, which is when the first engine is made. */
  private static final String BUFFER_RELEASE = "proton.transport_buffer_release_threshold";

  static {
    // Otherwise each connection holds its two buffers for ever, idle or not even open.
    if (System.getProperty(BUFFER_RELEASE) == null) {
      System.setProperty(BUFFER_RELEASE, "0");
    }
  }

  private final EngineHandler handler;
  private final GuardedTransport transport;
  private final FrameSizes frameSizes;
  private final Connection connection;
  private final Collector collector;
  private final Sasl sasl;
  private final IdentityHashMap<ChannelState, Session> sessions = new IdentityHashMap<>();
  private boolean inputClosed;

  /** The handler has been told of a response to SASL and has not answered. */
  private boolean answerOwed;

  private boolean taking;
  private ByteBuffer ahead = NOTHING;
  private boolean closing;
  private boolean dispatching;
  private boolean loginFailed;
  private boolean loginFailureSent;
  private boolean outputBroken;

  /**
   * Limits of a connection.
   *
   * @param maxFrameSize octets in a frame, both ways
   * @param channelMax highest channel
   * @param handleMax highest handle
   * @param idleTimeoutMs told to the peer; it is closed after twice that
   * @param saslFrameBytesMax octets in a frame of SASL, and so longer than any password or token
   */
  public record Limits(
      int maxFrameSize, int channelMax, int handleMax, int idleTimeoutMs, int saslFrameBytesMax) {
    /** With room for passwords in SASL, and for no token. */
    public Limits(int maxFrameSize, int channelMax, int handleMax, int idleTimeoutMs) {
      this(maxFrameSize, channelMax, handleMax, idleTimeoutMs, SASL_FRAME_BYTES_MAX);
    }
  }

  /**
   * Creates the engine.
   *
   * @param mechanisms SASL mechanisms offered, best first
   */
  public AmqpEngine(Limits limits, String[] mechanisms, EngineHandler handler) {
    this.handler = handler;
    transport = new GuardedTransport(limits, this::dispatch);
    frameSizes = new FrameSizes(limits.maxFrameSize());
    transport.setMaxFrameSize(SMALL_BUFFERS);
    transport.setOutboundFrameSizeLimit(limits.maxFrameSize());
    transport.setChannelMax(limits.channelMax());
    transport.setIdleTimeout(Math.multiplyExact(2, limits.idleTimeoutMs()));
    transport.setEmitFlowEventOnSend(false);
    transport.setUseReadOnlyOutputBuffer(false);
    transport.setInitialRemoteMaxFrameSize(limits.saslFrameBytesMax());
    connection = Proton.connection();
    collector = Proton.collector();
    connection.collect(collector);
    transport.bind(connection);
    sasl = transport.sasl();
    sasl.server();
    sasl.setMechanisms(mechanisms);
    sasl.setListener(new Listener());
  }

  /** Lets go of what a detached link has sent and its peer has not settled. */
  public static void forgetUnsettled(Sender link) {
    Delivery delivery = link.head();
    while (delivery != null) {
      delivery.disposition(GuardedTransport.FORGOTTEN);
      delivery.settle();
      delivery = link.head();
    }
  }

  /** Shows each frame from now on, or none if null. */
  public void trace(@Nullable FrameTrace wanted) {
    transport.trace(wanted);
  }

  /** The connection endpoint. */
  public Connection connection() {
    return connection;
  }

  /** The peer's idle time-out in milliseconds, or 0. */
  public int remoteIdleTimeoutMs() {
    return transport.getRemoteIdleTimeout();
  }

  /** The largest frame the peer takes; negative if it takes any. */
  public int remoteMaxFrameSize() {
    return transport.getRemoteMaxFrameSize();
  }

  /** The highest channel the peer takes. */
  public int remoteChannelMax() {
    return transport.getRemoteChannelMax();
  }

  /** Frames that came, those of the login not counted. */
  public long framesReceived() {
    return transport.framesReceived;
  }

  /** Frames that were written, those of the login not counted. */
  public long framesSent() {
    return transport.framesSent;
  }

  /** Octets of messages among those taken: the rest is what the peer says about them. */
  public long payloadOctets() {
    return transport.payloadOctets();
  }

  /** Takes octets from the peer and tells the handler what they mean. Consumes the buffer. */
  public void input(ByteBuffer in) {
    if (ahead.hasRemaining()) {
      keepAhead(in);
      return;
    }
    int end = in.limit();
    taking = true;
    while (in.hasRemaining() && !inputClosed && !answerOwed) {
      try {
        int capacity = transport.capacity();
        if (capacity <= 0) {
          inputClosed = true;
          break;
        }
        ByteBuffer tail = transport.tail();
        in.limit(in.position() + Math.min(most(in), tail.remaining()));
        if (isLoggedIn()) {
          in.limit(in.position() + frameSizes.before(in));
        }
        tail.put(in);
        in.limit(end);
        transport.process();
        dispatch();
        if (frameSizes.isExceeded() && !inputClosed) {
          throw new IllegalArgumentException(frameSizes.description());
        }
      } catch (RuntimeException e) {
        // proton-j throws raw exceptions on some faults of the peer: see GuardedTransport.
        LOG.debug("input not understood", e);
        in.limit(end);
        inputClosed = true;
        fail(framingError(e));
        handler.onFailure(String.valueOf(e));
      }
    }
    taking = false;
    if (in.hasRemaining() && answerOwed) {
      keepAhead(in);
    }
    in.position(end);
  }

  /** What comes after a login has to wait until it is known how that ends. */
  private void keepAhead(ByteBuffer in) {
    if (inputClosed) {
      ahead = NOTHING;
    } else if (ahead.remaining() + in.remaining() > AHEAD_BYTES_MAX) {
      inputClosed = true;
      ahead = NOTHING;
      breakOutput(new IllegalStateException("too much sent ahead of the login"));
    } else {
      ByteBuffer longer = ByteBuffer.allocate(ahead.remaining() + in.remaining());
      ahead = longer.put(ahead).put(in).flip();
    }
    in.position(in.limit());
  }

  /** The handler has answered: what was sent ahead is looked at. */
  private void answered() {
    answerOwed = false;
    if (!taking && ahead.hasRemaining()) {
      ByteBuffer waiting = ahead;
      ahead = NOTHING;
      input(waiting);
    }
  }

  /**
   * How many octets proton-j gets at a time. Until the login has ended well it is one: a client may
   * send what comes after the login along with it, and proton-j would fail on that when the login
   * fails, so that the client were never told the outcome.
   */
  private int most(ByteBuffer in) {
    return isLoggedIn() ? in.remaining() : 1;
  }

  private static ErrorCondition framingError(RuntimeException e) {
    return new ErrorCondition(ConnectionError.FRAMING_ERROR, String.valueOf(e.getMessage()));
  }

  /** No more octets come, or none are wanted. */
  public void closeInput() {
    inputClosed = true;
  }

  /** The login is good. */
  public void saslSucceed() {
    saslSucceed(new byte[0]);
  }

  /** The login is good, and this proves the server to the client; may be empty. */
  public void saslSucceed(byte[] additionalData) {
    if (additionalData.length > 0) {
      sasl.send(additionalData, 0, additionalData.length);
    }
    sasl.done(Sasl.SaslOutcome.PN_SASL_OK);
    answered();
  }

  /** The mechanism wants to hear more. */
  public void saslChallenge(byte[] challenge) {
    sasl.send(challenge, 0, challenge.length);
    answered();
  }

  /**
   * The login is not; nothing more is read.
   *
   * @param temporary whether another try may succeed
   */
  public void saslFail(boolean temporary) {
    inputClosed = true;
    closing = true;
    loginFailed = true;
    ahead = NOTHING;
    sasl.done(temporary ? Sasl.SaslOutcome.PN_SASL_TEMP : Sasl.SaslOutcome.PN_SASL_AUTH);
  }

  /** Whether the handshake of SASL has ended well. */
  public boolean isLoggedIn() {
    return sasl.getOutcome() == Sasl.SaslOutcome.PN_SASL_OK;
  }

  /** Closes the connection with this error at once, ahead of anything not sent yet. */
  public void fail(ErrorCondition condition) {
    closing = true;
    transport.setCondition(condition);
    connection.setCondition(condition);
    if (connection.getLocalState() == EndpointState.UNINITIALIZED) {
      connection.open();
    }
    connection.close();
  }

  /** Closes the connection without an error, after what is still to be sent. */
  public void close() {
    closing = true;
    connection.close();
  }

  /** Whether the connection is being closed from this side. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Octets to send. Take them, then {@link #pop} exactly as many; then ask again, until none are
   * left. Each call may produce new ones, so the number of an earlier call means nothing.
   */
  public ByteBuffer head() {
    // After the outcome of a failed login proton-j would go on with an AMQP header.
    if (loginFailureSent || outputBroken) {
      return NOTHING;
    }
    try {
      return transport.head();
    } catch (RuntimeException e) {
      breakOutput(e);
      return NOTHING;
    }
  }

  /** So many octets of the last {@link #head} have been taken. */
  public void pop(int octets) {
    loginFailureSent = loginFailed;
    try {
      transport.pop(octets);
    } catch (RuntimeException e) {
      breakOutput(e);
    }
  }

  /** Whether all was sent that ever will be. Meaningful when {@link #isClosing}. */
  public boolean isOutputDone() {
    if (loginFailed || outputBroken) {
      return loginFailureSent || outputBroken;
    }
    int pending = transport.pending();
    return pending < 0 || (pending == 0 && !isLoggedIn());
  }

  /** proton-j lost count of what a faulty peer has done: the connection ends without a word. */
  private void breakOutput(RuntimeException e) {
    LOG.debug("output broken", e);
    outputBroken = true;
    inputClosed = true;
    closing = true;
    handler.onFailure(String.valueOf(e));
  }

  /** Time passes: sends an empty frame or gives up a silent peer when it is time to. */
  public void tick(long nowMs) {
    try {
      transport.tick(nowMs);
      dispatch();
    } catch (RuntimeException e) {
      inputClosed = true;
      fail(framingError(e));
      handler.onFailure(String.valueOf(e));
    }
  }

  private void dispatch() {
    if (dispatching) {
      return;
    }
    dispatching = true;
    try {
      Event event = collector.peek();
      while (event != null) {
        dispatch(event);
        collector.pop();
        event = collector.peek();
      }
      GuardedTransport.Violation violation = transport.nextViolation();
      while (violation != null) {
        Session session = sessions.get(violation.session());
        if (session != null) {
          handler.onViolation(session, violation.kind(), violation.description());
        }
        violation = transport.nextViolation();
      }
    } finally {
      dispatching = false;
    }
  }

  /** What the frames of a session said; null if it is not a session of this engine any more. */
  public @Nullable SessionFacts facts(Session session) {
    ChannelState state = state(session);
    return state == null ? null : new SessionFacts(state);
  }

  /**
   * [2.5.6] Whether the peer may send transfers on a session, as long as credit lasts; it is told.
   * What it has sent before it hears of that is taken.
   */
  public void openWindow(Session session, boolean open) {
    ChannelState state = state(session);
    if (state != null) {
      transport.window(state, open);
    }
  }

  private @Nullable ChannelState state(Session session) {
    for (Map.Entry<ChannelState, Session> entry : sessions.entrySet()) {
      if (entry.getValue() == session) {
        return entry.getKey();
      }
    }
    return null;
  }

  private void dispatch(Event event) {
    switch (event.getType()) {
      case DELIVERY -> handler.onDelivery(event.getDelivery());
      case LINK_FLOW -> handler.onFlow(event.getLink());
      case LINK_REMOTE_OPEN -> {
        transport.nextAttached().belongTo(event.getLink());
        handler.onAttach(event.getLink());
      }
      case LINK_REMOTE_CLOSE -> handler.onDetach(event.getLink(), true);
      case LINK_REMOTE_DETACH -> handler.onDetach(event.getLink(), false);
      case SESSION_REMOTE_OPEN -> {
        sessions.put(transport.nextBegun(), event.getSession());
        handler.onBegin(event.getSession());
      }
      case SESSION_REMOTE_CLOSE -> {
        sessions.values().remove(event.getSession());
        handler.onEnd(event.getSession());
      }
      case CONNECTION_REMOTE_OPEN -> handler.onOpen();
      case CONNECTION_REMOTE_CLOSE -> {
        inputClosed = true;
        handler.onClose();
      }
      case TRANSPORT_ERROR -> {
        inputClosed = true;
        closing = true;
        handler.onFailure(describe(transport.getCondition()));
      }
      default -> {
        // Events of our own doing.
      }
    }
  }

  private static String describe(@Nullable ErrorCondition condition) {
    return condition == null
        ? "unknown"
        : condition.getCondition() + ": " + condition.getDescription();
  }

  private final class Listener implements SaslListener {
    @Override
    public void onSaslInit(Sasl layer, Transport ignored) {
      respond(layer);
    }

    @Override
    public void onSaslResponse(Sasl layer, Transport ignored) {
      respond(layer);
    }

    private void respond(Sasl layer) {
      if (inputClosed || isLoggedIn() || answerOwed) {
        // More frames of the same read: a second guess must not escape the delay of the first.
        return;
      }
      String[] chosen = layer.getRemoteMechanisms();
      byte[] response = new byte[layer.pending()];
      boolean hasResponse = layer.recv(response, 0, response.length) >= 0;
      answerOwed = true;
      handler.onSaslResponse(chosen.length == 0 ? "" : chosen[0], hasResponse, response);
    }

    @Override
    public void onSaslMechanisms(Sasl layer, Transport ignored) {
      throw new IllegalStateException("a server is not told mechanisms");
    }

    @Override
    public void onSaslChallenge(Sasl layer, Transport ignored) {
      throw new IllegalStateException("a server is not challenged");
    }

    @Override
    public void onSaslOutcome(Sasl layer, Transport ignored) {
      throw new IllegalStateException("a server is not told an outcome");
    }
  }
}
