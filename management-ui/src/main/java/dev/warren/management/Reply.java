package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * An answer.
 *
 * @param body absent for 204
 */
record Reply(int status, Optional<JsonNode> body) {
  static final Reply NO_CONTENT = new Reply(204, Optional.empty());

  static Reply ok(JsonNode body) {
    return new Reply(200, Optional.of(body));
  }

  /** 503, of a health check which found something. */
  static Reply unavailable(JsonNode body) {
    return new Reply(503, Optional.of(body));
  }
}
