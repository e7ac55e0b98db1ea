package dev.warren.server.config;

/** A place in the configuration file; line and column count from 1. */
record Location(int line, int column) {
  /** The beginning of the file. */
  static final Location START = new Location(1, 1);
}
