package dev.warren.management;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.routing.TopologyException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A request is refused; becomes {@code {"error": ..., "reason": ...}} (contract §11.1). */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal may repeat what the client has sent, but not megabytes of it. */
  private static final int REASON_CHARS_MAX = 1000;

  private final int status;
  private final String error;

  ApiException(int status, String error, String reason) {
    super(cut(reason), null, false, false);
    this.status = status;
    this.error = error;
  }

  private static String cut(String reason) {
    return reason.length() <= REASON_CHARS_MAX
        ? reason
        : reason.substring(0, REASON_CHARS_MAX) + "…";
  }

  static ApiException badRequest(String reason) {
    return new ApiException(400, "bad_request", reason);
  }

  static ApiException notAuthorized(String reason) {
    return new ApiException(401, "not_authorized", reason);
  }

  /** Not even with other credentials. */
  static ApiException forbidden(String reason) {
    return new ApiException(403, "forbidden", reason);
  }

  static ApiException objectNotFound(String reason) {
    return new ApiException(404, "Object Not Found", reason);
  }

  static ApiException preconditionFailed(String reason) {
    return new ApiException(412, "precondition_failed", reason);
  }

  static ApiException unavailable(String reason) {
    return new ApiException(503, "service_unavailable", reason);
  }

  /** What the broker said, in the words of this API; empty for what nobody foresaw. */
  static Optional<ApiException> of(Throwable failure) {
    if (failure instanceof CompletionException wrapped && wrapped.getCause() != null) {
      return of(wrapped.getCause());
    }
    if (failure instanceof ApiException refused) {
      return Optional.of(refused);
    }
    if (failure instanceof BrokerException refused) {
      return of(refused);
    }
    if (failure instanceof TopologyException refused) {
      String reason = String.valueOf(refused.getMessage());
      return Optional.of(
          switch (refused.code()) {
            case NOT_FOUND -> objectNotFound(reason);
            case ACCESS_REFUSED -> notAuthorized(reason);
            case PRECONDITION_FAILED, INVALID -> badRequest(reason);
          });
    }
    return Optional.empty();
  }

  private static Optional<ApiException> of(BrokerException refused) {
    String reason = refused.text();
    return switch (refused.error()) {
      case NOT_FOUND, RESOURCE_DELETED -> Optional.of(objectNotFound(reason));
      case ACCESS_REFUSED -> Optional.of(notAuthorized(reason));
      case PRECONDITION_FAILED,
          INVALID,
          RESOURCE_LOCKED,
          LIMIT_EXCEEDED,
          QUEUE_LIMIT,
          TRANSACTION_ROLLBACK,
          TRANSACTION_TIMEOUT,
          NOT_IMPLEMENTED ->
          Optional.of(badRequest(reason));
      case INTERNAL -> Optional.empty();
    };
  }

  int status() {
    return status;
  }

  String error() {
    return error;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
