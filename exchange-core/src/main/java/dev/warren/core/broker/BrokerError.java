package dev.warren.core.broker;

/**
 * Why the broker refuses something: the one catalogue from which AMQP conditions and HTTP statuses
 * are taken (contract §2.2, §2.3, §4.5).
 */
public enum BrokerError {
  /** A queue, exchange or virtual host does not exist. */
  NOT_FOUND("amqp:not-found", 404),
  /** It exists, but differs from what was asked for, or is not in a state to do it. */
  PRECONDITION_FAILED("amqp:precondition-failed", 409),
  /** A name, argument or key is not allowed. */
  INVALID("amqp:invalid-field", 400),
  /** The user may not, or the object is reserved. */
  ACCESS_REFUSED("amqp:unauthorized-access", 403),
  /** It belongs to another connection. */
  RESOURCE_LOCKED("amqp:resource-locked", 400),
  /** It is gone. */
  RESOURCE_DELETED("amqp:resource-deleted", 404),
  /** A limit is reached. */
  LIMIT_EXCEEDED("amqp:resource-limit-exceeded", 400),
  /** The virtual host has as many queues as it may. */
  QUEUE_LIMIT("amqp:resource-limit-exceeded", 403),
  /** What a transaction did was undone (AMQP 1.0 §4.5.8). */
  TRANSACTION_ROLLBACK("amqp:transaction:rollback", 409),
  /** The same, because it took too long. */
  TRANSACTION_TIMEOUT("amqp:transaction:timeout", 409),
  /** Known to AMQP, not offered here. */
  NOT_IMPLEMENTED("amqp:not-implemented", 501),
  /** The broker itself failed. */
  INTERNAL("amqp:internal-error", 500);

  private final String condition;
  private final int httpStatus;

  BrokerError(String condition, int httpStatus) {
    this.condition = condition;
    this.httpStatus = httpStatus;
  }

  /** The AMQP error condition, a symbol. */
  public String condition() {
    return condition;
  }

  /** The status code of the management interfaces. */
  public int httpStatus() {
    return httpStatus;
  }
}
