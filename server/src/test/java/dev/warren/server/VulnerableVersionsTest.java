package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Nothing is built upon a version that is known to be vulnerable, as far as the list beside this
 * class knows: a build must not need the network to say so.
 */
class VulnerableVersionsTest {
  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[\\w.]*?)(?:[.-]Final)?\\.jar");

  private static final String KNOWN = "vulnerable-versions.csv";
  private static final String ACCEPTED = "accepted-vulnerabilities.csv";

  private record Artifact(String name, String version) {}

  /** A vulnerable version that is shipped nevertheless. */
  private record Acceptance(Artifact artifact, String cve) {}

  private record Vulnerability(
      String artifact, String from, String fixed, String cve, String what) {
    boolean concerns(Artifact found) {
      return isNamed(found.name())
          && compare(found.version(), from) >= 0
          && compare(found.version(), fixed) < 0;
    }

    private boolean isNamed(String name) {
      return artifact.endsWith("*")
          ? name.startsWith(artifact.substring(0, artifact.length() - 1))
          : name.equals(artifact);
    }

    String of(Artifact found) {
      return "%s (%s): found %s %s, expected %s or later"
          .formatted(cve, what, found.name(), found.version(), fixed);
    }
  }

  /** The lines of a list as their fields. */
  private static List<String[]> lines(String file, int fields) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(VulnerableVersionsTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(",", fields))
          .toList();
    }
  }

  private static List<Vulnerability> known() throws IOException {
    return lines(KNOWN, 5).stream()
        .map(line -> new Vulnerability(line[0], line[1], line[2], line[3], line[4]))
        .toList();
  }

  private static List<Acceptance> accepted() throws IOException {
    return lines(ACCEPTED, 4).stream()
        .map(line -> new Acceptance(new Artifact(line[0], line[1]), line[2]))
        .toList();
  }

  private static String[] classPathEntries() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return path.split(Pattern.quote(File.pathSeparator), -1);
  }

  private static List<Artifact> classPath() {
    List<Artifact> artifacts = new ArrayList<>();
    for (String entry : classPathEntries()) {
      Matcher jar = JAR.matcher(new File(entry).getName());
      if (jar.matches()) {
        artifacts.add(new Artifact(jar.group(1), jar.group(2)));
      }
    }
    return artifacts;
  }

  private static List<String> faults(
      List<Artifact> artifacts, List<Vulnerability> known, List<Acceptance> accepted) {
    List<String> faults = new ArrayList<>();
    for (Vulnerability vulnerability : known) {
      for (Artifact artifact : artifacts) {
        if (vulnerability.concerns(artifact)
            && !accepted.contains(new Acceptance(artifact, vulnerability.cve()))) {
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
        .contains(
            "vertx-core",
            "proton-j",
            "netty-handler",
            "jackson-databind",
            "snakeyaml",
            "nimbus-jose-jwt",
            "picocli",
            "slf4j-api",
            "lit-html",
            "uplot",
            "logback-core");
    assertThat(faults(artifacts, known(), accepted())).isEmpty();
  }

  @Test
  void acceptsNothingThatIsNotThereAnyMore() throws IOException {
    List<Artifact> artifacts = classPath();
    for (Acceptance acceptance : accepted()) {
      assertThat(artifacts).contains(acceptance.artifact());
      assertThat(known())
          .as(acceptance.toString())
          .anyMatch(
              vulnerability ->
                  vulnerability.cve().equals(acceptance.cve())
                      && vulnerability.concerns(acceptance.artifact()));
    }
  }

  @Test
  void noClassIsInTwoJars() throws IOException {
    Map<String, String> jarOf = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (String entry : classPathEntries()) {
      if (entry.endsWith(".jar")) {
        try (JarFile jar = new JarFile(entry)) {
          for (JarEntry file : Collections.list(jar.entries())) {
            String name = file.getName();
            if (name.endsWith(".class") && !name.matches("(META-INF/.*|module-info.class)")) {
              String other = jarOf.put(name, entry);
              if (other != null) {
                twice.add(name + " in " + other + " and " + entry);
              }
            }
          }
        }
      }
    }

    assertThat(jarOf).containsKey("io/vertx/core/Vertx.class");
    assertThat(twice).isEmpty();
  }

  @Test
  void failsForWhatIsShippedWhenAListNamesIt() {
    String shipped =
        classPath().stream()
            .filter(artifact -> artifact.name().equals("proton-j"))
            .map(Artifact::version)
            .findFirst()
            .orElseThrow();

    assertThat(
            faults(
                classPath(),
                List.of(new Vulnerability("proton-j", "0.1", "999.0", "CVE-0000-0", "made up")),
                List.of()))
        .containsExactly(
            "CVE-0000-0 (made up): found proton-j " + shipped + ", expected 999.0 or later");
  }

  @Test
  void namesWhatIsVulnerableAndWhatIsNeeded() throws IOException {
    assertThat(
            faults(
                List.of(
                    new Artifact("snakeyaml", "1.33"),
                    new Artifact("snakeyaml", "2.0"),
                    new Artifact("vertx-core", "5.0.11"),
                    new Artifact("vertx-core", "5.0.12"),
                    new Artifact("netty-codec-dns", "4.2.17"),
                    new Artifact("uplot", "1.6.30"),
                    new Artifact("uplot", "1.6.29")),
                known(),
                accepted()))
        .containsExactlyInAnyOrder(
            "CVE-2022-1471 (code run by a tag): found snakeyaml 1.33, expected 2.0 or later",
            "CVE-2026-6860 (memory used up by names of servers in TLS): found vertx-core 5.0.11,"
                + " expected 5.0.12 or later",
            "netty 4.2.18 (30 advisories published without numbers): found netty-codec-dns 4.2.17,"
                + " expected 4.2.18 or later",
            "CVE-2024-21489 (prototypes changed by keys given to uPlot.assign): found uplot"
                + " 1.6.29, expected 1.6.31 or later");
  }
}
