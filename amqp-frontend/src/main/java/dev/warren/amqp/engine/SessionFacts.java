package dev.warren.amqp.engine;

import org.jspecify.annotations.Nullable;

/**
 * What the frames of a session say that proton-j keeps to itself, at one moment. Owned by the
 * engine's owner; valid until the next frame.
 */
public final class SessionFacts {
  private static final long UNSIGNED = 0xffff_ffffL;
  private final ChannelState state;

  SessionFacts(ChannelState state) {
    this.state = state;
  }

  /** The peer's channel. */
  public int channel() {
    return state.channel;
  }

  /** [2.5.6] The transfer expected next. */
  public long nextIncomingId() {
    return state.nextIncomingId & UNSIGNED;
  }

  /** [2.5.6] The transfer that is sent next. */
  public long nextOutgoingId() {
    return state.nextOutgoingId & UNSIGNED;
  }

  /** [2.5.6] How many transfers the peer may send. */
  public long incomingWindow() {
    return state.isWindowShut ? 0 : UNSIGNED;
  }

  /** How many transfers the peer took when it last said so. */
  public long remoteIncomingWindow() {
    return state.remoteIncomingWindow;
  }

  /** How many transfers the peer had when it last said so. */
  public long remoteOutgoingWindow() {
    return state.remoteOutgoingWindow;
  }

  /** Our handle of a link, or -1. */
  public int handle(String name, boolean peerSends) {
    ChannelState.LinkState link = state.link(name, peerSends);
    return link == null ? -1 : link.localHandle;
  }

  /** [2.6.7] The delivery-count of a link; 0 if it is gone. */
  public long deliveryCount(String name, boolean peerSends) {
    ChannelState.@Nullable LinkState link = state.link(name, peerSends);
    return link == null ? 0 : link.deliveryCount & UNSIGNED;
  }
}
