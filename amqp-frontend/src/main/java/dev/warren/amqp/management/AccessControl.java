package dev.warren.amqp.management;

/**
 * Whether the user behind a connection may do something: the one place that is asked, before each
 * operation. Thread-safe.
 */
public interface AccessControl {
  /** Everybody may do everything. */
  AccessControl OPEN = (permission, resource, name) -> {};

  /** What is to be done with it. */
  enum Permission {
    /** Declare or delete. */
    CONFIGURE,
    /** Publish, or bind to. */
    WRITE,
    /** Consume, purge, or bind from. */
    READ,
    /** Look at: any of the others is enough. */
    SEE
  }

  /** What it is. */
  enum Resource {
    /** A queue. */
    QUEUE,
    /** An exchange. */
    EXCHANGE
  }

  /**
   * Returns if it is allowed.
   *
   * @throws AccessRefusedException if not; the session ends with its text (contract §4.5)
   */
  void check(Permission permission, Resource resource, String name);
}
