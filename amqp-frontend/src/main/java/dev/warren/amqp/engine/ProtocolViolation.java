package dev.warren.amqp.engine;

/** A peer's fault that ends one session and leaves the connection alone (contract §2.2). */
public enum ProtocolViolation {
  /** A flow, transfer or detach names a handle that no link has. */
  UNATTACHED_HANDLE,
  /** An attach names a handle that a link has already. */
  HANDLE_IN_USE,
  /** An attach names a handle beyond handle-max. */
  HANDLE_TOO_HIGH,
  /** An attach uses the name of another link of the same direction that is still attached. */
  LINK_NAME_IN_USE,
  /** A name is longer than it may be. */
  NAME_TOO_LONG,
  /** A flow acknowledges transfers that were never sent. */
  WINDOW_VIOLATION,
  /** The unsettled deliveries of an attach are no map from tags to states. */
  BAD_UNSETTLED,
  /** A flow asks for deliveries acquired in a transaction. */
  TRANSACTIONAL_ACQUISITION,
  /** An attach wants to resume deliveries of a link of which nothing would be kept. */
  LINK_RECOVERY
}
