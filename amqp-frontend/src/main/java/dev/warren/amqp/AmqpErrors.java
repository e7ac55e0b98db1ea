package dev.warren.amqp;

import dev.warren.amqp.engine.ProtocolViolation;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/**
 * The errors a client is told, each with its condition and text (contract §1.3, §1.4, §2.2, §2.3).
 * The only place which knows them. Stateless.
 */
final class AmqpErrors {
  private static final String UNAUTHORIZED = "amqp:unauthorized-access";
  private static final String NOT_IMPLEMENTED = "amqp:not-implemented";
  private static final String RESOURCE_LIMIT = "amqp:resource-limit-exceeded";
  private static final String RESOURCE_LOCKED = "amqp:resource-locked";
  private static final String INVALID_FIELD = "amqp:invalid-field";

  private AmqpErrors() {}

  /** What the broker refused. */
  static ErrorCondition of(BrokerException refusal) {
    return of(refusal.error(), refusal.text());
  }

  private static ErrorCondition of(BrokerError error, String text) {
    return condition(error.condition(), text);
  }

  /** A fault that ends the session. */
  static ErrorCondition of(ProtocolViolation violation, String text) {
    return switch (violation) {
      case UNATTACHED_HANDLE -> condition("amqp:session:unattached-handle", text);
      case HANDLE_IN_USE -> condition("amqp:session:handle-in-use", text + " is in use");
      case HANDLE_TOO_HIGH ->
          condition("amqp:connection:framing-error", text + " is beyond handle-max");
      case LINK_NAME_IN_USE -> condition("amqp:not-allowed", text + " is attached already");
      case NAME_TOO_LONG -> condition(INVALID_FIELD, text + " is too long");
      case WINDOW_VIOLATION -> condition("amqp:session:window-violation", text);
      case BAD_UNSETTLED ->
          condition(INVALID_FIELD, text + ": unsettled must map tags to delivery states");
      case TRANSACTIONAL_ACQUISITION -> notImplemented("transactional acquisition by " + text);
      case LINK_RECOVERY -> notImplemented("resuming " + text);
    };
  }

  static ErrorCondition noQueue(String queue, String virtualHost) {
    return condition("amqp:not-found", "no queue '" + queue + "' in vhost '" + virtualHost + "'");
  }

  static ErrorCondition noExchange(String exchange, String virtualHost) {
    return condition(
        "amqp:not-found", "no exchange '" + exchange + "' in vhost '" + virtualHost + "'");
  }

  static ErrorCondition temporaryOfAnother(String exchange, String virtualHost) {
    return condition(
        RESOURCE_LOCKED,
        "exchange '"
            + exchange
            + "' in vhost '"
            + virtualHost
            + "' is temporary and belongs to another connection");
  }

  static ErrorCondition replyQueueTaken(String queue) {
    return condition(RESOURCE_LOCKED, "queue '" + queue + "' has its one consumer");
  }

  static ErrorCondition internalExchange(String exchange, String virtualHost) {
    return condition(
        UNAUTHORIZED,
        "cannot publish to internal exchange '" + exchange + "' in vhost '" + virtualHost + "'");
  }

  static ErrorCondition malformedAddress(String reason) {
    return condition(INVALID_FIELD, reason);
  }

  /** An address in a message, which is the message's fault and not the link's. */
  static ErrorCondition badTo(String reason) {
    return condition("amqp:precondition-failed", reason);
  }

  static ErrorCondition preconditionFailed(String text) {
    return condition("amqp:precondition-failed", text);
  }

  static ErrorCondition unauthorized(String text) {
    return condition(UNAUTHORIZED, text);
  }

  static ErrorCondition invalidField(String text) {
    return condition(INVALID_FIELD, text);
  }

  static ErrorCondition notImplemented(String what) {
    return condition(NOT_IMPLEMENTED, what + " is not implemented");
  }

  static ErrorCondition illegalState(String text) {
    return condition("amqp:illegal-state", text);
  }

  /** [2.8.16] The link was attached from elsewhere. */
  static ErrorCondition stolen(String link) {
    return condition("amqp:link:stolen", "link " + link + " was attached from elsewhere");
  }

  static ErrorCondition decodeError(String text) {
    return condition("amqp:decode-error", text);
  }

