package dev.warren.core.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LikePatternTest {
  private static final String ALPHABET = "aab_%!\u00e9";

  /** The definition, by recursion; fine for short texts. */
  private static boolean naive(String pattern, int p, String text, int t) {
    if (p == pattern.length()) {
      return t == text.length();
    }
    char c = pattern.charAt(p);
    if (c == '!') {
      return t < text.length()
          && text.charAt(t) == pattern.charAt(p + 1)
          && naive(pattern, p + 2, text, t + 1);
    }
    if (c == '%') {
      return naive(pattern, p + 1, text, t)
          || (t < text.length() && naive(pattern, p, text, t + 1));
    }
    return t < text.length()
        && (c == '_' || c == text.charAt(t))
        && naive(pattern, p + 1, text, t + 1);
  }

  private static String random(SplittableRandom random, int lengthMax, String alphabet) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(lengthMax + 1); left > 0; left--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.filter.Seeds#seeds")
  void agreesWithTheDefinition(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5_000; round++) {
      String pattern = random(random, 8, ALPHABET);
      int escapes = 0;
      while (escapes < pattern.length() && pattern.charAt(pattern.length() - 1 - escapes) == '!') {
        escapes++;
      }
      if (escapes % 2 != 0) {
        pattern += "%";
      }
      String text = random(random, 10, "aab_%!\u00e9x");
      assertThat(LikePattern.of(pattern, '!').matches(text))
          .as("'%s' LIKE '%s'", text, pattern)
          .isEqualTo(naive(pattern, 0, text, 0));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.filter.Seeds#seeds")
  void agreesWithTheDefinitionAcrossWords(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      String stem = random(random, 200, "ab");
      int hole = random.nextInt(stem.length() + 1);
      String pattern = stem.substring(0, hole) + "%_" + stem.substring(hole) + "%b";
      String middle = random(random, 3, "ab");
      String end = random(random, 3, "ab");
      String text = stem.substring(0, hole) + middle + stem.substring(hole) + end;
      assertThat(LikePattern.of(pattern).matches(text))
          .as("'%s' LIKE '%s'", text, pattern)
          .isEqualTo(naive(pattern, 0, text, 0));
    }
  }

  /** A matcher that goes back would not come to an end. */
  @Test
  void takesTimeInProportionToTheText() {
    String pattern = "%a".repeat(120) + "_%b";
    String text = "a".repeat(200_000);
    assertThat(LikePattern.of(pattern).matches(text)).isFalse();
    assertThat(LikePattern.of(pattern).matches(text + "b")).isTrue();
  }

  @Test
  void knowsCharactersOutsideTheBasicPlane() {
    assertThat(LikePattern.of("_\ud83d\ude00%x").matches("\ud83d\ude01\ud83d\ude00x")).isTrue();
    assertThat(LikePattern.of("__x").matches("\ud83d\ude00x")).isFalse();
  }
}
