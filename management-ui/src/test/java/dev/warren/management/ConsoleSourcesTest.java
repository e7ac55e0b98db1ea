package dev.warren.management;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the console's files must not do: make HTML of a text, run a text, keep credentials, use what
 * is known to be wrong in a library, or be too pale to read.
 */
final class ConsoleSourcesTest {
  private static final Path MODULES = Path.of("src/main/resources/web");

  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|unsafeStatic|document\\.write"
              + "|createContextualFragment|DOMParser|srcdoc|javascript:|\\beval\\b|new Function"
              + "|document\\.cookie|sessionStorage|indexedDB|style=|uPlot\\.assign");

  private static List<String> faults(String name, String text) {
    List<String> faults = new ArrayList<>();
    FORBIDDEN.matcher(text).results().forEach(found -> faults.add(name + ": " + found.group()));
    return faults;
  }

  @Test
  void makeNoHtmlOfTexts() throws IOException {
    List<String> faults = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(MODULES)) {
      files = all.filter(file -> file.toString().matches(".*\\.(js|html)")).toList();
    }
    for (Path file : files) {
      faults.addAll(faults(file.toString(), Files.readString(file)));
    }

    assertThat(files).hasSizeGreaterThan(15);
    assertThat(faults).isEmpty();
  }

  @Test
  void areFoundWhenTheyDo() {
    assertThat(faults("x.js", "a.innerHTML = b; uPlot.assign(c, d);"))
        .containsExactly("x.js: innerHTML", "x.js: uPlot.assign");
  }

  private static final Pattern THEME = Pattern.compile(":root[^{]*\\{([^}]*)\\}");
  private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): (#[0-9a-f]{6});");

  /** Text of every theme on what it is written on, as WCAG 2 asks for small text (1.4.3). */
  @Test
  void writeNothingTooPaleToRead() throws IOException {
    List<String> themes =
        THEME
            .matcher(Files.readString(MODULES.resolve("css/base.css")))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(themes).hasSize(3);
    List<String> pale = new ArrayList<>();
    for (String theme : themes) {
      Map<String, String> colours = new HashMap<>();
      COLOUR.matcher(theme).results().forEach(found -> colours.put(found.group(1), found.group(2)));
      for (String ink : List.of("ink", "ink-2", "ink-3", "accent", "warm", "danger")) {
        for (String ground : List.of("paper", "surface", "sunken")) {
          double contrast =
              contrast(requireNonNull(colours.get(ink)), requireNonNull(colours.get(ground)));
          if (contrast < 4.5) {
            pale.add("%s on %s: %.2f".formatted(ink, ground, contrast));
          }
        }
      }
    }
    assertThat(pale).isEmpty();
  }

  private static double contrast(String one, String other) {
    double first = luminance(one) + 0.05;
    double second = luminance(other) + 0.05;
    return Math.max(first, second) / Math.min(first, second);
  }

  private static double luminance(String colour) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double part = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