  static ErrorCondition wrongUserId(String userId, String user) {
    return condition(
        UNAUTHORIZED,
        "user_id property set to '" + userId + "' but authenticated user was '" + user + "'");
  }

  static ErrorCondition noCredit() {
    return condition("amqp:link:transfer-limit-exceeded", "transfer without link credit");
  }

  static ErrorCondition messageTooLarge(long limit) {
    return condition("amqp:link:message-size-exceeded", "message larger than " + limit + " octets");
  }

  static ErrorCondition noRoom() {
    return condition(RESOURCE_LIMIT, "no room for the message: memory or disk is short");
  }

  static ErrorCondition unknownTransaction() {
    return condition("amqp:transaction:unknown-id", "no open transaction has this txn-id");
  }

  static ErrorCondition tooManyPartialMessages() {
    return condition(RESOURCE_LIMIT, "too many messages were begun and not ended");
  }

  static ErrorCondition tooLargeLinks() {
    return condition(RESOURCE_LIMIT, "the links of the connection say too much of themselves");
  }

  static ErrorCondition tooManyLinks(int max) {
    return condition(
        "amqp:resource-limit-exceeded", "a connection may have " + max + " links at a time");
  }

  static ErrorCondition internal(String text) {
    return condition("amqp:internal-error", text);
  }

  /** Contract §1.4. */
  static ErrorCondition credentialExpired() {
    return condition(UNAUTHORIZED, "credential expired");
  }

  static ErrorCondition tokenRefused(String reason) {
    return condition(UNAUTHORIZED, "the token is refused: " + reason);
  }

  static ErrorCondition notFromHere(String user) {
    return condition(UNAUTHORIZED, "user '" + user + "' can only connect via localhost");
  }

  static ErrorCondition noVirtualHost(String name) {
    return condition(UNAUTHORIZED, "vhost '" + name + "' not found");
  }

  /** The user has no permissions in the virtual host. */
  static ErrorCondition noAccess(String virtualHost, String user) {
    return condition(
        UNAUTHORIZED, "access to vhost '" + virtualHost + "' refused for user '" + user + "'");
  }

  static ErrorCondition nodeLimit(int limit) {
    return condition(
        RESOURCE_LIMIT, "connection refused: node connection limit (" + limit + ") is reached");
  }

  static ErrorCondition virtualHostLimit(String virtualHost, String user, int limit) {
    return condition(
        RESOURCE_LIMIT,
        "access to vhost '%s' refused for user '%s': connection limit (%d) is reached"
            .formatted(virtualHost, user, limit));
  }

  static ErrorCondition userLimit(String user, int limit) {
    return condition(
        RESOURCE_LIMIT,
        "connection refused for user '%s': user connection limit (%d) is reached"
            .formatted(user, limit));
  }

  static ErrorCondition sessionLimit(String user, int limit) {
    return condition(
        RESOURCE_LIMIT,
        "number of channels opened for user '%s' has reached the maximum allowed limit of (%d)"
            .formatted(user, limit));
  }

  static ErrorCondition idleTimeoutTooShort(int idleTimeoutMs) {
    return condition(
        "amqp:not-allowed", "idle-time-out of " + idleTimeoutMs + " ms is below 1000 ms");
  }

  static ErrorCondition handshakeTimeout() {
    return condition(RESOURCE_LIMIT, "the connection was not opened in time");
  }

  static ErrorCondition forcedByOperator(String reason) {
    return internal("Connection forced: " + reason);
  }

  static ErrorCondition forcedByShutdown() {
    return condition("amqp:connection:forced", "Connection forced: the broker is stopping");
  }

  /** A queue's refusal of a message (contract §2.5). */
  static ErrorCondition queueRefused(String queue, String reason) {
    String condition =
        reason.equals("unavailable") ? "amqp:precondition-failed" : "amqp:resource-limit-exceeded";
    ErrorCondition error =
        condition(
            condition,
            reason.equals("maxlen")
                ? "queue '" + queue + "' exceeded maximum length"
                : "queue '" + queue + "' refused the message: " + reason);
    error.setInfo(
        Map.of(Symbol.valueOf("queue"), queue, Symbol.valueOf("reason"), Symbol.valueOf(reason)));
    return error;
  }

  private static ErrorCondition condition(String condition, String text) {
    return new ErrorCondition(Symbol.valueOf(condition), text);
  }
}
