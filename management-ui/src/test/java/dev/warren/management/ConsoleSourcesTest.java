package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the console's modules must not do: make HTML of a text, run a text, keep credentials, or use
 * what is known to be wrong in a library.
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
}
