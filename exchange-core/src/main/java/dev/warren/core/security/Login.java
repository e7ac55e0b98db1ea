package dev.warren.core.security;

/** How a login ended. Immutable. */
public sealed interface Login {
  /** It is good. */
  record Granted(Identity identity) implements Login {}

  /**
   * It is not.
   *
   * @param user the name that was tried, shortened; empty if none was given
   * @param text for logs and the audit trail; not for the client, who could learn which half of the
   *     credentials is wrong
   */
  record Refused(String user, Reason reason, String text) implements Login {
    private static final int USER_LENGTH_MAX = 255;

    /** Shortens the name, which is whatever somebody wrote there. */
    public Refused {
      user = user.length() > USER_LENGTH_MAX ? user.substring(0, USER_LENGTH_MAX) : user;
    }
  }

  /** Why a login was refused. */
  enum Reason {
    /** There is no such user, or it is not the password: nobody is told which. */
    CREDENTIALS,
    /** The token is not good. */
    TOKEN,
    /** What came is not what the mechanism wants. */
    MALFORMED,
    /** The mechanism is not offered here. */
    MECHANISM,
    /** Too many logins wait, or the broker is stopping: another try may succeed. */
    BUSY
  }
}
