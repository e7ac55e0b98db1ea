package dev.warren.amqp.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/**
 * What the guard knows of one session from the frames that pass: the handles in use and the numbers
 * a flow frame carries. Owned by the engine's owner.
 */
final class ChannelState {
  /** The session is being ended for a violation: all but its end is ignored. */
  boolean discarding;

  /** [2.5.6] serial numbers, which wrap. */
  int nextIncomingId;

  int nextOutgoingId;

  /** As the peer last told them. */
  long remoteIncomingWindow;

  long remoteOutgoingWindow;

  /** [2.5.6] The peer may send no transfer; what is under way is taken all the same. */
  boolean isWindowShut;

  /** The peer's number of the session. */
  final int channel;

  private final Map<String, LinkState> byName = new HashMap<>();
  private @Nullable LinkState[] byRemoteHandle = new LinkState[4];
  private @Nullable LinkState[] byLocalHandle = new LinkState[4];

  /** Of a session the peer has ended already. */
  ChannelState() {
    channel = -1;
  }

  /** Of a session the peer began. */
  ChannelState(Begin begin, int channel) {
    this.channel = channel;
    this.nextIncomingId = begin.getNextOutgoingId().intValue();
    windows(begin.getIncomingWindow(), begin.getOutgoingWindow());
  }

  /** The peer says how much it takes and has. */
  void windows(UnsignedInteger incoming, UnsignedInteger outgoing) {
    remoteIncomingWindow = incoming.longValue();
    remoteOutgoingWindow = outgoing.longValue();
  }

  /** Our window, on a flow that tells another. */
  void limit(Flow flow) {
    if (isWindowShut) {
      flow.setIncomingWindow(UnsignedInteger.ZERO);
    }
  }

  /** The link of this name and direction that the peer has attached. */
  @Nullable LinkState link(String name, boolean peerSends) {
    return byName.get(key(name, peerSends));
  }

  /** One link. */
  static final class LinkState {
    final String key;
    final boolean peerSends;
    final LinkTerms terms;
    int localHandle = -1;

    /** [2.6.7] serial number, wraps. */
    int deliveryCount;

    /** The delivery-count at which the credit is used up. */
    int limit;

    boolean drain;

    /** We have attached our end. */
    boolean isAnswered;

    private boolean isDetachedByPeer;
    private boolean hasEchoWaiting;

    LinkState(String key, boolean peerSends, LinkTerms terms) {
      this.key = key;
      this.peerSends = peerSends;
      this.terms = terms;
    }

    /** The peer has attached and our attach is still to go. */
    boolean awaitsAnswer() {
      return !isAnswered && !isDetachedByPeer;
    }

    /** Whether a flow that asks for an echo adds one: before our attach one stands for all. */
    boolean owesEcho() {
      boolean isFirst = !hasEchoWaiting;
      hasEchoWaiting = awaitsAnswer();
      return isFirst || !hasEchoWaiting;
    }
  }

  /** The link the peer calls by this handle. */
  @Nullable LinkState remote(int handle) {
    return handle >= 0 && handle < byRemoteHandle.length ? byRemoteHandle[handle] : null;
  }

  /** The link we call by this handle. */
  @Nullable LinkState local(int handle) {
    return handle >= 0 && handle < byLocalHandle.length ? byLocalHandle[handle] : null;
  }

  /** Whether a link of this name and direction is attached by the peer. */
  boolean hasLink(String name, boolean peerSends) {
    return byName.containsKey(key(name, peerSends));
  }

  /** The peer attached a link. */
  void attached(Attach attach, int handle, LinkTerms terms) {
    boolean peerSends = attach.getRole() == Role.SENDER;
    LinkState link = new LinkState(key(attach.getName(), peerSends), peerSends, terms);
    if (attach.getInitialDeliveryCount() != null) {
      link.deliveryCount = attach.getInitialDeliveryCount().intValue();
    }
    link.limit = link.deliveryCount;
    byName.put(link.key, link);
    byRemoteHandle = grown(byRemoteHandle, handle);
    byRemoteHandle[handle] = link;
  }

  /** We attached our end of a link. */
  void attachedHere(Attach attach) {
    LinkState link = byName.get(key(attach.getName(), attach.getRole() == Role.RECEIVER));
    if (link != null) {
      int handle = attach.getHandle().intValue();
      link.localHandle = handle;
      link.isAnswered = true;
      byLocalHandle = grown(byLocalHandle, handle);
      byLocalHandle[handle] = link;
      link.terms.complete(attach);
    }
  }

  /** The peer detached a link. */
  void detached(int handle) {
    LinkState link = byRemoteHandle[handle];
    if (link != null) {
      byRemoteHandle[handle] = null;
      byName.remove(link.key);
      link.isDetachedByPeer = true;
    }
  }

  /** We detached our end of a link. */
  void detachedHere(int handle) {
    LinkState link = local(handle);
    if (link != null) {
      byLocalHandle[handle] = null;
      link.localHandle = -1;
    }
  }

  private static String key(String name, boolean peerSends) {
    return (peerSends ? 's' : 'r') + name;
  }

  private static @Nullable LinkState[] grown(@Nullable LinkState[] links, int index) {
    return index < links.length
        ? links
        : Arrays.copyOf(links, Math.max(index + 1, links.length * 2));
  }
}
