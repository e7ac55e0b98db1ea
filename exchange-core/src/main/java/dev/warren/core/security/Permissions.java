package dev.warren.core.security;

/** What a user may do in a virtual host, by the names of queues and exchanges. Immutable. */
public record Permissions(NamePattern configure, NamePattern write, NamePattern read) {
  /** Everything. */
  public static final Permissions ALL =
      new Permissions(NamePattern.ALL, NamePattern.ALL, NamePattern.ALL);

  /**
   * The permissions with these regular expressions.
   *
   * @throws IllegalArgumentException saying which is wrong, and why
   */
  public static Permissions of(String configure, String write, String read) {
    return new Permissions(
        pattern(Permission.CONFIGURE, configure),
        pattern(Permission.WRITE, write),
        pattern(Permission.READ, read));
  }

  private static NamePattern pattern(Permission permission, String text) {
    try {
      return NamePattern.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(permission.text() + ": " + e.getMessage(), e);
    }
  }

  /** The pattern of one of them. */
  public NamePattern pattern(Permission permission) {
    return switch (permission) {
      case CONFIGURE -> configure;
      case WRITE -> write;
      case READ -> read;
    };
  }

  /** Whether a queue or exchange of this name may be used so. */
  public boolean allow(Permission permission, String name) {
    return pattern(permission).matches(name.isEmpty() ? "amq.default" : name);
  }
}
