package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenScopesTest {

  static LongStream seeds() {
    Long replayed = Long.getLong("seed");
    return replayed == null ? LongStream.rangeClosed(1, 20) : LongStream.of(replayed);
  }

  private static TokenScopes scopes(String... texts) {
    return TokenScopes.parse(List.of(texts), "");
  }

  @ParameterizedTest
  @CsvSource({
    "read:*/*, READ, /, q, true",
    "read:*/*, WRITE, /, q, false",
    "read:%2F/q, READ, /, q, true",
    "read:%2F/q, READ, /v, q, false",
    "write:v/orders-*, WRITE, v, orders-1, true",
    "write:v/orders-*, WRITE, v, orders, false",
    "configure:v*/*.tmp, CONFIGURE, v2, a.tmp, true",
    "configure:v*/*.tmp, CONFIGURE, v2, a.tmp2, false",
    "read:v/a%2Fb, READ, v, a/b, true",
    "read:v/%2A, READ, v, x, false",
    "read:v/%2A, READ, v, *, true",
    "read:v/caf%C3%A9, READ, v, café, true",
    "write:v/amq.default, WRITE, v, '', true",
    "write:v/x/k, WRITE, v, x, true",
  })
  void allowsWhatTheyName(
      String scope, Permission permission, String host, String name, boolean allowed) {
    assertThat(scopes(scope).may(permission, host, name)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read",
        "read:",
        "read:*",
        "read:a/b/c/d",
        "admin:*/*",
        "READ:*/*",
        "read:%zz/*",
        "read:%2/*",
        "read:%ff/*",
        "read:/*",
        ":*/*",
        "tag:administrator"
      })
  void allowsNothingThatIsNotUnderstood(String scope) {
    TokenScopes parsed = scopes(scope);

    for (Permission permission : Permission.values()) {
      assertThat(parsed.may(permission, "/", "q")).isFalse();
    }
    assertThat(parsed.mayEnter("/")).isFalse();
  }

  @Test
  void countOnlyWithTheirPrefix() {
    TokenScopes parsed =
        TokenScopes.parse(
            List.of(
                "warren.read:*/*", "write:*/*", "other.tag:administrator", "warren.tag:monitoring"),
            "warren.");

    assertThat(parsed.may(Permission.READ, "/", "q")).isTrue();
    assertThat(parsed.may(Permission.WRITE, "/", "q")).isFalse();
    assertThat(parsed.tags()).isEqualTo(Set.of("monitoring"));
  }

  @Test
  void limitKeysOfTheExchangesTheyName() {
    TokenScopes parsed = scopes("write:v/x/eu.*", "write:v/y", "read:v/x");

    assertThat(parsed.mayUseKey(Permission.WRITE, "v", "x", "eu.1")).isTrue();
    assertThat(parsed.mayUseKey(Permission.WRITE, "v", "x", "us.1")).isFalse();
    assertThat(parsed.mayUseKey(Permission.WRITE, "v", "y", "us.1")).isTrue();
    assertThat(parsed.mayUseKey(Permission.READ, "v", "x", "us.1")).isTrue();
    assertThat(parsed.hasKeyRules("v", "x")).isTrue();
    assertThat(parsed.hasKeyRules("v", "y")).isFalse();
  }

  @Test
  void letIntoTheVirtualHostsTheyName() {
    TokenScopes parsed = scopes("read:v1/q", "write:w*/x");

    assertThat(List.of("v1", "w", "wide")).allMatch(parsed::mayEnter);
    assertThat(List.of("/", "v", "v11")).noneMatch(parsed::mayEnter);
  }

  @Test
  void changeWithTheTokenOfTheSameUserOnly() {
    TokenIdentity identity =
        new TokenIdentity(new TokenClaims("alice", Set.of(), scopes("read:v/q"), 1000));

    assertThat(identity.renew(new TokenClaims("bob", Set.of(), scopes("write:v/q"), 9000)))
        .isFalse();
    assertThat(identity.may(Permission.WRITE, "v", "q")).isFalse();
    assertThat(identity.renew(new TokenClaims("alice", Set.of(), scopes("write:v/q"), 2000)))
        .isTrue();
    assertThat(identity.may(Permission.WRITE, "v", "q")).isTrue();
    assertThat(identity.may(Permission.READ, "v", "q")).isFalse();
    assertThat(identity.expiresAtMs()).hasValue(2000);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void wildcardsMatchAsARegularExpressionWould(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      String pattern = text(random, "ab*", 6);
      String name = text(random, "ab", 8);
      String expression =
          pattern
              .chars()
              .mapToObj(c -> c == '*' ? ".*" : Pattern.quote("" + (char) c))
              .collect(Collectors.joining());

      assertThat(Wildcard.decode(pattern).orElseThrow().matches(name))
          .as("seed %d pattern %s name %s", seed, pattern, name)
          .isEqualTo(name.matches(expression));
    }
  }

  private static String text(SplittableRandom random, String alphabet, int lengthMax) {
    return random
        .ints(random.nextInt(lengthMax + 1), 0, alphabet.length())
        .mapToObj(index -> alphabet.substring(index, index + 1))
        .collect(Collectors.joining());
  }
}
