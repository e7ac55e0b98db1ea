package dev.warren.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages follow the catalogue; {@code -Dwarren.rewrite} writes them anew. */
class ConfigReferenceTest {

  @Test
  void pageForPeopleIsThatOfTheCatalogue() throws IOException {
    check(Repository.root().resolve("docs/config.md"), ConfigReference.markdown());
  }

  @Test
  void schemaForEditorsIsThatOfTheCatalogue() throws IOException {
    check(Repository.root().resolve("config/warren.schema.json"), ConfigReference.schema());
  }

  private static void check(Path file, String expected) throws IOException {
    if (System.getProperty("warren.rewrite") != null) {
      Files.writeString(file, expected);
    }
    assertThat(file)
        .as(
            "run: mvn -pl server -am test -Dtest=ConfigReferenceTest -Dwarren.rewrite"
                + " -Dsurefire.failIfNoSpecifiedTests=false")
        .content()
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("dev.warren.server.config.ConfigKey#all")
  void everyKeyIsDescribedAndItsDefaultIsAllowed(ConfigKey key) {
    assertThat(key.doc()).endsWith(".");
    assertThat(key.keyName()).matches("[a-z]+(-[a-z]+)*");
    assertThat(key.section().key(key.keyName())).contains(key);
    if (key.hasDefault()) {
      assertThat(SectionValues.defaultOf(key)).isNotNull();
    }
  }

  @Test
  void noSectionHasAKeyTwice() {
    for (ConfigSection section : ConfigSection.values()) {
      Set<String> names = new HashSet<>();
      section.keys().forEach(key -> assertThat(names.add(key.keyName())).isTrue());
      assertThat(names).isNotEmpty();
    }
  }
}
