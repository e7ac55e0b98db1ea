package dev.warren.amqp;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.Identity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** SASL PLAIN and ANONYMOUS against the users of the broker (contract §1.2). Thread-safe. */
final class SaslAuthenticator {
  static final String PLAIN = "PLAIN";
  static final String ANONYMOUS = "ANONYMOUS";

  private final AccessAdministration access;

  SaslAuthenticator(AccessAdministration access) {
    this.access = access;
  }

  /** What is offered, best first. */
  String[] mechanisms() {
    List<String> offered = new ArrayList<>(List.of(PLAIN));
    if (access.anonymousUser().isPresent()) {
      offered.add(ANONYMOUS);
    }
    return offered.toArray(new String[0]);
  }

  /** The user who is logging in, or empty if that fails or the mechanism is not offered. */
  Optional<Identity> authenticate(String mechanism, byte[] response) {
    return switch (mechanism) {
      case PLAIN -> plain(response);
      case ANONYMOUS -> access.anonymousUser().map(user -> access.identity(user.name()));
      default -> Optional.empty();
    };
  }

  /** RFC 4616: an identity to act as (ignored), NUL, the name, NUL, the password. */
  private Optional<Identity> plain(byte[] response) {
    int first = indexOfNul(response, 0);
    int second = indexOfNul(response, first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    String name = new String(response, first + 1, second - first - 1, StandardCharsets.UTF_8);
    String password =
        new String(response, second + 1, response.length - second - 1, StandardCharsets.UTF_8);
    return access.logIn(name, password);
  }

  private static int indexOfNul(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }
}
