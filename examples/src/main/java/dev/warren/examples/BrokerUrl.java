package dev.warren.examples;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the broker is and who we are, as in {@code amqp://guest:guest@127.0.0.1:5672}. User,
 * password and port may be left out.
 */
public record BrokerUrl(String host, int port, String user, String password) {

  private static final String ENVIRONMENT = "WARREN_URL";
  private static final String DEFAULT = "amqp://guest:guest@127.0.0.1:5672";
  private static final int DEFAULT_PORT = 5672;

  /**
   * The first argument, else the environment's {@code WARREN_URL}, else the default.
   *
   * @throws IllegalArgumentException if it is not an amqp URL
   */
  public static BrokerUrl from(String[] args, Map<String, String> environment) {
    if (args.length > 1) {
      throw new IllegalArgumentException("at most one argument is expected: the broker's URL");
    }
    if (args.length == 1) {
      return parse(args[0]);
    }
    String fromEnvironment = environment.getOrDefault(ENVIRONMENT, "");
    return parse(fromEnvironment.isEmpty() ? DEFAULT : fromEnvironment);
  }

  /**
   * Reads one URL.
   *
   * @throws IllegalArgumentException if it is not an amqp URL
   */
  public static BrokerUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL: " + text, e);
    }
    if (!"amqp".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException("amqp://[user:password@]host[:port] is expected: " + text);
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    @Nullable String userInfo = uri.getUserInfo();
    if (userInfo == null) {
      return new BrokerUrl(uri.getHost(), port, "guest", "guest");
    }
    int colon = userInfo.indexOf(':');
    return colon < 0
        ? new BrokerUrl(uri.getHost(), port, userInfo, "")
        : new BrokerUrl(
            uri.getHost(), port, userInfo.substring(0, colon), userInfo.substring(colon + 1));
  }

  /** The URL again, as a child process takes it. */
  String text() {
    try {
      return new URI("amqp", user + ":" + password, host, port, null, null, null).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a parsed URL can be written", e);
    }
  }

  /** Without the password, so that it may be printed. */
  @Override
  public String toString() {
    return "amqp://" + host + ":" + port;
  }
}
