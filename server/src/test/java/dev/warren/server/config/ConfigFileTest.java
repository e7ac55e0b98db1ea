package dev.warren.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.amqp.ConnectionLimits;
import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  @TempDir Path directory;

  private ServerOptions read(String text) throws IOException {
    return ConfigFile.read(Files.writeString(directory.resolve("warren.yaml"), text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# only a comment\n", "---\n", "{}", "users:\nlimits:\n"})
  void givesDefaultsForWhatIsLeftOut(String text) throws IOException {
    ServerOptions options = read(text);

    assertThat(options.nodeName()).isEqualTo("warren@localhost");
    assertThat(options.dataDirectory()).isEqualTo(directory.resolve("data"));
    assertThat(options.amqp().hosts()).containsExactly("127.0.0.1");
    assertThat(options.amqp().port()).isEqualTo(5672);
    assertThat(options.amqp().maxFrameSize()).isEqualTo(131_072);
    assertThat(options.amqp().bareQueueNames()).isTrue();
    assertThat(options.amqp().rabbitMqIdentity()).isTrue();
    assertThat(options.http())
        .isEqualTo(new ServerOptions.Http("127.0.0.1", 15_672, Set.of(), 1_000));
    assertThat(options.limits().messageBytesMax()).isEqualTo(16 << 20);
    assertThat(options.limits().diskFreeLimitBytes()).isEqualTo(50_000_000);
    assertThat(options.topology())
        .extracting(TopologyDeclaration::virtualHost)
        .containsExactly("/");
    assertThat(options.warnings()).isEmpty();
  }

  @Test
  void letsGuestInFromLoopbackByDefault() throws IOException {
    ServerOptions.Access access = read("").access();

    assertThat(access.users()).extracting(User::name).containsExactly("guest");
    assertThat(access.users().get(0).password().matches("guest")).isTrue();
    assertThat(access.loopbackOnly()).containsExactly("guest");
    assertThat(access.anonymous()).contains("guest");
  }

  @Test
  void hasNoAnonymousUserWhenGuestIsNotAUser() throws IOException {
    ServerOptions.Access access = read("users: [{name: anna, password: '1'}]").access();

    assertThat(access.users()).extracting(User::name).containsExactly("anna");
    assertThat(access.anonymous()).isEmpty();
  }

  @Test
  void turnsAnonymousLoginOff() throws IOException {
    assertThat(read("anonymous-user: none").access().anonymous()).isEmpty();
  }

  @Test
  void takesPasswordHashesAsTheyAre() throws IOException {
    String hash = PasswordHash.compatible("secret").text();

    ServerOptions.Access access =
        read("users: [{name: anna, password-hash: '" + hash + "', tags: [monitoring]}]").access();

    assertThat(access.users()).extracting(User::name).containsExactly("anna");
    assertThat(access.users().get(0).password().text()).isEqualTo(hash);
    assertThat(access.users().get(0).tags()).containsExactly("monitoring");
  }

  @Test
  void readsListenersAndLimitsWithUnits() throws IOException {
    ServerOptions options =
        read(
            """
            node: {name: warren@berlin}
            data: {directory: /var/lib/warren}
            listeners:
              amqp: {host: 0.0.0.0, port: 5673, idle-timeout: 2m, max-frame-size: 64KiB,
                     sessions-max: 8, links-max: 16, bare-queue-names: false,
                     rabbitmq-identity: false}
              http: {host: "::1", port: 0}
            journal: {segment-size: 1MiB, pending-max: 0.5GB}
            limits: {max-message-size: 200kB, payload-memory: 1.5MiB, memory-limit-ratio: 1,
                     link-credit: 10, parked-per-publisher: 20, disk-free-limit: 0,
                     transaction-operations: 5, transaction-size: 7kB,
                     transactions-per-connection: 8, transactions-per-user: 9,
                     transactions-per-node: 10,
                     transaction-timeout: 1m}
            """);

    assertThat(options.nodeName()).isEqualTo("warren@berlin");
    assertThat(options.dataDirectory()).isEqualTo(Path.of("/var/lib/warren"));
    assertThat(options.amqp())
        .isEqualTo(
            new ServerOptions.Amqp(
                List.of("0.0.0.0"),
                5673,
                false,
                120_000,
                65_536,
                8,
                16,
                10_000,
                3000,
                1 << 20,
                false,
                false));
    assertThat(options.http()).isEqualTo(new ServerOptions.Http("::1", 0, Set.of(), 1_000));
    assertThat(options.journal())
        .isEqualTo(new ServerOptions.JournalLimits(1 << 20, 500_000_000L, false));
    assertThat(options.limits())
        .isEqualTo(
            new ServerOptions.Limits(
                200_000,
                10,
                20,
                1_572_864,
                0,
                1.0,
                new TransactionLimits(5, 7000, 8, 9, 10, 60_000),
                new ServerOptions.SuspendedLinks(86_400_000, 1000, 100, 2000, 100_000),
                1_800_000,
                50_000,
                PublishRate.NONE,
                new ConnectionLimits(2048, 50_000, 64 << 20, 2000, 10_000)));
  }

  @Test
  void takesOneAddressOrSeveralAndWhatComesWithThem() throws IOException {
    ServerOptions options =
        read(
            """
            listeners:
              amqp: {host: [127.0.0.1, "::1"], proxy-protocol: required}
              websocket: {host: "::", port: 15678, on-http-port: false, origins: ["https://a.example"]}
            trace: {users: [guest], addresses: ["::1"], payload: 1KiB}
            """);

    assertThat(options.amqp().hosts()).containsExactly("127.0.0.1", "::1");
    assertThat(options.amqp().proxyProtocol()).isTrue();
    assertThat(options.webSocket())
        .isEqualTo(
            new ServerOptions.WebSocket(
                List.of("::"), Optional.of(15_678), false, false, Set.of("https://a.example")));
    assertThat(options.trace())
        .isEqualTo(new ServerOptions.Trace(Set.of("guest"), Set.of("::1"), 1024));
    ServerOptions defaults = read("listeners: {amqp: {proxy-protocol: off}}");
    assertThat(defaults.amqp().proxyProtocol()).isFalse();
    assertThat(defaults.webSocket())
        .isEqualTo(
            new ServerOptions.WebSocket(
                List.of("127.0.0.1"), Optional.empty(), false, true, Set.of()));
  }

  @Test
  void mapsQueueKeysToArguments() throws IOException {
    TopologyDeclaration host =
        read("""
                virtual-hosts:
                  - name: /
                    queues:
                      - name: jobs
                        type: quorum
                        message-ttl: 30s
                        max-length: 10
                        max-length-bytes: 1KiB
                        overflow: reject-publish
                        dead-letter-exchange: ""
                        dead-letter-routing-key: jobs.dead
                        delivery-limit: -1
                        arguments: {my-own: [1, two, {three: 3.0}]}
                """)
            .topology()
            .get(0);

    assertThat(host.queues()).hasSize(1);
    assertThat(host.queues().get(0).arguments())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "x-queue-type",
                "quorum",
                "x-message-ttl",
                30_000L,
                "x-max-length",
                10L,
                "x-max-length-bytes",
                1024L,
                "x-overflow",
                "reject-publish",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "jobs.dead",
                "x-delivery-limit",
                -1L,
                "my-own",
                List.of(1L, "two", Map.of("three", 3.0))));
  }

  @Test
  void readsBindingsToQueuesAndExchanges() throws IOException {
    TopologyDeclaration host =
        read("""
                virtual-hosts:
                  - name: shop
                    exchanges:
                      - {name: orders, type: topic, alternate-exchange: lost}
                      - {name: lost, type: fanout, durable: false, internal: true}
                    queues: [{name: q, durable: false, auto-delete: true}]
                    bindings:
                      - {source: orders, queue: q, key: "a.*.#"}
                      - {source: orders, exchange: lost}
                      - {source: amq.match, queue: q, arguments: {x-match: any, a: 1, b: null}}
                """)
            .topology()
            .get(0);

    assertThat(host.exchanges())
        .containsExactly(
            new TopologyDeclaration.Exchange(
                "orders", "topic", true, false, false, Map.of("alternate-exchange", "lost")),
            new TopologyDeclaration.Exchange("lost", "fanout", false, false, true, Map.of()));
    assertThat(host.queues())
        .containsExactly(new TopologyDeclaration.Queue("q", false, true, Map.of()));
    assertThat(host.bindings().subList(0, 2))
        .containsExactly(
            new TopologyDeclaration.Binding("orders", "q", true, "a.*.#", Map.of()),
            new TopologyDeclaration.Binding("orders", "lost", false, "", Map.of()));
    assertThat(host.bindings().get(2).arguments())
        .containsEntry("x-match", "any")
        .containsEntry("a", 1L)
        .containsEntry("b", null);
  }

  @Test
  void warnsOfArgumentsWithoutEffect() throws IOException {
    ServerOptions options =
        read(
            """
            virtual-hosts:
              - name: /
                queues:
                  - {name: q, arguments: {x-consumer-disconnected-timeout: 5, x-max-lenght: 5, other: 1}}
            """);

    assertThat(options.warnings())
        .containsExactly(
            "virtual-hosts[0].queues[0].arguments.x-consumer-disconnected-timeout: accepted and"
                + " shown, but it has no effect in this version",
            "virtual-hosts[0].queues[0].arguments.x-max-lenght: not an argument Warren knows, it"
                + " is kept and has no effect; did you mean \"x-max-length\"?");
  }

  @Test
  void replacesWhatTheCommandLineNames() throws IOException {
    ServerOptions options =
        read("")
            .with(
                new ServerOptions.Overrides(
                    Optional.of(Path.of("elsewhere")),
                    Optional.of(1),
                    Optional.of(2),
                    Optional.empty(),
                    false));

    assertThat(options.dataDirectory()).isEqualTo(Path.of("elsewhere").toAbsolutePath());
    assertThat(options.amqp().port()).isEqualTo(1);
    assertThat(options.http().port()).isEqualTo(2);
    assertThat(read("").with(ServerOptions.Overrides.NONE).dataDirectory())
        .isEqualTo(directory.resolve("data"));
  }

  @Test
  void keepsPasswordsOutOfText() throws IOException {
    assertThat(read("users: [{name: anna, password: hunter2}]").toString())
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config/warren.yaml",
        "config/examples/minimal.yaml",
        "config/examples/bench.yaml",
        "config/examples/routing.yaml"
      })
  void readsEveryFileThatIsShipped(String file) {
    ServerOptions options = ConfigFile.read(Repository.root().resolve(file));

    assertThat(options.warnings()).isEmpty();
    assertThat(options.topology()).isNotEmpty();
    assertThat(options.dataDirectory().toString())
        .startsWith(Repository.root().resolve("data").toString());
  }

  @Test
  void refusesAMissingFile() {
    assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(directory.resolve("none.yaml") + ": no such file");
  }

  @Test
  void refusesBytesThatAreNotText() throws IOException {
    Path file = Files.write(directory.resolve("warren.yaml"), new byte[] {'a', ':', (byte) 0xff});

    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("expected text in UTF-8");
  }

  @Test
  void refusesAFileBeyondItsBound() throws IOException {
    Path file = Files.writeString(directory.resolve("warren.yaml"), "#".repeat((16 << 20) + 1));

    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("found 16777217 bytes, expected 16777216 at most");
  }
}
