package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.User;
import dev.warren.server.Exposure.Endpoint;
import dev.warren.server.config.ServerOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExposureTest {
  private static final String GUEST_OPEN =
      "loopback-users: other machines can log in as guest with password guest, which everybody"
          + " knows";
  private static final String ANONYMOUS_OPEN =
      "anonymous-user: other machines get everything that guest, an administrator, may do, without"
          + " a password";

  private static final AccessRules GUEST = rules("guest", Set.of(User.ADMINISTRATOR));

  private static AccessRules rules(String password, Set<String> tags) {
    return AccessRules.EMPTY.with(
        new PutUser(User.of("guest", PasswordHash.compatible(password), tags)));
  }

  private static ServerOptions.Access access(String... loopbackOnly) {
    return new ServerOptions.Access(
        List.of(), List.of(), Set.of(loopbackOnly), Optional.of("guest"));
  }

  private static Exposure exposure(String host, boolean isEncrypted) {
    return new Exposure(
        List.of(new Endpoint("listeners.amqp", List.of("127.0.0.1", host), isEncrypted)), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.2", "::1", "[::1]"})
  void nothingIsExposedOnLoopback(String host) {
    assertThat(exposure(host, false).warnings(access(), GUEST)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void plainListenersForOtherMachinesAreTold(String host) {
    assertThat(exposure(host, false).warnings(access("guest"), GUEST))
        .containsExactly(
            "listeners.amqp: other machines can connect to "
                + host
                + " without TLS: passwords and messages can be read on the way");
    assertThat(exposure(host, true).warnings(access("guest"), GUEST)).isEmpty();
  }

  @Test
  void guestWithTheKnownPasswordIsToldUnlessHeIsLocal() {
    Exposure exposure = new Exposure(exposure("::", true).endpoints(), false);

    assertThat(exposure.warnings(access(), GUEST)).containsExactly(GUEST_OPEN);
    assertThat(exposure.warnings(access("guest"), GUEST)).isEmpty();
    assertThat(exposure.warnings(access(), rules("another", Set.of()))).isEmpty();
    assertThat(exposure.warnings(access(), AccessRules.EMPTY)).isEmpty();
  }

  @Test
  void anonymousAdministratorIsToldUnlessHeIsLocal() {
    Exposure exposure = exposure("::", true);
    AccessRules administrator = rules("another", Set.of(User.ADMINISTRATOR));

    assertThat(exposure.warnings(access(), administrator)).containsExactly(ANONYMOUS_OPEN);
    assertThat(exposure.warnings(access(), rules("another", Set.of(User.MONITORING)))).isEmpty();
    assertThat(exposure.warnings(access("guest"), administrator)).isEmpty();
    assertThat(new Exposure(exposure.endpoints(), false).warnings(access(), administrator))
        .isEmpty();
  }
}
