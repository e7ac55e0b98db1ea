package dev.warren.amqp;

import dev.warren.amqp.engine.AmqpEngine;
import dev.warren.amqp.engine.EngineHandler;
import dev.warren.amqp.engine.NettyTransport;
import dev.warren.amqp.engine.ProtocolViolation;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.SessionView;
import dev.warren.core.broker.TlsSession;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.MessageParser;
import dev.warren.core.security.Identity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection, from accept to close: login, open, time-outs, and the way of events to its
 * sessions and links. Owned by its loop; the methods of {@link ConnectionView} may be called by any
 * thread.
 */
final class ConnectionHandler implements EngineHandler, NettyTransport.Owner, ConnectionView {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);
  private static final Symbol LINK_PAIR = Symbol.valueOf("LINK_PAIR_V1_0");
  private static final Symbol ANONYMOUS_RELAY = Symbol.valueOf("ANONYMOUS-RELAY");
  private static final Symbol SHARED_SUBS = Symbol.valueOf("SHARED-SUBS");
  private static final int IDLE_TIMEOUT_MS_MIN = 1000;

  private final FrontContext context;
  private final AmqpLoop loop;
  private final Peer peer;
  private final long id;
  private final AmqpEngine engine;
  private final NettyTransport transport;
  private final ConnectionTracing tracing;
  private final MessageParser parser = new MessageParser();
  private final ConnectionLogin login;
  private final ConnectionTransactions transactions = new ConnectionTransactions(this);
  private final ConnectionSessions sessions = new ConnectionSessions(this);
  private final ConnectionCounts counts = new ConnectionCounts();
  private final ConnectionBounds bounds;
  private final TouchedLinks links = new TouchedLinks();
  private final Set<KeptLink> expiring = new LinkedHashSet<>();
  private State state = State.HANDSHAKE;
  private final MessageTraffic traffic = new MessageTraffic();
  private final Refusals refusals = new Refusals(this);
  private boolean dirty;
  private boolean over;
  private long deadlineMs;
  private long unwritableSinceMs;
  private @Nullable VirtualHost virtualHost;
  private @Nullable ConnectionAccess access;
  private @Nullable Details details;

  private enum State {
    HANDSHAKE,
    OPEN,
    CLOSING,
    GONE
  }

  /**
   * Both ends of the channel.
   *
   * @param loopback whether the client is on this machine
   * @param tls what TLS agreed on, if it is spoken
   */
  record Peer(Address local, Address remote, boolean loopback, Optional<TlsSession> tls) {}

  ConnectionHandler(FrontContext context, AmqpLoop loop, Peer peer) {
    this.context = context;
    this.loop = loop;
    this.peer = peer;
    AmqpServerOptions options = context.options();
    id = context.broker().connections().nextId();
    login = new ConnectionLogin(this, peer);
    bounds = new ConnectionBounds(this, sessions);
    engine =
        new AmqpEngine(
            new AmqpEngine.Limits(
                options.maxFrameSize(),
                options.channelMax(),
                options.handleMax(),
                options.idleTimeoutMs(),
                login.frameBytesMax()),
            login.mechanisms(),
            this);
    transport = new NettyTransport(engine, this);
    tracing = new ConnectionTracing(context, engine, name());
    tracing.startForAddress(peer.remote().host());
    deadlineMs = nowMs() + options.handshakeTimeoutMs();
  }

  FrontContext context() {
    return context;
  }

  AmqpLoop loop() {
    return loop;
  }

  AmqpEngine engine() {
    return engine;
  }

  /** Octets in a frame to the peer, at most. */
  int frameBytesMax() {
    int peerMax = engine.remoteMaxFrameSize();
    int ownMax = context.options().maxFrameSize();
    return peerMax < 0 ? ownMax : Math.min(peerMax, ownMax);
  }

  /** The link's time begins when the connection is over. */
  void expireAtClose(KeptLink link) {
    if (state == State.OPEN && !over) {
      expiring.removeIf(KeptLink::isGone);
      expiring.add(link);
    } else {
      link.startExpiry();
    }
  }

  NettyTransport transport() {
    return transport;
  }

  ConnectionBounds bounds() {
    return bounds;
  }

  /** Shared by the incoming links, which use it one message at a time. */
  MessageParser parser() {
    return parser;
  }

  ConnectionTransactions transactions() {
    return transactions;
  }

  VirtualHost virtualHost() {
    if (virtualHost == null) {
      throw new IllegalStateException("not open");
    }
    return virtualHost;
  }

  /** The virtual host's name, or empty before there is one. */
  String virtualHostName() {
    return virtualHost == null ? "" : virtualHost.name();
  }

  /** Who has logged in. */
  Identity user() {
    return login.user();
  }

  /** How that came about. */
  ConnectionLogin login() {
    return login;
  }

  /** The same for the audit trail. */
  Actor actor() {
    return new Actor(login.userName(), peer.remote().toString(), "amqp");
  }

  /** What the user may do here. */
  ConnectionAccess access() {
    if (access == null) {
      throw new IllegalStateException("not open");
    }
    return access;
  }

  /** The rules have changed: what is not allowed any more ends. */
  void onRulesChanged() {
    ConnectionAccess allowed = access;
    if (state != State.OPEN || allowed == null) {
      return;
    }
    allowed.onRulesChanged();
    String host = virtualHost().name();
    ErrorCondition refusal =
        allowed.connectionRefusal(context.broker().virtualHost(host).orElse(null) == virtualHost);
    if (refusal != null) {
      refuse(refusal);
    } else {
      sessions.onRulesChanged();
    }
  }

  private void refuse(ErrorCondition why) {
    LOG.warn("connection refused peer={} reason={}", name(), why.getDescription());
    refusals.tell("connection.refused", String.valueOf(why.getDescription()));
    fail(why);
  }

  /** The connection is flushed at the end of this tick. */
  void markDirty() {
    if (!dirty) {
      dirty = true;
      loop.markDirty(this);
    }
  }

  /** The link is asked at the end of this tick whether its credit needs a change. */
  void touch(LinkHandler link) {
    links.add(link);
    markDirty();
  }

  /** The link is touched when the peer has sent or read something. */
  void stall(LinkHandler link) {
    links.stall(link);
  }

  /** A link which publishes has come or, if negative, gone. */
  void countPublishers(int change) {
    counts.publisherLinks.addAndGet(change);
  }

  /** Tops up credit and flushes. */
  void onTickEnd() {
    dirty = false;
    bounds.onTickEnd();
    links.onTickEnd();
    transport.flush();
  }

  /** Something failed in a way nobody foresaw: the connection goes, the others go on. */
  void abandon(RuntimeException failure) {
    LOG.error("connection abandoned peer={}", name(), failure);
    loop.countAbandoned();
    // First, because what failed must not be tried again at the end of this tick, for ever.
    engine.closeInput();
    transport.close();
    links.clear();
    releaseSessions();
    startClosing();
  }

  void onPublishersBlocked() {
    sessions.onPublishersBlocked();
  }

  /**
   * Time passes.
   *
   * @return milliseconds until it must be told again
   */
  long onTimer(long nowMs) {
    if (state == State.HANDSHAKE && nowMs - deadlineMs >= 0) {
      LOG.warn("connection not opened in time peer={}", name());
      fail(AmqpErrors.handshakeTimeout());
    } else if (state == State.CLOSING && nowMs - deadlineMs >= 0) {
      transport.close();
      return Long.MAX_VALUE;
    } else if (unwritableSinceMs != 0
        && nowMs - unwritableSinceMs >= 2L * context.options().idleTimeoutMs()) {
      LOG.warn("connection closed because its peer does not read peer={}", name());
      transport.close();
      return Long.MAX_VALUE;
    } else if (state == State.OPEN) {
      login.checkExpiry();
      engine.tick(nowMs);
      bounds.onSettled();
      if (engine.remoteIdleTimeoutMs() > 0 || engine.isClosing() || bounds.isWaitedFor()) {
        // Others have nothing to say, and looking whether they do takes a buffer for each.
        markDirty();
      }
    }
    int remoteIdleMs = engine.remoteIdleTimeoutMs();
    return remoteIdleMs > 0 ? remoteIdleMs / 8 : Long.MAX_VALUE;
  }

  private long nowMs() {
    return context.clock().nanoTime() / 1_000_000;
  }

  @Override
  public void onReceived(int octets) {
    counts.received(octets);
  }

  @Override
  public void onSent(int octets) {
    counts.sent(octets, engine);
  }

  @Override
  public void onReadComplete() {
    counts.read(engine);
    links.wakeStalled();
    markDirty();
    loop.endTick();
  }

  @Override
  public void onWritabilityChanged(boolean writable) {
    unwritableSinceMs = writable ? 0 : nowMs();
    if (writable) {
      links.wakeStalled();
      markDirty();
      loop.endTick();
    }
  }

  @Override
  public void onLost() {
    if (state == State.GONE) {
      return;
    }
    boolean wasOpen = state == State.OPEN;
    try {
      releaseSessions();
    } finally {
      // Whatever fails on the way, the connection is gone.
      state = State.GONE;
      bounds.endHandshake();
      loop.remove(this);
      if (details != null) {
        context.broker().connections().remove(this);
        LOG.info("connection ended id={} peer={} clean={}", id, name(), !wasOpen);
      }
      loop.endTick();
    }
  }

  @Override
  public void onSaslResponse(String chosen, boolean hasResponse, byte[] response) {
    login.onResponse(chosen, hasResponse, response);
  }

  /** Whether the client is not yet known, and not yet gone. */
  boolean isBeforeOpen() {
    return state == State.HANDSHAKE;
  }

  /** The login is good. */
  void onLoggedIn(Identity user, byte[] additionalData) {
    tracing.startForUser(user.name());
    engine.saslSucceed(additionalData);
    markDirty();
  }

  /** The login is not, which the client is told now. */
  void refuseLogin(boolean temporary) {
    if (state == State.HANDSHAKE) {
      engine.saslFail(temporary);
      startClosing();
    }
  }

  @Override
  public void onOpen() {
    Connection connection = engine.connection();
    connection.setContainer(context.broker().nodeName());
    connection.setOfferedCapabilities(new Symbol[] {LINK_PAIR, ANONYMOUS_RELAY, SHARED_SUBS});
    connection.setProperties(OpenProperties.told(context));
    if (state != State.HANDSHAKE) {
      return;
    }
    ErrorCondition refusal = checkOpen(connection);
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    details = describe(connection);
    ErrorCondition noPlace = Admission.enter(context, this, user());
    if (noPlace != null) {
      details = null;
      refuse(noPlace);
      return;
    }
    connection.open();
    state = State.OPEN;
    bounds.endHandshake();
    LOG.info(
        "connection opened id={} peer={} user={} vhost={} container={}",
        id,
        name(),
        user().name(),
        virtualHost().name(),
        connection.getRemoteContainer());
  }

  /** The checks of contract §1.3, in its order. */
  private @Nullable ErrorCondition checkOpen(Connection connection) {
    String name = Admission.virtualHostName(connection.getRemoteHostname());
    VirtualHost host = context.broker().virtualHost(name).orElse(null);
    ErrorCondition refusal = Admission.check(context, user(), peer.loopback(), name, host);
    if (refusal != null || host == null) {
      return refusal;
    }
    virtualHost = host;
    access = new ConnectionAccess(user(), host, text -> refusals.tell("permission.refused", text));
    int idleMs = engine.remoteIdleTimeoutMs();
    return idleMs > 0 && idleMs < IDLE_TIMEOUT_MS_MIN
        ? AmqpErrors.idleTimeoutTooShort(idleMs)
        : null;
  }

  private Details describe(Connection connection) {
    return new Details(
        name(),
        "AMQP 1-0",
        user().name(),
        virtualHost().name(),
        String.valueOf(connection.getRemoteContainer()),
        peer.local(),
        peer.remote(),
        login.mechanism(),
        OpenProperties.heard(connection),
        frameBytesMax(),
        Math.min(engine.remoteChannelMax(), context.options().channelMax()),
        engine.remoteIdleTimeoutMs(),
        context.clock().epochMs());
  }

  @Override
  public void onClose() {
    releaseSessions();
    engine.close();
    startClosing();
  }

  @Override
  public void onFailure(String reason) {
    if (state != State.CLOSING && state != State.GONE) {
      LOG.warn("connection failed peer={} reason={}", name(), reason);
    }
    releaseSessions();
    startClosing();
  }

  /** Closes the connection with an error. */
  void fail(ErrorCondition why) {
    if (state != State.CLOSING && state != State.GONE) {
      releaseSessions();
      engine.fail(why);
      startClosing();
    }
  }

  private void startClosing() {
    if (state != State.GONE) {
      state = State.CLOSING;
      deadlineMs = nowMs() + context.options().handshakeTimeoutMs();
      markDirty();
    }
  }

  private void releaseSessions() {
    over = true;
    refusals.end();
    sessions.releaseAll();
    expiring.forEach(KeptLink::startExpiry);
    expiring.clear();
  }

  @Override
  public void onBegin(Session session) {
    if (state == State.OPEN) {
      sessions.begin(session);
    }
  }

  @Override
  public void onEnd(Session session) {
    sessions.end(session);
    bounds.onSettled();
  }

  @Override
  public void onAttach(Link link) {
    if (link.getSession().getContext() instanceof SessionHandler session) {
      session.onAttach(link);
    }
  }

  @Override
  public void onDetach(Link link, boolean closed) {
    if (link.getSession().getContext() instanceof SessionHandler session) {
      session.onDetach(link, closed);
      bounds.onSettled();
    }
  }

  @Override
  public void onFlow(Link link) {
    if (link.getContext() instanceof LinkHandler handler) {
      handler.onFlow();
    }
  }

  @Override
  public void onDelivery(Delivery delivery) {
    if (delivery.getLink().getContext() instanceof LinkHandler handler) {
      handler.onDelivery(delivery);
      bounds.onSettled();
    } else if (delivery.getLink() instanceof Receiver receiver) {
      IncomingLink.discard(receiver, delivery);
    }
  }

  @Override
  public void onViolation(Session session, ProtocolViolation violation, String description) {
    if (session.getContext() instanceof SessionHandler handler) {
      LOG.warn("session ended peer={} violation={} on={}", name(), violation, description);
      handler.end(AmqpErrors.of(violation, description));
    }
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Details details() {
    if (details == null) {
      throw new IllegalStateException("not open");
    }
    return details;
  }

  @Override
  public Optional<TlsSession> tls() {
    return peer.tls();
  }

  @Override
  public int sessions() {
    return sessions.count();
  }

  @Override
  public CompletionStage<List<SessionView>> sessionViews() {
    return sessions.views();
  }

  @Override
  public MessageTraffic traffic() {
    return traffic;
  }

  @Override
  public long receivedOctets() {
    return counts.receivedOctets();
  }

  @Override
  public long sentOctets() {
    return counts.sentOctets();
  }

  @Override
  public Frames frames() {
    return counts.frames();
  }

  @Override
  public boolean isBlocked() {
    return counts.publisherLinks.get() > 0 && context.broker().publishersBlocked();
  }

  @Override
  public void close(String reason) {
    loop.loop().execute(() -> fail(AmqpErrors.forcedByOperator(reason)));
  }

  @Override
  public Trace trace() {
    return tracing.current();
  }

  @Override
  public void trace(Trace wanted) {
    tracing.ask(wanted, loop);
  }

  /** As RabbitMQ names connections: client, arrow, server. */
  String name() {
    return peer.remote() + " -> " + peer.local();
  }
}
