package dev.warren.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way a file can be wrong, and the exact line the operator reads. */
class ConfigErrorsTest {
  @TempDir Path directory;

  /** A file and all errors it has, each without the name of the file. */
  record Case(String name, String yaml, List<String> errors) {
    Case(String name, String yaml, String... errors) {
      this(name, yaml, List.of(errors));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A file whose first virtual host goes on with these lines. */
  private static String host(String lines) {
    return "virtual-hosts:\n- name: /\n" + lines.indent(2);
  }

  static List<Case> general() {
    return Stream.of(keysAndTypes(), valuesAndRanges()).flatMap(List::stream).toList();
  }

  private static List<Case> keysAndTypes() {
    return List.of(
        new Case(
            "unknown key",
            "limit: {}",
            "1:1: limit: found an unknown key, expected one of node, data, listeners, journal, trace,"
                + " limits, audit, users, anonymous-user, loopback-users, virtual-hosts, tls, login; did you mean"
                + " \"limits\"?"),
        new Case(
            "unknown key in a section",
            "listeners:\n  amqp:\n    prot: 1",
            "3:5: listeners.amqp.prot: found an unknown key, expected one of host, port,"
                + " proxy-protocol, idle-timeout, max-frame-size, sessions-max, links-max, handshake-timeout,"
                + " login-failure-delay, outbound-buffer, bare-queue-names, rabbitmq-identity, tls; did you mean"
                + " \"port\"?"),
        new Case(
            "every site as origin",
            "listeners: {http: {cors-origins: [\"*\"]}}",
            "1:35: listeners.http.cors-origins[0]: found the text \"*\", expected an origin such as"
                + " https://shop.example:8443, without a path"),
        new Case(
            "unknown key without a neighbour",
            "node: {zzzzzz: 1}",
            "1:8: node.zzzzzz: found an unknown key, expected one of name"),
        new Case(
            "a key twice",
            "node:\n  name: a\n  name: b",
            "3:3: node.name: found the key a second time, expected it once only (first at line"
                + " 2)"),
        new Case(
            "text for a number",
            "listeners: {amqp: {port: five}}",
            "1:26: listeners.amqp.port: found the text \"five\", expected a whole number from 0 to"
                + " 65535"),
        new Case(
            "number out of range",
            "listeners: {http: {port: 65536}}",
            "1:26: listeners.http.port: found the number 65536, expected a whole number from 0 to"
                + " 65535"),
        new Case(
            "number beyond 64 bits",
            "listeners: {http: {port: 99999999999999999999}}",
            "1:26: listeners.http.port: found the number 99999999999999999999, expected a whole"
                + " number from 0 to 65535"),
        new Case(
            "number for text",
            "node: {name: 7}",
            "1:14: node.name: found the number 7, expected the node's name (text of 1 to 255"
                + " bytes); put it in quotes"),
        new Case(
            "nothing for text",
            "node: {name: }",
            "1:13: node.name: found nothing, expected the node's name (text of 1 to 255 bytes)"),
        new Case(
            "text for a truth value",
            "listeners: {amqp: {bare-queue-names: yes}}",
            "1:38: listeners.amqp.bare-queue-names: found the text \"yes\", expected true or"
                + " false"),
        new Case(
            "unknown unit",
            "limits: {payload-memory: 64Mi}",
            "1:26: limits.payload-memory: found the text \"64Mi\", expected a size such as 64MiB"
                + " or 50MB, from 1MiB to 1TiB"));
  }

  private static List<Case> valuesAndRanges() {
    return List.of(
        new Case(
            "a fraction of a byte",
            "limits: {disk-free-limit: 0.5B}",
            "1:27: limits.disk-free-limit: found the text \"0.5B\", expected a size such as 64MiB"
                + " or 50MB, from 0B to 1024TiB"),
        new Case(
            "time out of range",
            "listeners: {amqp: {idle-timeout: 10ms}}",
            "1:34: listeners.amqp.idle-timeout: found the text \"10ms\", expected a time such as"
                + " 500ms, 30s, 5m, 1h or 7d (a number alone is milliseconds), from 1s to 1h"),
        new Case(
            "ratio out of range",
            "limits: {memory-limit-ratio: 1.1}",
            "1:30: limits.memory-limit-ratio: found the number 1.1, expected a number from 0.1 to"
                + " 1.0"),
        new Case(
            "a list for a mapping",
            "listeners: [1]",
            "1:12: listeners: found a list, expected a mapping with the keys of listeners"),
        new Case(
            "a mapping for a list",
            "users: {name: a}",
            "1:8: users: found a mapping, expected a list of mappings, each with the keys of a"
                + " user"),
        new Case(
            "text for a mapping in a list",
            "users: [anna]",
            "1:9: users[0]: found the text \"anna\", expected a mapping with the keys of a user"),
        new Case(
            "a list as the file",
            "- a",
            "1:1: found a list, expected a mapping with the keys of the file"),
        new Case(
            "message larger than the journal takes",
            "journal: {segment-size: 1MiB}\nlimits: {max-message-size: 257KiB}",
            "2:28: limits.max-message-size: found 257KiB, expected a quarter of"
                + " journal.segment-size at most: 256KiB"),
        new Case(
            "segment that is no multiple of a page",
            "journal: {segment-size: 100000001}",
            "1:25: journal.segment-size: found 100000001 bytes, expected a multiple of 4KiB"),
        new Case(
            "several errors at once, in the order of the file",
            "node: {nam: a}\nlisteners:\n  amqp: {port: x}\n  http: {port: y}",
            "1:8: node.nam: found an unknown key, expected one of name; did you mean \"name\"?",
            "3:16: listeners.amqp.port: found the text \"x\", expected a whole number from 0 to"
                + " 65535",
            "4:16: listeners.http.port: found the text \"y\", expected a whole number from 0 to"
                + " 65535"));
  }

  static List<Case> yaml() {
    return List.of(
        new Case(
            "a tab",
            "node:\n\tname: a",
            "2:1: not YAML: found character '\\t(TAB)' that"
                + " cannot start any token. (Do not use \\t(TAB) for indentation)"),
        new Case(
            "an open bracket",
            "users: [",
            "1:9: not YAML: expected the node content, but found '<stream end>'"),
        new Case(
            "wrong indentation",
            "node:\n  name: a\n users: []",
            "3:2: not YAML: expected <block end>, but found '<block mapping start>'"),
        new Case(
            "a second document",
            "node:\n  name: a\n---\nnode:\n",
            "4:1: found a second document, expected the end of the file"),
        new Case(
            "an alias",
            "node: &n {name: a}\ndata: *n",
            "2:7: data: found an alias (*n), expected the value itself, written out",
            "2:7: data: found the text \"n\", expected a mapping with the keys of data"),
        new Case(
            "nested too deep",
            "a: " + "[".repeat(17) + "]".repeat(17),
            "1:19: nested more than 16 deep"));
  }

  static List<Case> topology() {
    return Stream.of(virtualHostsAndExchanges(), bindings()).flatMap(List::stream).toList();
  }

  private static List<Case> virtualHostsAndExchanges() {
    return List.of(
        new Case(
            "no virtual host",
            "virtual-hosts: []",
            "1:16: virtual-hosts: found an empty list, expected at least one virtual host"),
        new Case(
            "virtual host without name",
            "virtual-hosts: [{queues: []}]",
            "1:17: virtual-hosts[0].name: found nothing, expected a name (text of 1 to 255 bytes):"
                + " the key is required"),
        new Case(
            "a virtual host twice",
            "virtual-hosts:\n- name: /\n- name: /",
            "3:9: virtual-hosts[1].name: found the virtual host \"/\" a second time, expected a"
                + " name of its own"),
        new Case(
            "a queue twice",
            host("queues:\n- name: a\n- name: a"),
            "5:11: virtual-hosts[0].queues[1].name: found the queue \"a\" a second time, expected"
                + " a name of its own (first at line 4)"),
        new Case(
            "an exchange twice",
            host("exchanges:\n- {name: a, type: topic}\n- {name: a, type: direct}"),
            "5:12: virtual-hosts[0].exchanges[1].name: found the exchange \"a\" a second time,"
                + " expected a name of its own (first at line 4)"),
        new Case(
            "a binding twice",
            host(
                "queues: [{name: q}]\nbindings:\n- {source: amq.topic, queue: q, key: k}\n"
                    + "- {queue: q, key: k, source: amq.topic}"),
            "6:5: virtual-hosts[0].bindings[1]: found the same binding a second time, expected it"
                + " once only (first at line 5)"),
        new Case(
            "reserved names",
            host("exchanges: [{name: amq.x, type: topic}]\nqueues: [{name: amq.q}]"),
            "3:22: virtual-hosts[0].exchanges[0].name: found the name \"amq.x\", expected one that"
                + " does not begin with amq., which is reserved",
            "4:19: virtual-hosts[0].queues[0].name: found the name \"amq.q\", expected one that"
                + " does not begin with amq., which is reserved"),
        new Case(
            "the default exchange",
            host("queues: [{name: q}]\nbindings: [{source: '', queue: q}]"),
            "4:23: virtual-hosts[0].bindings[0].source: found the text \"\", expected the name of"
                + " an exchange (text of 1 to 255 bytes)"),
        new Case(
            "unknown exchange type",
            host("exchanges: [{name: a, type: topc}]"),
            "3:31: virtual-hosts[0].exchanges[0].type: found the text \"topc\", expected one of"
                + " direct, fanout, topic, headers; did you mean \"topic\"?"),
        new Case(
            "exchange without type",
            host("exchanges: [{name: a}]"),
            "3:15: virtual-hosts[0].exchanges[0].type: found nothing, expected one of direct,"
                + " fanout, topic, headers: the key is required"));
  }

  private static List<Case> bindings() {
    return List.of(
        new Case(
            "binding from an unknown exchange",
            host("queues: [{name: q}]\nbindings: [{source: amq.topik, queue: q}]"),
            "4:23: virtual-hosts[0].bindings[0].source: found the exchange \"amq.topik\", which"
                + " this virtual host does not have, expected the name of one it has; did you mean"
                + " \"amq.topic\"?"),
        new Case(
            "binding to an unknown queue",
            host("queues: [{name: email}]\nbindings: [{source: amq.topic, queue: e-mail}]"),
            "4:41: virtual-hosts[0].bindings[0].queue: found the queue \"e-mail\", which this"
                + " virtual host does not have, expected the name of one it has; did you mean"
                + " \"email\"?"),
        new Case(
            "binding to an unknown exchange",
            host("bindings: [{source: amq.topic, exchange: zzz}]"),
            "3:44: virtual-hosts[0].bindings[0].exchange: found the exchange \"zzz\", which this"
                + " virtual host does not have, expected the name of one it has"),
        new Case(
            "binding to a queue of another virtual host",
            "virtual-hosts:\n- {name: a, queues: [{name: q}]}\n- name: b\n  bindings:"
                + " [{source: amq.topic, queue: q}]",
            "4:41: virtual-hosts[1].bindings[0].queue: found the queue \"q\", which this virtual"
                + " host does not have, expected the name of one it has"),
        new Case(
            "unknown alternate exchange",
            host(
                "exchanges:\n- {name: a, type: topic, alternate-exchange: b}\n"
                    + "- {name: c, type: topic, arguments: {alternate-exchange: d}}"),
            "4:48: virtual-hosts[0].exchanges[0].alternate-exchange: found the exchange \"b\","
                + " which this virtual host does not have, expected the name of one it has; did you"
                + " mean \"a\"?",
            "5:60: virtual-hosts[0].exchanges[1].arguments.alternate-exchange: found the exchange"
                + " \"d\", which this virtual host does not have, expected the name of one it has;"
                + " did you mean \"a\"?"),
        new Case(
            "binding without destination, and with two",
            host(
                "queues: [{name: q}]\nbindings:\n- {source: amq.topic}\n"
                    + "- {source: amq.topic, queue: q, exchange: amq.direct}"),
            "5:5: virtual-hosts[0].bindings[0]: found no destination, expected either queue or"
                + " exchange",
            "6:5: virtual-hosts[0].bindings[1]: found both queue and exchange, expected either"
                + " queue or exchange"),
        new Case(
            "three # in a topic pattern",
            host("queues: [{name: q}]\nbindings: [{source: amq.topic, queue: q, key: '#.a.#.#'}]"),
            "4:49: virtual-hosts[0].bindings[0].key: found 3 words #, expected at most 2"),
        new Case(
            "unknown x-match",
            host(
                "queues: [{name: q}]\n"
                    + "bindings: [{source: amq.headers, queue: q, arguments: {x-match: some}}]"),
            "4:67: virtual-hosts[0].bindings[0].arguments.x-match: found the text \"some\","
                + " expected one of all, any, all-with-x, any-with-x"),
        new Case(
            "key too long",
            host(
                "queues: [{name: q}]\nbindings: [{source: amq.topic, queue: q, key: "
                    + "ü".repeat(128)
                    + "}]"),
            "4:49: virtual-hosts[0].bindings[0].key: found the text \""
                + "ü".repeat(60)
                + "…\", expected a binding key (text of 0 to 255 bytes)"));
  }

  static List<Case> queues() {
    return Stream.of(queueNamesAndTypes(), queueArguments()).flatMap(List::stream).toList();
  }

  private static List<Case> queueNamesAndTypes() {
    String at = "virtual-hosts[0].queues[0]";
    return List.of(
        new Case(
            "exclusive queue",
            host("queues: [{name: q, exclusive: true}]"),
            "3:22: "
                + at
                + ".exclusive: found a key that cannot be used here: an exclusive queue"
                + " belongs to one connection, so no file can declare it"),
        new Case(
            "argument of the wrong type",
            host("queues: [{name: q, arguments: {x-max-length: many}}]"),
            "3:48: "
                + at
                + ".arguments.x-max-length: found the text \"many\", expected a whole"
                + " number, 0 or more"),
        new Case(
            "argument out of range",
            host("queues: [{name: q, arguments: {x-message-ttl: -1}}]"),
            "3:49: "
                + at
                + ".arguments.x-message-ttl: found the number -1, expected a whole"
                + " number from 0 to 315360000000"),
        new Case(
            "stream",
            host("queues: [{name: q, arguments: {x-queue-type: stream}}]"),
            "3:48: "
                + at
                + ".arguments.x-queue-type: found the text \"stream\", expected one of"
                + " classic, quorum"),
        new Case(
            "argument of streams",
            host("queues: [{name: q, arguments: {x-max-age: 7D}}]"),
            "3:45: "
                + at
                + ".arguments.x-max-age: found the text \"7D\", expected it left out:"
                + " streams are not supported"),
        new Case(
            "lazy queue",
            host("queues: [{name: q, arguments: {x-queue-mode: lazy}}]"),
            "3:48: "
                + at
                + ".arguments.x-queue-mode: found the text \"lazy\", expected it left"
                + " out: RabbitMQ 4.3 removed it"));
  }

  private static List<Case> queueArguments() {
    String at = "virtual-hosts[0].queues[0]";
    return List.of(
        new Case(
            "key and argument for the same",
            host("queues: [{name: q, max-length: 5, arguments: {x-max-length: 5}}]"),
            "3:34: "
                + at
                + ".max-length: found both this key and the argument x-max-length,"
                + " expected one of them"),
        new Case(
            "dead letter routing key alone",
            host("queues: [{name: q, dead-letter-routing-key: k}]"),
            "3:47: "
                + at
                + ".x-dead-letter-routing-key: found k, expected a dead letter exchange"
                + " beside it"),
        new Case(
            "at-least-once without reject-publish",
            host("queues: [{name: q, arguments: {x-dead-letter-strategy: at-least-once}}]"),
            "3:58: "
                + at
                + ".x-dead-letter-strategy: found at-least-once, expected overflow"
                + " reject-publish beside at-least-once"),
        new Case(
            "delayed retry without and with a bad range",
            host(
                "queues:\n- {name: q, arguments: {x-delayed-retry-type: all}}\n- {name: r,"
                    + " arguments: {x-delayed-retry-min: 5, x-delayed-retry-max: 4}}"),
            "4:49: "
                + at
                + ".x-delayed-retry-type: found all, expected x-delayed-retry-min beside"
                + " it",
            "5:72: virtual-hosts[0].queues[1].x-delayed-retry-max: found 4, expected"
                + " x-delayed-retry-min or more"),
        new Case(
            "quorum queue that is not durable",
            host("queues: [{name: q, type: quorum, durable: false}]"),
            "3:28: "
                + at
                + ".x-queue-type: found quorum, expected classic: a quorum queue is"
                + " durable and not auto-delete"));
  }

  @ParameterizedTest
  @MethodSource({"general", "yaml", "topology", "queues"})
  void tellsFileLineColumnPathAndWhatWasExpected(Case wrong) throws IOException {
    assertThat(errors(wrong.yaml())).isEqualTo(wrong.errors());
  }

  @Test
  void doesNotExpandAliases() throws IOException {
    StringBuilder bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (char name = 'b'; name < 'm'; name++) {
      String before = "*" + (char) (name - 1);
      bomb.append(name + ": &" + name + " [" + (before + ", ").repeat(9) + before + "]\n");
    }

    assertThat(errors(bomb.toString())).anySatisfy(e -> assertThat(e).contains("found an alias"));
  }

  @Test
  void refusesMoreValuesThanAnyConfigurationHas() throws IOException {
    String text = "node: [" + "0,\n".repeat(YamlReader.VALUES_MAX) + "0]";

    assertThat(errors(text))
        .containsExactly((YamlReader.VALUES_MAX - 1) + ":1: more than 500000 values");
  }

  @Test
  void refusesNestingBeforeItCostsAnything() throws IOException {
    for (String open : List.of("[", "{a: ", "- ")) {
      List<String> errors = errors("node:\n  " + open.repeat(200_000));

      assertThat(errors).hasSize(1);
      assertThat(errors.get(0)).matches("2:\\d+: .*(nested|[Nn]esting).*");
    }
  }

  @Test
  void refusesHugeScalarsWithoutRepeatingThem() throws IOException {
    String huge = "x".repeat(1_000_000);

    assertThat(errors("node:\n  name: " + huge))
        .containsExactly(
            "2:9: node.name: found the text \""
                + "x".repeat(60)
                + "…\", expected the node's name (text of 1 to 255 bytes)");
    assertThat(errors(huge + ": 1").toString()).hasSizeLessThan(1000);
    assertThat(errors("? " + huge + "\n: 1"))
        .containsExactly("1:3: a key of more than 1024 characters");
    assertThat(errors("node:\n  name: a\n  ? [a]\n  : 1")).hasSize(1);
  }

  @Test
  void refusesEndlessLinesBeforeTheyCostAnything() throws IOException {
    String endless = "x".repeat(YamlReader.LINE_CHARACTERS_MAX - 8);

    assertThat(errors("node:\n  name: " + endless)).hasSize(1).allMatch(e -> e.startsWith("2:9"));
    assertThat(errors("node:\n  name: " + endless + "x"))
        .containsExactly("2:1: a line of more than 1048576 characters");
  }

  @Test
  void stopsCountingAfterAHundred() throws IOException {
    StringBuilder text = new StringBuilder("node:\n");
    for (int i = 0; i < 150; i++) {
      text.append("  wrong").append(i).append(": 1\n");
    }

    List<String> errors = errors(text.toString());

    assertThat(errors).hasSize(101);
    assertThat(errors.get(100)).isEqualTo(" and 50 more errors");
  }

  private List<String> errors(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("warren.yaml"), yaml);
    ConfigException wrong =
        catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file));
    assertThat(wrong).isNotNull();
    return wrong.errors().stream()
        .map(error -> error.substring(file.toString().length() + 1))
        .toList();
  }
}
