package dev.warren.server.oauth;

import java.util.concurrent.CompletionStage;

/** Where keys are read from, as a JWK set in JSON. Thread-safe. */
interface KeySource {
  /** Octets of a JWK set, at most. */
  int BYTES_MAX = 1 << 20;

  /** Reads it; fails with whatever stands in the way. */
  CompletionStage<String> read();
}
