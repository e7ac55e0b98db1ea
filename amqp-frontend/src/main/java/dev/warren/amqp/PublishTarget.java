package dev.warren.amqp;

import dev.warren.core.broker.VirtualHost;
import dev.warren.core.broker.VirtualHost.ExchangeAccess;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.Envelope;
import dev.warren.core.security.Permission;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of a link go, and whether its user may send them there: the target of the
 * link, or what each message names (the anonymous terminus, contract §2.5). Owned by the
 * connection's loop.
 */
final class PublishTarget {
  private final ConnectionHandler connection;
  private final boolean fixed;
  private Envelope envelope;
  private byte[] annotations;
  private @Nullable String lastTo;

  /** What is known of the exchange of this name, since the rules of this version. */
  private ConnectionAccess.@Nullable Publishing known;

  private String knownExchange = "";
  private int knownVersion;

  /** A target; null if each message names it. */
  PublishTarget(ConnectionHandler connection, @Nullable Envelope to) {
    this.connection = connection;
    fixed = to != null;
    envelope = to == null ? Envelope.of("", "") : to;
    annotations = Annotations.of(envelope);
  }

  /** Whether all messages go to the same place. */
  boolean isFixed() {
    return fixed;
  }

  /** Where the present message goes. */
  Envelope envelope() {
    return envelope;
  }

  /** The message annotations that say so. */
  byte[] annotations() {
    return annotations;
  }

  /**
   * Takes a message's address; the last one is kept, since they repeat.
   *
   * @return what is wrong with it, or null
   */
  @Nullable ErrorCondition address(@Nullable Object to) {
    if (lastTo == null || !lastTo.equals(to)) {
      Address address = connection.context().addresses().to(to);
      Envelope target = Targets.envelopeOf(address);
      if (target == null) {
        return AmqpErrors.badTo(
            address instanceof Address.Malformed malformed ? malformed.reason() : "no target");
      }
      envelope = target;
      annotations = Annotations.of(target);
      lastTo = String.valueOf(to);
    }
    VirtualHost host = connection.virtualHost();
    return !envelope.exchange().isEmpty()
            && host.exchangeAccess(envelope.exchange()) != ExchangeAccess.OPEN
        ? Targets.checkExchange(envelope.exchange(), host)
        : null;
  }

  /** Why the user may not publish to the exchange, or null if he may. */
  @Nullable ErrorCondition exchangeRefusal() {
    ConnectionAccess access = connection.access();
    String text = publishing(access).refusal();
    return text == null ? null : access.refusal(text);
  }

  /**
   * Why the user may not publish the message, or null if he may.
   *
   * @param to where it goes, with all routing keys
   */
  @Nullable ErrorCondition refusal(Envelope to) {
    ConnectionAccess access = connection.access();
    ConnectionAccess.Publishing publishing = publishing(access);
    String text = publishing.refusal();
    if (text != null) {
      return access.refusal(text);
    }
    return publishing.hasKeyRules() ? keyRefusal(access, to) : null;
  }

  private static @Nullable ErrorCondition keyRefusal(ConnectionAccess access, Envelope to) {
    ErrorCondition refusal = null;
    for (int i = 0; refusal == null && i < to.keyCount(); i++) {
      refusal = access.keyRefusal(Permission.WRITE, to.exchange(), to.key(i));
    }
    return refusal;
  }

  private ConnectionAccess.Publishing publishing(ConnectionAccess access) {
    ConnectionAccess.Publishing now = known;
    if (now == null
        || knownVersion != access.version()
        || !knownExchange.equals(envelope.exchange())) {
      now = access.publishing(envelope.exchange());
      known = now;
      knownExchange = envelope.exchange();
      knownVersion = access.version();
    }
    return now;
  }
}
