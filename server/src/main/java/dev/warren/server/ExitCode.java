package dev.warren.server;

/** What the process ends with, after BSD's {@code sysexits}; part of the operator's interface. */
public enum ExitCode {
  /** It was stopped in order, or only had to print something. */
  OK(0),
  /** The command line is wrong. */
  USAGE(64),
  /** An address is in use or cannot be bound. */
  PORT_IN_USE(69),
  /** A defect of Warren itself. */
  INTERNAL(70),
  /** Another process uses the data directory. */
  DATA_LOCKED(73),
  /** The journal is damaged, or its files cannot be read or written. */
  JOURNAL(74),
  /** The configuration file is missing or wrong. */
  CONFIGURATION(78);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number the system sees. */
  public int code() {
    return code;
  }
}
