package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Nothing is built upon a version that is known to be vulnerable, as far as the list beside this
 * class knows: a build must not need the network to say so.
 */
class VulnerableVersionsTest {
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[\\w.]*?)(?:[.-]Final)?\\.jar");

  private record Artifact(String name, String version) {}

  private record Vulnerability(
      String artifact, String from, String fixed, String cve, String what) {
    boolean concerns(Artifact found) {
      return found.name().startsWith(artifact)
          && compare(found.version(), from) >= 0
          && compare(found.version(), fixed) < 0;
    }

    String of(Artifact found) {
      return "%s (%s): found %s %s, expected %s or later"
          .formatted(cve, what, found.name(), found.version(), fixed);
    }
  }

  private static List<Vulnerability> known() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            VulnerableVersionsTest.class.getResourceAsStream("vulnerable-versions.csv"))) {
      List<Vulnerability> known = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split(",", 5);
          known.add(new Vulnerability(fields[0], fields[1], fields[2], fields[3], fields[4]));
        }
      }
      return known;
    }
  }

  private static List<Artifact> classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<Artifact> artifacts = new ArrayList<>();
    for (String entry : path.split(Pattern.quote(File.pathSeparator), -1)) {
      Matcher jar = JAR.matcher(new File(entry).getName());
      if (jar.matches()) {
        artifacts.add(new Artifact(jar.group(1), jar.group(2)));
      }
    }
    return artifacts;
  }

  private static List<String> faults(List<Artifact> artifacts) throws IOException {
    List<String> faults = new ArrayList<>();
    for (Vulnerability vulnerability : known()) {
      for (Artifact artifact : artifacts) {
        if (vulnerability.concerns(artifact)) {
          faults.add(vulnerability.of(artifact));
        }
      }
    }
    return faults;
  }

  /** By numbers from the left; what is no number counts as none. */
  private static int compare(String left, String right) {
    String[] a = left.split("[.-]", -1);
    String[] b = right.split("[.-]", -1);
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      int difference = Integer.compare(number(a, i), number(b, i));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private static int number(String[] parts, int index) {
    return index < parts.length && parts[index].matches("\\d{1,9}")
        ? Integer.parseInt(parts[index])
        : 0;
  }

  @Test
  void nothingOnTheClassPathIsKnownToBeVulnerable() throws IOException {
    List<Artifact> artifacts = classPath();

    assertThat(artifacts)
        .extracting(Artifact::name)
        .contains("vertx-core", "proton-j", "netty-handler", "jackson-databind", "logback-core");
    assertThat(faults(artifacts)).isEmpty();
  }

  @Test
  void namesWhatIsVulnerableAndWhatIsNeeded() throws IOException {
    assertThat(
            faults(
                List.of(
                    new Artifact("snakeyaml", "1.33"),
                    new Artifact("snakeyaml", "2.0"),
                    new Artifact("netty-codec-http", "4.2.4"),
                    new Artifact("netty-codec-http", "4.2.5"),
                    new Artifact("logback-core", "1.5.18"))))
        .containsExactly(
            "CVE-2022-1471 (code run by a tag): found snakeyaml 1.33, expected 2.0 or later",
            "CVE-2025-11226 (code run by a condition in a configuration file): found logback-core"
                + " 1.5.18, expected 1.5.19 or later",
            "CVE-2025-58056 (requests smuggled by chunk extensions): found netty-codec-http 4.2.4,"
                + " expected 4.2.5 or later");
  }
}
