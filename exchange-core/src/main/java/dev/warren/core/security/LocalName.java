package dev.warren.core.security;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a host, as a client names it, is one that no stranger's name server decides about. A web
 * page can have its own name point to 127.0.0.1 (DNS rebinding): its requests then come from this
 * machine, from the browser of somebody who only looks at the page, and only the name they ask for
 * gives them away. Stateless.
 */
public final class LocalName {
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
  private static final String LOCALHOST = "localhost";

  private LocalName() {}

  /**
   * Whether it is {@code localhost}, a name below it (RFC 6761 §6.3), or an address, which needs no
   * name server at all.
   *
   * @param host the value of a header {@code host}, with a port or without
   */
  public static boolean isLocal(String host) {
    if (host.startsWith("[")) {
      return host.matches("\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?");
    }
    String name = PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return plain.equals(LOCALHOST)
        || plain.endsWith("." + LOCALHOST)
        || IPV4.matcher(plain).matches();
  }
}
