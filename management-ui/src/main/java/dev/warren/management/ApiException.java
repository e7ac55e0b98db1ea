package dev.warren.management;

/** A request is refused; becomes {@code {"error": ..., "reason": ...}} (contract §11.1). */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String error;

  ApiException(int status, String error, String reason) {
    super(reason, null, false, false);
    this.status = status;
    this.error = error;
  }

  static ApiException badRequest(String reason) {
    return new ApiException(400, "bad_request", reason);
  }

  static ApiException notAuthorized(String reason) {
    return new ApiException(401, "not_authorized", reason);
  }

  static ApiException objectNotFound(String reason) {
    return new ApiException(404, "Object Not Found", reason);
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
