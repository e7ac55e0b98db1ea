package dev.warren.core.routing;

/** A change of the topology that is refused. The message is meant for the client. */
public final class TopologyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  /** Creates the exception with the text the client gets. */
  public TopologyException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Why it was refused. */
  public Code code() {
    return code;
  }

  /** Why a change is refused. */
  public enum Code {
    /** The exchange or queue a binding names does not exist. */
    NOT_FOUND,
    /** It exists already and differs from what was asked for. */
    PRECONDITION_FAILED,
    /** The name is reserved, or the default exchange would be changed. */
    ACCESS_REFUSED,
    /** The name, key or an argument is not allowed. */
    INVALID
  }
}
