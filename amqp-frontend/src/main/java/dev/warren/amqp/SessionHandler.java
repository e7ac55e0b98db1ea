package dev.warren.amqp;

import dev.warren.amqp.engine.AmqpEngine;
import dev.warren.amqp.engine.LinkTerms;
import dev.warren.amqp.engine.ProtocolViolation;
import dev.warren.amqp.engine.SessionFacts;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.Publisher;
import dev.warren.core.broker.SessionView;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session: its links, and how it ends. Owned by the connection's loop.
 *
 * <p>The incoming window is wide open: what a peer may send is bounded by link credit, and a narrow
 * window only costs flow frames (design §7). While publishers are blocked it is shut for sessions
 * that do nothing but publish and consume, so that credit given before is of no use (contract §15).
 */
final class SessionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(SessionHandler.class);
  private static final long WINDOW_MAX = 0xffff_ffffL;

  /** A link may say so much of itself without being counted. */
  private static final int ATTACHED_BYTES_USUAL = 4096;

  private final ConnectionHandler connection;
  private final Session session;
  private final MessageTraffic traffic;
  private final Set<LinkHandler> links = new LinkedHashSet<>();
  private final Set<KeptLink> expiring = new LinkedHashSet<>();
  private final Map<String, ManagementPair> managementPairs = new HashMap<>();
  private final Map<Link, Consumer<LinkEnd>> ends = new LinkedHashMap<>();
  private int forgottenBytes;
  private int attachedLinks;
  private long attachedBytes;
  private boolean windowShut;
  private boolean ended;

  SessionHandler(ConnectionHandler connection, Session session) {
    this.connection = connection;
    this.session = session;
    traffic = connection.traffic().part();
  }

  /** What went through its links. */
  MessageTraffic traffic() {
    return traffic;
  }

  ConnectionHandler connection() {
    return connection;
  }

  /** Answers the begin. */
  void begin() {
    session.setContext(this);
    session.setIncomingCapacity(0);
    session.setOutgoingWindow(WINDOW_MAX);
    session.open();
  }

  /** A way to publish, at the rate of the connection's user. */
  Publisher openPublisher(Publisher.Listener listener) {
    return connection
        .virtualHost()
        .openPublisher(connection.loop().loop(), connection.user().name(), listener);
  }

  /** The peer attached a link. */
  void onAttach(Link link) {
    attachedLinks++;
    attachedBytes += attachedBytes(link);
    if (ended || !connection.bounds().admits(this, link)) {
      return;
    }
    LinkTerms terms = LinkTerms.of(link);
    if (terms.hasPeerUnsettled() && !mayResume(link)) {
      end(AmqpErrors.of(ProtocolViolation.LINK_RECOVERY, "link " + link.getName()));
    } else if (link instanceof Receiver receiver) {
      Targets.attach(this, receiver);
    } else {
      Sources.attach(this, (Sender) link);
    }
  }

  private boolean mayResume(Link link) {
    return !retention(link).isNone() || connection.context().kept().has(key(link));
  }

  /** How long what a link holds outlives it, by the terminus on our side. */
  Retention retention(Link link) {
    return Retention.of(
        link instanceof Receiver ? link.getRemoteTarget() : link.getRemoteSource(),
        connection.context().kept().limits().timeoutMsMax());
  }

  /** What a link is known by when it is attached again. */
  KeptLinks.Key key(Link link) {
    return new KeptLinks.Key(
        connection.virtualHost().name(),
        connection.user().name(),
        connection.engine().connection().getRemoteContainer(),
        link.getName(),
        link instanceof Receiver);
  }

  /** The link's time begins when the session ends. */
  void expireAtEnd(KeptLink link) {
    if (ended) {
      link.startExpiry();
    } else {
      expiring.removeIf(KeptLink::isGone);
      expiring.add(link);
    }
  }

  /** The pair of links to the management node of this name, whichever end came first. */
  ManagementPair managementPair(String name) {
    return managementPairs.computeIfAbsent(name, absent -> new ManagementPair(this));
  }

  /** Both links of the pair have gone. */
  void forget(ManagementPair pair) {
    managementPairs.values().remove(pair);
  }

  /** What is to be done when the link is over, whatever ends it: once. */
  void whenEnded(Link link, Consumer<LinkEnd> action) {
    ends.put(link, action);
  }

  private void finish(Link link, LinkEnd how) {
    Consumer<LinkEnd> action = ends.remove(link);
    if (action != null) {
      action.accept(how);
    }
  }

  /** Another handler takes the link over. */
  void forget(LinkHandler link) {
    links.remove(link);
  }

  /** The number the client calls it by. */
  int channel() {
    SessionFacts facts = connection.engine().facts(session);
    return facts == null ? 0 : facts.channel();
  }

  /** As the operator sees it. */
  @Nullable SessionView view() {
    return SessionViews.of(connection, session, traffic, links);
  }

  /** Keeps a link, until it is released. */
  void add(LinkHandler link) {
    link.link().setContext(link);
    links.add(link);
    updateWindow();
  }

  /**
   * Refuses a link the way AMQP does (contract §2.3): attached without the terminus on our side,
   * then detached with the error.
   */
  void refuse(Link link, ErrorCondition why) {
    if (ended) {
      return;
    }
    if (link instanceof Receiver) {
      link.setSource(link.getRemoteSource());
      link.setTarget(null);
    } else {
      link.setSource(null);
      link.setTarget(link.getRemoteTarget());
    }
    link.setContext(null);
    link.open();
    link.setCondition(why);
    link.close();
    finish(link, LinkEnd.FAILED);
    connection.markDirty();
  }

  /** The same for one that was kept until its queue had answered. */
  void refuse(LinkHandler handler, ErrorCondition why) {
    links.remove(handler);
    refuse(handler.link(), why);
  }

  /** Detaches a link with an error. */
  void detach(LinkHandler handler, ErrorCondition why) {
    handler.release(false);
    links.remove(handler);
    updateWindow();
    Link link = handler.link();
    finish(link, LinkEnd.FAILED);
    if (link.getLocalState() != EndpointState.CLOSED) {
      link.setCondition(why);
      link.close();
    }
    connection.markDirty();
  }

  /** Detaches a link, which is kept, because it is being attached elsewhere. */
  void steal(LinkHandler handler) {
    handler.suspend(false);
    links.remove(handler);
    Link link = handler.link();
    if (link instanceof Sender sender) {
      AmqpEngine.forgetUnsettled(sender);
    }
    link.setCondition(AmqpErrors.stolen(link.getName()));
    link.detach();
    connection.markDirty();
  }

  /** The peer detached a link. */
  void onDetach(Link link, boolean closed) {
    attachedLinks--;
    attachedBytes -= attachedBytes(link);
    if (link.getContext() instanceof LinkHandler handler) {
      if (closed) {
        handler.release(false);
      } else {
        handler.suspend(false);
      }
      links.remove(handler);
      link.setContext(null);
      updateWindow();
    }
    finish(link, closed ? LinkEnd.CLOSED : LinkEnd.DETACHED);
    // [2.6.6] The answer is a detach of the same kind; in either case the link is forgotten.
    if (link.getLocalState() != EndpointState.CLOSED) {
      if (closed) {
        link.close();
      } else {
        link.detach();
      }
    }
    if (link instanceof Sender sender) {
      AmqpEngine.forgetUnsettled(sender);
    }
    link.free();
  }

  /** Ends the session with an error. */
  void end(ErrorCondition why) {
    if (ended) {
      return;
    }
    release();
    session.setCondition(why);
    session.close();
    connection.markDirty();
  }

  /** The peer ended the session. */
  void onEnd() {
    release();
    session.close();
    session.free();
  }

  /** Gives up what the links hold in the broker, because the session or connection is over. */
  void release() {
    ended = true;
    for (LinkHandler link : List.copyOf(links)) {
      try {
        link.suspend(true);
      } catch (RuntimeException e) {
        // A defect; what the other links hold must not stay behind for it.
        LOG.error("link not released link={}", link.link().getName(), e);
      }
    }
    links.clear();
    expiring.forEach(KeptLink::startExpiry);
    expiring.clear();
    List<Consumer<LinkEnd>> left = List.copyOf(ends.values());
    ends.clear();
    left.forEach(end -> end.accept(LinkEnd.LOST));
  }

  /** Publishers get no more credit, or get it again. */
  void onPublishersBlocked() {
    for (LinkHandler link : links) {
      if (link instanceof IncomingLink) {
        connection.touch(link);
      }
    }
    updateWindow();
  }

  /**
   * Opens or shuts the window. Ending a transaction and asking the management node are transfers,
   * too: a session with such a link has only its credit withheld.
   */
  private void updateWindow() {
    boolean shut = connection.context().broker().publishersBlocked() && onlyPublishes();
    if (shut != windowShut && !ended) {
      windowShut = shut;
      connection.engine().openWindow(session, !shut);
      connection.markDirty();
    }
  }

  private boolean onlyPublishes() {
    boolean publishes = false;
    for (LinkHandler link : links) {
      if (link instanceof CoordinatorLink || link instanceof ManagementRequests) {
        return false;
      }
      publishes |= link instanceof IncomingLink;
    }
    return publishes;
  }

  /** The rules have changed: a link that is not allowed any more ends the session (§2.2). */
  void onRulesChanged() {
    for (LinkHandler link : links) {
      ErrorCondition refusal = link.accessRefusal();
      if (refusal != null) {
        end(refusal);
        return;
      }
    }
  }

  /** All links ask again for credit, or whether to give some. */
  void touchLinks() {
    links.forEach(LinkHandler::touch);
  }

  /** Links which the peer has attached and not detached. */
  int attachedLinks() {
    return attachedLinks;
  }

  /** What they hold of what the peer said when it attached them, without what is usual. */
  long attachedBytes() {
    return attachedBytes;
  }

  private static long attachedBytes(Link link) {
    return Math.max(0, LinkTerms.of(link).heldBytes() - ATTACHED_BYTES_USUAL);
  }

  /** Deliveries which the peer has to settle. */
  int unsettledDeliveries() {
    int deliveries = 0;
    for (LinkHandler handler : links) {
      Link link = handler.link();
      boolean peerSettles =
          link instanceof Sender || link.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND;
      deliveries += peerSettles ? link.getUnsettled() : 0;
    }
    return deliveries;
  }

  /** Octets handed to the engine and not yet in frames. */
  int outgoingBytes() {
    int held = session.getOutgoingBytes() - forgottenBytes;
    if (held < 0 || (held >= OutgoingLink.OUTGOING_BYTES_MAX && isNothingQueued())) {
      // proton-j never takes off what a link had not sent when it was detached.
      forgottenBytes += held;
      held = 0;
    }
    return held;
  }

  private boolean isNothingQueued() {
    for (LinkHandler link : links) {
      if (link.link() instanceof Sender && link.link().getQueued() > 0) {
        return false;
      }
    }
    return true;
  }

  /** Octets of messages that have not come in full. */
  int incomingBytes() {
    int bytes = session.getIncomingBytes();
    for (LinkHandler link : links) {
      bytes += link instanceof IncomingLink incoming ? incoming.partialBytes() : 0;
    }
    return bytes;
  }
}
