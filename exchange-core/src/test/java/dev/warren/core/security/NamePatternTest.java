package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which names and keys permissions match. */
class NamePatternTest {
  @ParameterizedTest
  @CsvSource({
    "'.*', anything, true",
    "'', anything, false",
    "'^$', anything, false",
    "'ab', cabd, true",
    "'^ab', cabd, false",
    "'^(?!amq[.]).*', amq.topic, false",
    "'^(?!amq[.]).*', orders, true",
    "'^amq[.]gen.*|amq[.]default$', amq.default, true",
    "'ä', Bär, true",
  })
  void matchesWhereverTheExpressionIsFound(String pattern, String name, boolean matches) {
    assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void refusesWhatTakesTooLongToTell() {
    assertThat(NamePattern.of("^(a+)+$").matches("a".repeat(250) + "b")).isFalse();
  }

  @Test
  void refusesWhatNestsTooDeeplyToTell() {
    assertThat(NamePattern.of("^(a|b)*$").matches("ab".repeat(50_000) + "c")).isFalse();
  }

  @Test
  void matchesInTimeWhatNeverLooksAtTheText() {
    assertThat(NamePattern.of("^" + "(|)".repeat(80) + "z").matches("x")).isFalse();
    assertThat(NamePattern.of("^.*" + "(a?|b?)".repeat(80) + "z").matches("x")).isFalse();
  }

  @Test
  void refusesManyChoicesWhereAMatcherHasToBacktrack() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamePattern.of("(|)".repeat(80) + "(?!)"))
        .withMessageContaining("80 of | ? * + {");
    assertThat(NamePattern.of("(a|b)*+c").matches("abc")).isTrue();
  }

  @Test
  void refusesRepetitionsOfRepetitions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamePattern.of("((a{1000}){1000}){1000}"))
        .withMessageContaining("repeats too much");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamePattern.of("(((){1000}){1000}){1000}(?!)"))
        .withMessageContaining("repeats too much");
    assertThat(NamePattern.of("^[a-z]{1,20}-\\d{1,20}-\\p{L}{2}$").matches("ab-12-xy")).isTrue();
    assertThat(NamePattern.of("^\\Qa{1000}\\E{2}$").matches("a{1000}}")).isTrue();
  }

  @Test
  void saysWhereAnExpressionIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Permissions.of(".*", "a(b", ".*"))
        .withMessageStartingWith("write: 'a(b' is not a regular expression: Unclosed group");
  }

  @Test
  void refusesExpressionsThatAreTooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamePattern.of("a".repeat(NamePattern.LENGTH_MAX + 1)))
        .withMessageContaining("4097 characters");
  }

  @Test
  void checksTheDefaultExchangeByItsLongName() {
    Permissions permissions = Permissions.of("", "^amq[.]default$", "");

    assertThat(permissions.allow(Permission.WRITE, "")).isTrue();
    assertThat(permissions.allow(Permission.WRITE, "orders")).isFalse();
    assertThat(permissions.allow(Permission.READ, "")).isFalse();
  }

  @Test
  void takesVariablesOfTopicPermissionsLiterally() {
    TopicPermissions own = new TopicPermissions("^{username}[.]{vhost}[.]", ".*");
    Map<String, String> dots = Map.of("username", "a.*", "vhost", "/");

    NamePattern pattern = own.pattern(Permission.WRITE, dots);

    assertThat(pattern.matches("a.*./.x")).isTrue();
    assertThat(pattern.matches("abc./.x")).isFalse();
  }

  @Test
  void doesNotExpandVariablesWithinVariables() {
    TopicPermissions own = new TopicPermissions("^{username}$", ".*");
    Map<String, String> tricky = Map.of("username", "{vhost}", "vhost", ".*");

    assertThat(own.pattern(Permission.WRITE, tricky).matches("{vhost}")).isTrue();
    assertThat(own.pattern(Permission.WRITE, tricky).matches(".*")).isFalse();
  }

  @Test
  void matchesNoKeyIfAVariableIsUnknown() {
    TopicPermissions claim = new TopicPermissions("^{sub}[.]|.*", ".*");

    assertThat(claim.pattern(Permission.WRITE, Map.of("username", "u")).matches("x")).isFalse();
    assertThat(claim.pattern(Permission.WRITE, Map.of("sub", "s")).matches("x")).isTrue();
  }

  @Test
  void keepsRepetitionsInTopicPermissions() {
    TopicPermissions counted = new TopicPermissions("^a{2,3}$", ".*");

    assertThat(counted.pattern(Permission.WRITE, Map.of()).matches("aa")).isTrue();
    assertThat(counted.pattern(Permission.WRITE, Map.of()).matches("a")).isFalse();
  }
}
