package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.server.cli.Terminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sub-commands show: help, tables on a terminal, progress, completion. */
class BrokerCommandDisplayTest extends BrokerCommands {
  private static final List<String> GROUPS =
      List.of("show", "declare", "delete", "mendings", "close", "definitions");

  /** The words that complete a command line, as bash finds them. */
  private List<String> completed(String... words) throws Exception {
    Path script = Files.writeString(directory.resolve("completion"), runs("completion"));
    String typed = "'warren' '" + String.join("' '", words) + "'";
    Process bash =
        new ProcessBuilder(
                "bash",
                "--noprofile",
                "--norc",
                "-c",
                // Bash has this only while somebody presses the key.
                "source '%s'; compopt() { :; }; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_warren;"
                        .formatted(script, typed, words.length)
                    + " printf '%s\\n' \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();
    String found = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(found).isZero();
    return found.lines().map(String::trim).toList();
  }

  @Test
  void completesCommandLinesInBash() throws Exception {
    assertThat(completed("")).contains("status", "mendings", "journal");
    assertThat(completed("sta")).containsExactly("status");
    assertThat(completed("list", "id")).containsExactly("idle-bindings");
    assertThat(completed("declare", "queue", "--tr")).containsExactly("--transient");
    assertThat(completed("health", "al")).containsExactly("alarms");
  }

  @Test
  void showsAnExampleAndTheVersionForEachSubcommand() throws Exception {
    for (String name : completed("")) {
      if (GROUPS.contains(name)) {
        for (String below : completed(name, "")) {
          helps(name, below);
        }
      } else if (!List.of("journal", "tls-dev").contains(name)) {
        helps(name);
      }
    }
  }

  private void helps(String... words) {
    List<String> typed = new ArrayList<>(List.of(words));
    typed.add("-h");
    String name = String.join(" ", words);
    assertThat(runs(typed.toArray(new String[0])))
        .startsWith("Usage: warren " + name)
        .contains("\nExample: warren " + name);
    typed.set(words.length, "-V");
    assertThat(runs(typed.toArray(new String[0]))).isEqualTo("Warren 1.2.3\n");
  }

  @Test
  void cutsTablesToTheTerminalAndNowhereElse() {
    String name = "a".repeat(200);
    runs("declare", "queue", name);

    assertThat(runs("list", "queues")).contains(name);
    terminal = new Terminal(72, false, false);
    assertThat(runs("list", "queues").lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(72))
        .anySatisfy(line -> assertThat(line).contains("aaa\u2026"));
  }

  @Test
  void cutsNeitherIdsNorTimesNorNumbers() throws Exception {
    fill();
    String id = json(runs("browse", "videos", "--json")).at("/0/id").asText();

    terminal = new Terminal(40, false, false);
    assertThat(runs("browse", "videos", "--limit", "1"))
        .containsPattern(id + "  20[0-9-]{8}T[0-9:]{8}Z  ")
        .contains("video n\u2026");
  }

  @Test
  void alignsNumbersToTheRightAndTellsTimesToTheSecond() {
    fill();

    assertThat(runs("list", "queues", "--columns", "name,messages"))
        .isEqualTo("NAME    MESSAGES\nother          0\nvideos         6\n");
    assertThat(runs("browse", "videos", "--limit", "1"))
        .containsPattern("  20[0-9-]{8}T[0-9:]{8}Z  uploads ");
  }

  @Test
  void showsNothingThatATerminalWouldObey() {
    runs("declare", "queue", "q");
    runs("publish", "amq.default", "--key", "q", "bad\u202ename");

    // What turns the order of characters; the broker itself tells control characters in hex.
    assertThat(runs("browse", "q")).contains("bad\u00b7name");
  }

  @Test
  void tellsHowFarAMendingIsIfSomebodyWatches() {
    fill();
    runs("copy", "videos", "--all", "--to-queue", "other");
    assertThat(err).isEmpty();

    // Slowly, so that it is not over with the answer to the order.
    terminal = new Terminal(80, true, false);
    assertThat(
            runs("copy", "videos", "--all", "--to-queue", "other", "--rate", "1", "--limit", "2"))
        .isEqualTo("done: 2 messages\n");
    assertThat(err)
        .containsPattern("\r\u001b\\[Kcopy videos: [0-2] of 2 \\([0-9]+ %\\), ")
        .endsWith("\r\u001b[K");
  }
}
