package dev.warren.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configuration files that are to cost the broker its memory or its time: each is refused with
 * file, line and column, and reading it allocates little more than the file is long.
 */
@Timeout(30)
class HostileConfigTest {
  private static final long MIB = 1 << 20;
  private static final int ENTRIES = 20_000;

  @TempDir Path directory;

  /** A file, how much may be allocated for it beside 16 octets for each of its own, the error. */
  private record Bomb(String name, String yaml, long mebibytes, String error) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bomb> bombs() {
    return Stream.of(
        new Bomb("billion laughs in lists", laughs("[", ", ", "]"), 16, "2:\\d+: .*alias.*"),
        new Bomb("billion laughs in keys", laughs("{a: ", ", b: ", "}"), 16, "2:\\d+: .*alias.*"),
        new Bomb("a list that holds itself", "node: &a [*a]", 16, "1:11: .*alias.*"),
        new Bomb(
            "merges of merges",
            "base: &b {x: 1}\nnode: {<<: *b, name: n}",
            16,
            "1:1: base: .*unknown.*|2:\\d+: .*alias.*"),
        new Bomb("aliases by the thousand", aliases(), 32, "1:\\d+: .*"),
        new Bomb("keys again and again", duplicates(), 64, "3:3: node.name: .*a second time.*"),
        new Bomb("different keys by the thousand", keys(), 400, "2:3: node.k0: .*"),
        new Bomb("nested lists", "node: " + "[".repeat(1_000_000), 16, "1:\\d+: .*[Nn]est.*"),
        new Bomb("nested maps", "node: " + "{a: ".repeat(250_000), 16, "1:\\d+: .*[Nn]est.*"),
        new Bomb("nested blocks", blocks(), 16, "\\d+:\\d+: .*[Nn]est.*"),
        new Bomb("nested keys", "? ".repeat(100_000), 16, "\\d+:\\d+: .*"),
        new Bomb("tags by the thousand", "node: " + "!!a ".repeat(ENTRIES), 16, "1:\\d+: .*"),
        new Bomb("a huge tag", "node: !" + "a".repeat(2 << 20) + " b", 16, "1:\\d+: .*"),
        new Bomb("a huge anchor", "node: &" + "a".repeat(2 << 20) + " b", 16, "1:\\d+: .*"),
        new Bomb("an object of a class", "node: !!java.net.URL [x]", 16, "1:\\d+: .*"),
        new Bomb("a number of a megabyte", number("9"), 16, "2:\\d+: .*"),
        new Bomb("a number in sixties", number("1" + ":59".repeat(9)), 16, "2:\\d+: .*"),
        new Bomb("an exponent of billions", port("1e2147483647"), 16, "3:11: .*port.*"),
        new Bomb("a hexadecimal of a megabyte", port("0x" + "f".repeat(2 << 20)), 64, "3:\\d+: .*"),
        new Bomb(
            "a duration of billions",
            "limits:\n  max-message-size: 1e999999999MiB",
            16,
            "2:21: .*"),
        new Bomb("documents by the thousand", "---\n".repeat(100_000), 16, "\\d+:\\d+: .*"),
        new Bomb(
            "a string without an end", "node:\n  name: \"" + "x".repeat(2 << 20), 16, "2:\\d+: .*"),
        new Bomb(
            "escapes", "node:\n  name: \"" + "\\U0001F600".repeat(ENTRIES) + "\"", 16, "2:9: .*"));
  }

  /** Nine levels of ten of the one before: 10^9 values if they were written out. */
  private static String laughs(String open, String between, String close) {
    StringBuilder yaml = new StringBuilder("l0: &l0 lol\n");
    for (int level = 1; level < 10; level++) {
      String before = "*l" + (level - 1);
      yaml.append("l").append(level).append(": &l").append(level).append(' ').append(open);
      yaml.append(
          open.equals("[") ? (before + between).repeat(9) + before : before + between + before);
      yaml.append(close).append('\n');
    }
    return yaml.toString();
  }

  private static String aliases() {
    return "node: [&a x" + ", *a".repeat(ENTRIES) + "]";
  }

  private static String duplicates() {
    return "node:\n" + "  name: n\n".repeat(ENTRIES);
  }

  private static String keys() {
    StringBuilder yaml = new StringBuilder("node:\n");
    for (int i = 0; i < ENTRIES; i++) {
      yaml.append("  k").append(i).append(": 1\n");
    }
    return yaml.toString();
  }

  private static String blocks() {
    StringBuilder yaml = new StringBuilder();
    for (int depth = 0; depth < 1_000; depth++) {
      yaml.append(" ".repeat(depth)).append("a:\n");
    }
    return yaml.toString();
  }

  private static String number(String digits) {
    return port(digits.repeat((2 << 20) / digits.length())).replace("\n    ", " ");
  }

  private static String port(String value) {
    return "listeners:\n  amqp:\n    port: " + value;
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void isRefusedWithLineAndColumnAndCostsLittle(Bomb bomb) throws IOException {
    Path file = Files.writeString(directory.resolve("warren.yaml"), bomb.yaml());
    long before = allocated();
    List<String> errors = refused(file);
    long cost = allocated() - before;

    assertThat(errors)
        .anyMatch(error -> error.matches("\\Q" + file + ":\\E(" + bomb.error() + ")"));
    assertThat(errors).hasSizeLessThanOrEqualTo(ConfigErrors.ERRORS_MAX + 1);
    assertThat(errors).allMatch(error -> error.length() < 1_000);
    System.out.printf(
        "figures: %s: file %d KiB, allocated %.1f MiB%n",
        bomb, bomb.yaml().length() / 1024, cost / (double) MIB);
    assertThat(cost).isLessThan(bomb.mebibytes() * MIB + 16L * bomb.yaml().length());
  }

  @Test
  void doesNotReadAFileOfAHundredMebibytes() throws IOException {
    Path file = directory.resolve("warren.yaml");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.write("node:\n".getBytes(StandardCharsets.UTF_8));
      large.setLength(100 * MIB);
    }
    long before = allocated();

    assertThat(refused(file))
        .containsExactly(file + ": found 104857600 bytes, expected 16777216 at most");
    assertThat(allocated() - before).isLessThan(MIB);
  }

  @Test
  void doesNotReadWhatIsNoFile() {
    assertThat(refused(Path.of("/dev/zero"))).containsExactly("/dev/zero: no such file");
    assertThat(refused(directory)).containsExactly(directory + ": no such file");
  }

  private static List<String> refused(Path file) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file));
    assertThat(refused).isNotNull();
    return refused.errors();
  }

  /** Octets this thread has allocated so far. */
  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
