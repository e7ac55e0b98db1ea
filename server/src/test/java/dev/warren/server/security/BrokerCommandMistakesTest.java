package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Command lines that are wrong, and brokers that refuse or cannot be reached. */
class BrokerCommandMistakesTest extends BrokerCommands {
  /** What is typed, and what has to be said of it. */
  private static final Map<List<String>, String> MISTAKES =
      Map.ofEntries(
          Map.entry(List.of("list", "queues", "--columns", "name,zork"), "no 'zork'; there are "),
          Map.entry(List.of("list", "users", "--columns", "name.deep"), "no 'name.deep'"),
          Map.entry(List.of("list", "queues", "--sort", "-zork"), "--sort: queues have no 'zork'"),
          Map.entry(List.of("list", "users", "--vhost", "/"), "belong to no virtual host"),
          Map.entry(List.of("list"), "WHAT"),
          Map.entry(List.of("browse", "q", "--limit", "-5"), "'-5' is not a number from 1 to"),
          Map.entry(List.of("browse", "q", "--limit", "0"), "'0' is not a number from 1 to"),
          Map.entry(List.of("get", "q", "--count", "many"), "'many' is not a number from 1 to"),
          Map.entry(List.of("move", "q", "--to-queue", "p"), "or --all for every one"),
          Map.entry(List.of("drop", "q"), "say which messages: --filter, --text or --id"),
          Map.entry(List.of("drop", "q", "--all", "--text", "x"), "three ways to say which"),
          Map.entry(List.of("drop", "q", "--all", "--rate", "0"), "'--rate'"),
          Map.entry(List.of("drop", "q", "--all", "--to-queue", "p"), "--to-queue"),
          Map.entry(List.of("copy", "q", "--all"), "say where to: --to-queue or --to-exchange"),
          Map.entry(
              List.of("copy", "q", "--all", "--to-queue", "p", "--to-exchange", "x"),
              "say where to"),
          Map.entry(List.of("declare"), "Missing required subcommand"),
          Map.entry(List.of("declare", "exchange"), "NAME"),
          Map.entry(List.of("declare", "permissions", "ann", "--read", "x"), "--configure"),
          Map.entry(
              List.of("declare", "vhost-limit", "/", "max-queues", "few"),
              "VALUE: 'few' is not a number"),
          Map.entry(List.of("delete", "queue", "a", "b"), "'b'"),
          Map.entry(List.of("status", "--colums"), "--colums"),
          Map.entry(List.of("definitions", "import", "missing.json"), "cannot be read"),
          Map.entry(List.of("close", "user", "ann", "--reason", "line\nbreak"), "header"));

  @Test
  void endsWith64AndNamesWhatIsWrongAndPrintsNothingElse() {
    MISTAKES.forEach(
        (typed, said) -> {
          assertThat(ends(64, typed.toArray(new String[0]))).as("%s", typed).isEmpty();
          assertThat(err).as("%s", typed).startsWith("warren: ").contains(said);
        });
  }

  @Test
  void saysWhatIsWrongAndEndsAccordingly() throws Exception {
    ends(1, "purge", "missing");
    assertThat(err).isEqualTo("warren: no queue 'missing' in vhost '/'\n");
    ends(1, "declare", "queue", "q", "--type", "nonsense");
    assertThat(err).contains("x-queue-type").contains("nonsense");
    ends(64, "list", "nonsense");
    assertThat(err).contains("queues", "idle-bindings");
    ends(64, "declare", "queue");
    ends(64, "nonsense");
    ends(64, "lst");
    assertThat(err).contains("did you mean list");
    ends(69, Map.of("WARREN_URL", "http://127.0.0.1:1"), "status");
    assertThat(err).startsWith("warren: no broker answers at http://127.0.0.1:1: ");
    ends(64, Map.of("WARREN_URL", "no address"), "status");
    ends(1, Map.of("WARREN_URL", broker.url(), "WARREN_PASSWORD", "wrong"), "status");
    assertThat(err)
        .isEqualTo("warren: the broker does not know this user, or the password is wrong\n");
  }
}
