package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of the rules as octets, and rules as the sum of their changes. */
class AccessChangeCodecTest {
  private static final List<String> NAMES = List.of("", "a", "b", "/", "ä.*", "name");
  private static final PasswordHash STRONG = ScramSecrets.of("secret", 4096);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void readsWhatItWrites(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      AccessChange change = change(random);

      assertThat(AccessChangeCodec.decode(AccessChangeCodec.encode(change)))
          .as("seed %d", seed)
          .isEqualTo(change);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void givesTheSameRulesFromTheirChanges(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<AccessChange> changes = new ArrayList<>();
    AccessRules one = AccessRules.EMPTY;
    for (int i = 0; i < 60; i++) {
      changes.add(change(random));
      one = one.with(changes.get(i));
    }

    AccessRules again = AccessRules.EMPTY.with(one.changes());
    AccessRules atOnce = AccessRules.EMPTY.with(changes);

    assertThat(again.changes()).as("seed %d", seed).isEqualTo(one.changes());
    assertThat(atOnce.changes()).as("seed %d", seed).isEqualTo(one.changes());
  }

  @Test
  void forgetsThePermissionsOfWhoAndWhatIsGone() {
    AccessRules rules =
        AccessRules.EMPTY.with(
            List.of(
                new PutVirtualHost("v", VirtualHostSettings.DEFAULTS),
                new PutUser(User.of("u", PasswordHash.NONE, Set.of())),
                new PutPermissions("v", "u", Permissions.ALL),
                new PutTopicPermissions("v", "u", "x", new TopicPermissions("a", "b"))));

    AccessRules withoutUser =
        rules.with(
            List.of(new DeleteUser("u"), new PutUser(User.of("u", PasswordHash.NONE, Set.of()))));
    AccessRules withoutHost =
        rules.with(
            List.of(
                new DeleteVirtualHost("v"), new PutVirtualHost("v", VirtualHostSettings.DEFAULTS)));

    for (AccessRules after : List.of(withoutUser, withoutHost)) {
      assertThat(after.permissions()).isEmpty();
      assertThat(after.topicPermissions()).isEmpty();
    }
    assertThat(rules.permissions("v", "u")).contains(Permissions.ALL);
  }

  @Test
  void refusesWhatNoBrokerWrites() {
    for (Object value :
        List.of(
            "text",
            List.of(),
            List.of("frobnicate"),
            List.of("delete-user"),
            List.of("delete-user", 7L),
            List.of("put-permissions", "v", "u", "(", "", ""),
            List.of("put-user", "u", "x", "none", List.of(), -1L, -1L))) {
      byte[] bytes = new AmqpWriter().writeValue(value).toByteArray();

      assertThatExceptionOfType(MalformedMessageException.class)
          .as("%s", value)
          .isThrownBy(() -> AccessChangeCodec.decode(bytes));
    }
  }

  private static AccessChange change(SplittableRandom random) {
    String user = name(random);
    String host = name(random);
    return switch (random.nextInt(10)) {
      case 0, 1 -> new PutUser(user(random, user));
      case 2 -> new DeleteUser(user);
      case 3, 4 -> new PutPermissions(host, user, Permissions.of(user, "", ".*"));
      case 5 -> new ClearPermissions(host, user);
      case 6 ->
          new PutTopicPermissions(host, user, name(random), new TopicPermissions("{vhost}", "x"));
      case 7 -> new ClearTopicPermissions(host, user, name(random));
      case 8 ->
          new PutVirtualHost(
              host,
              new VirtualHostSettings(
                  name(random),
                  List.of("t"),
                  "quorum",
                  random.nextBoolean(),
                  random.nextBoolean(),
                  new VirtualHostLimits(random.nextInt(5) - 1, random.nextInt(5) - 1)));
      default -> new DeleteVirtualHost(host);
    };
  }

  private static User user(SplittableRandom random, String name) {
    PasswordHash hash =
        switch (random.nextInt(3)) {
          case 0 -> PasswordHash.NONE;
          case 1 -> STRONG;
          default -> PasswordHash.compatible("secret");
        };
    UserLimits limits = new UserLimits(random.nextInt(3) - 1, random.nextInt(3) - 1);
    return new User(name, hash, Set.of("monitoring", "x"), limits, false);
  }

  private static String name(SplittableRandom random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }
}
