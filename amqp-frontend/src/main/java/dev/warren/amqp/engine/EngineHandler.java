package dev.warren.amqp.engine;

import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;

/**
 * Told what a peer did. Called by the engine's owner, in the order of the wire, from within {@link
 * AmqpEngine#input} and {@link AmqpEngine#tick}; never while output is taken.
 */
public interface EngineHandler {
  /**
   * The client chose a SASL mechanism or answered a challenge; answer by {@link
   * AmqpEngine#saslChallenge}, {@link AmqpEngine#saslSucceed} or {@link AmqpEngine#saslFail}, now
   * or later. Until then nothing more is read.
   *
   * @param hasResponse whether the client sent a response with it
   */
  void onSaslResponse(String mechanism, boolean hasResponse, byte[] response);

  /** The peer opened the connection. */
  void onOpen();

  /** The peer closed the connection. */
  void onClose();

  /** The engine gave the connection up, for example after a malformed frame; it says so itself. */
  void onFailure(String reason);

  /** The peer began a session. */
  void onBegin(Session session);

  /** The peer ended a session. */
  void onEnd(Session session);

  /** The peer attached a link. */
  void onAttach(Link link);

  /**
   * The peer detached a link.
   *
   * @param closed false if the peer might want to resume it
   */
  void onDetach(Link link, boolean closed);

  /** The peer changed a link's credit, or asked for its state. */
  void onFlow(Link link);

  /** A transfer arrived, or the state of a delivery changed. */
  void onDelivery(Delivery delivery);

  /** The peer broke the rules of a session; it must be ended. */
  void onViolation(Session session, ProtocolViolation violation, String description);
}
