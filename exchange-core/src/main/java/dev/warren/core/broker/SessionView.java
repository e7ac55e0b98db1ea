package dev.warren.core.broker;

import dev.warren.core.broker.Management.MessageCounters;
import java.util.List;
import java.util.Optional;

/**
 * A session of AMQP 1.0 as the operator sees it, at one moment (contract §11.7). Immutable.
 *
 * @param channel the number the client calls it by
 * @param handleMax the highest handle it may use
 * @param nextIncomingId the transfer that is expected next
 * @param incomingWindow how many transfers the client may send
 * @param nextOutgoingId the transfer that is sent next
 * @param remoteIncomingWindow how many transfers the client takes
 * @param remoteOutgoingWindow how many transfers the client says it has
 * @param messages that went through its links, those that are gone included
 * @param links on which the client publishes and consumes
 */
public record SessionView(
    int channel,
    long handleMax,
    long nextIncomingId,
    long incomingWindow,
    long nextOutgoingId,
    long remoteIncomingWindow,
    long remoteOutgoingWindow,
    MessageCounters messages,
    List<LinkView> links) {
  /** Copies the list. */
  public SessionView {
    links = List.copyOf(links);
  }

  /**
   * A link.
   *
   * @param publishes whether the client sends; otherwise it consumes
   * @param handle the number the broker calls it by, or -1 if it is not attached yet
   * @param address of target or source as the client wrote it; empty for the anonymous terminus
   * @param queue it consumes from
   * @param settled whether it is sent settled
   * @param maxMessageSize octets; 0 for any
   * @param deliveryCount deliveries so far, with those that credit was given back for
   * @param credit messages that may be sent
   * @param consumerTimeoutMs how long the client may hold a delivery, or 0 for any time
   * @param unsettled deliveries whose outcome is due
   * @param filters names of its filters with what they say
   * @param messages that went through it; empty of links to the management node and coordinators
   */
  public record LinkView(
      boolean publishes,
      int handle,
      String name,
      Optional<String> address,
      Optional<String> queue,
      boolean settled,
      long maxMessageSize,
      long deliveryCount,
      int credit,
      long consumerTimeoutMs,
      int unsettled,
      List<Filter> filters,
      Optional<MessageCounters> messages) {
    /** Copies the list. */
    public LinkView {
      filters = List.copyOf(filters);
    }
  }

  /** A filter of a source: its name there, its type, and its value as text. */
  public record Filter(String name, String descriptor, String value) {}
}
