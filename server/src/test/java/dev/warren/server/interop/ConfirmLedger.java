package dev.warren.server.interop;

/** Who wants to know what a publisher was promised. Called by the publisher's thread. */
interface ConfirmLedger {

  /** The broker accepted a message. */
  void confirmed(int publisher, int number);
}
