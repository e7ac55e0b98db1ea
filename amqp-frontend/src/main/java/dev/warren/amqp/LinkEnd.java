package dev.warren.amqp;

/** How a link came to its end, for what was made with it. */
enum LinkEnd {
  /** The client closed it: it needs no more of what it left behind. */
  CLOSED,
  /** The client detached it and may come back. */
  DETACHED,
  /** The broker ended it with an error. */
  FAILED,
  /** Its session or connection is over. */
  LOST
}
