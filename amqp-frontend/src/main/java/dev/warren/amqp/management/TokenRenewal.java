package dev.warren.amqp.management;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes a newer token in place of the one a connection has logged in by. Thread-safe. */
public interface TokenRenewal {
  /** Nobody has logged in by a token. */
  TokenRenewal NONE = token -> CompletableFuture.completedFuture(Result.NO_TOKEN);

  /** What came of it. */
  enum Result {
    /** The new token holds. */
    RENEWED,
    /** The connection has not logged in by a token. */
    NO_TOKEN,
    /** It cannot be checked now: the former one holds. */
    UNAVAILABLE,
    /** It is no good token of the same user: the connection ends. */
    REFUSED
  }

  /** Asks for it; never fails. */
  CompletionStage<Result> renew(String token);
}
