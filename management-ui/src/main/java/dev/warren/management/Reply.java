package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An answer. Immutable.
 *
 * @param body absent for 201 and 204
 * @param headers in addition to those every reply has; values must not come from a client unencoded
 */
record Reply(int status, Optional<JsonNode> body, Map<String, String> headers) {
  static final Reply NO_CONTENT = new Reply(204, Optional.empty(), Map.of());
  static final Reply CREATED = new Reply(201, Optional.empty(), Map.of());

  static Reply ok(JsonNode body) {
    return new Reply(200, Optional.of(body), Map.of());
  }

  /** The answer to a PUT: it was made, or it was there (contract §11.1). */
  static Reply put(boolean isNew) {
    return isNew ? CREATED : NO_CONTENT;
  }

  /** 503, of a health check which found something. */
  static Reply unavailable(JsonNode body) {
    return new Reply(503, Optional.of(body), Map.of());
  }

  /** The same with another header. */
  Reply with(String header, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new Reply(status, body, Map.copyOf(more));
  }

  /** The same for nobody to keep, because it holds hashes of passwords. */
  Reply secret() {
    return with("cache-control", "no-cache, no-store");
  }

  /** The same as an answer that is there already. */
  CompletionStage<Reply> now() {
    return CompletableFuture.completedFuture(this);
  }
}
