package dev.warren.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.TopicPermissions;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users, permissions and settings of virtual hosts as a file declares them. */
class AccessConfigTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PASSWORD", "from outside", "E", "");
  private static final String ONE_OF_FOUR =
      "one of password, password-hash, password-env and password-file";

  @TempDir Path directory;

  private ServerOptions read(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("warren.yaml"), yaml);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return ConfigFile.read(file, ENVIRONMENT);
  }

  private List<String> errors(String yaml) {
    ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> read(yaml));
    assertThat(wrong).isNotNull();
    int prefix = directory.resolve("warren.yaml").toString().length() + 1;
    return wrong.errors().stream().map(error -> error.substring(prefix)).toList();
  }

  private static User only(ServerOptions options) {
    assertThat(options.access().users()).hasSize(1);
    return options.access().users().get(0);
  }

  @Test
  void guestMayDoEverythingInTheFilesVirtualHostsAndIsNotOfTheFile() throws IOException {
    ServerOptions options = read("virtual-hosts: [{name: /}, {name: shop}]");

    assertThat(only(options).name()).isEqualTo("guest");
    assertThat(only(options).declaredInFile()).isFalse();
    assertThat(only(options).password().matches("guest")).isTrue();
    assertThat(options.access().permissions())
        .containsExactly(
            new PutPermissions("/", "guest", Permissions.ALL),
            new PutPermissions("shop", "guest", Permissions.ALL));
  }

  @Test
  void userOfTheFileHasThePermissionsThatAreWrittenAndNoOthers() throws IOException {
    ServerOptions options =
        read(
            """
            virtual-hosts: [{name: /}, {name: shop}]
            users:
              - name: anna
                password: secret
                tags: [monitoring]
                limits: {max-connections: 5, max-sessions: 7}
                permissions:
                  - {virtual-host: shop, configure: "", write: "^orders", read: ".*"}
                topic-permissions:
                  - {virtual-host: shop, exchange: orders, write: "^{username}\\\\.", read: ""}
              - {name: bert, password: other}
            """);

    User anna = options.access().users().get(0);
    assertThat(anna.declaredInFile()).isTrue();
    assertThat(anna.tags()).containsExactly("monitoring");
    assertThat(anna.limits()).isEqualTo(new UserLimits(5, 7));
    assertThat(options.access().users().get(1).limits()).isEqualTo(UserLimits.NONE);
    assertThat(options.access().permissions())
        .containsExactly(
            new PutPermissions("shop", "anna", Permissions.of("", "^orders", ".*")),
            new PutTopicPermissions(
                "shop", "anna", "orders", new TopicPermissions("^{username}\\.", "")));
    assertThat(options.warnings()).isEmpty();
  }

  @Test
  void passwordInClearIsGoodForBothKindsOfLogin() throws IOException {
    PasswordHash password = only(read("users: [{name: anna, password: secret}]")).password();

    assertThat(password.matches("secret")).isTrue();
    assertThat(password.matches("Secret")).isFalse();
    assertThat(password.scram().orElseThrow().matches("secret")).isTrue();
    assertThat(password.toString()).doesNotContain("secret");
  }

  @Test
  void passwordMayBeInTheEnvironment() throws IOException {
    User user = only(read("users: [{name: anna, password-env: PASSWORD}]"));

    assertThat(user.password().matches("from outside")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"in a file", "in a file\n", "in a file\r\n"})
  void passwordMayBeInAFileBesideTheConfiguration(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("anna.txt"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    ServerOptions options = read("users: [{name: anna, password-file: anna.txt}]");

    assertThat(only(options).password().matches("in a file")).isTrue();
    assertThat(options.warnings()).isEmpty();
  }

  @Test
  void warnsOfPasswordsThatEverybodyCanRead() throws IOException {
    Path secret = Files.writeString(directory.resolve("anna.txt"), "hunter2");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    Path file =
        Files.writeString(
            directory.resolve("open.yaml"),
            """
            users:
              - {name: anna, password-file: anna.txt}
              - {name: bert, password: hunter3}
              - {name: carl, password: hunter4}
            """);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    List<String> warnings = ConfigFile.read(file, ENVIRONMENT).warnings();

    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .isEqualTo("users[0].password-file: everybody on this machine can read " + secret);
    assertThat(warnings.get(1))
        .startsWith("users: there are passwords in clear, and everybody on this machine can read ");
    assertThat(warnings.toString()).doesNotContain("hunter");
  }

  @Test
  void publicPasswordOfGuestIsNoSecretToWarnOf() throws IOException {
    Path file =
        Files.writeString(directory.resolve("open.yaml"), "users: [{name: g, password: guest}]");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(ConfigFile.read(file, ENVIRONMENT).warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rabbit_password_hashing_sha512 AQIDBHX0I0DH0mA3n0RvSZ5mR5x9jF4gFHVUrfhJ6PZd0GqOQ0fuL2Fqhf2"
            + "mIcBTEkJ9xJq9pYUrBxMDvPw8jy0FPn4=",
        "rabbit_password_hashing_md5 AQIDBAECAwQBAgMEAQIDBAECAwQ="
      })
  void takesHashesOfTheKindThatIsNamed(String kindAndHash) throws IOException {
    String[] parts = kindAndHash.split(" ", -1);

    User user =
        only(
            read(
                "users: [{name: anna, password-hash: '%s', hashing-algorithm: %s}]"
                    .formatted(parts[1], parts[0])));

    assertThat(user.password().text()).isEqualTo(parts[1]);
    assertThat(user.password().algorithm()).isEqualTo(parts[0]);
  }

  @Test
  void takesAStrongHashAndNone() throws IOException {
    String strong = PasswordHash.strong("secret").text();

    ServerOptions options =
        read(
            """
            users:
              - {name: anna, password-hash: "%s", hashing-algorithm: warren_password_hashing_scram}
              - {name: machine, password-hash: ""}
            """
                .formatted(strong));

    assertThat(options.access().users().get(0).password().text()).isEqualTo(strong);
    assertThat(options.access().users().get(1).password()).isEqualTo(PasswordHash.NONE);
  }

  @Test
  void virtualHostHasTheSettingsOfTheFileIfItNamesAny() throws IOException {
    List<TopologyDeclaration> hosts =
        read("""
                virtual-hosts:
                  - name: /
                  - name: shop
                    description: what is sold
                    tags: [a, b]
                    default-queue-type: quorum
                    limits: {max-connections: 10, max-queues: 20}
                    protected-from-deletion: true
                  - {name: third, limits: {max-queues: 0}}
                """)
            .topology();

    assertThat(hosts)
        .extracting(TopologyDeclaration::settings)
        .containsExactly(
            Optional.empty(),
            Optional.of(
                new VirtualHostSettings(
                    "what is sold",
                    List.of("a", "b"),
                    "quorum",
                    true,
                    false,
                    new VirtualHostLimits(10, 20))),
            Optional.of(VirtualHostSettings.DEFAULTS.with(new VirtualHostLimits(-1, 0))));
  }

  @Test
  void warnsOfUsersItCannotKnow() throws IOException {
    ServerOptions options = read("anonymous-user: visitor\nloopback-users: [guest, anna]");

    assertThat(options.access().anonymous()).contains("visitor");
    assertThat(options.warnings())
        .containsExactly(
            "loopback-users[1]: this file has no user \"anna\"",
            "anonymous-user: this file has no user \"visitor\"");
  }

  static List<ConfigErrorsTest.Case> passwords() {
    return List.of(
        new ConfigErrorsTest.Case(
            "user without name and password",
            "users: [{}]",
            "1:9: users[0].name: found nothing, expected a name (text of 1 to 255 bytes): the key"
                + " is required",
            "1:9: users[0]: found no password, expected " + ONE_OF_FOUR),
        new ConfigErrorsTest.Case(
            "password and hash",
            "users:\n- name: a\n  password: x\n  password-hash: abc",
            "4:18: users[0].password-hash: found password and password-hash, expected one of them"),
        new ConfigErrorsTest.Case(
            "all four",
            "users: [{name: a, password-file: x, password-env: x, password-hash: x, password: x}]",
            "1:69: users[0].password-hash: found password and password-hash and password-env and"
                + " password-file, expected one of them"),
        new ConfigErrorsTest.Case(
            "password that is a number, not repeated",
            "users:\n- name: a\n  password: 31337",
            "2:3: users[0]: found no password, expected " + ONE_OF_FOUR,
            "3:13: users[0].password: found the number, expected a password (text, in quotes)"),
        new ConfigErrorsTest.Case(
            "empty password",
            "users:\n- name: a\n  password: ''",
            "2:3: users[0]: found no password, expected " + ONE_OF_FOUR,
            "3:13: users[0].password: found the text, expected a password (text, in quotes)"),
        new ConfigErrorsTest.Case(
            "hash that is not base64, not repeated",
            "users:\n- name: a\n  password-hash: '#!'",
            "3:18: users[0].password-hash: found a password hash that is not base64"),
        new ConfigErrorsTest.Case(
            "hash of another algorithm, not repeated",
            "users:\n- {name: a, password-hash: 'AAAA'}",
            "2:28: users[0].password-hash: found a password hash of 3 bytes: 36 were expected for"
                + " rabbit_password_hashing_sha256"),
        new ConfigErrorsTest.Case(
            "algorithm without hash",
            "users:\n- {name: a, password: b, hashing-algorithm: rabbit_password_hashing_md5}",
            "2:45: users[0].hashing-algorithm: found it beside password, expected it only beside"
                + " password-hash"),
        new ConfigErrorsTest.Case(
            "variables that are not set or empty",
            "users:\n- {name: a, password-env: NOT_SET}\n- {name: b, password-env: E}",
            "2:27: users[0].password-env: found the environment variable NOT_SET, which is not set"
                + " or empty, expected one that holds the password",
            "3:27: users[1].password-env: found the environment variable E, which is not set or"
                + " empty, expected one that holds the password"));
  }

  static List<ConfigErrorsTest.Case> users() {
    return List.of(
        new ConfigErrorsTest.Case(
            "unknown tag",
            "users:\n- {name: a, password: b, tags: [adminstrator]}",
            "2:33: users[0].tags[0]: found the text \"adminstrator\", expected one of"
                + " administrator, monitoring, policymaker, management, impersonator; did you mean"
                + " \"administrator\"?"),
        new ConfigErrorsTest.Case(
            "a user twice",
            "users:\n- {name: a, password: b}\n- {name: a, password: c}",
            "3:10: users[1].name: found the user \"a\" a second time, expected a name of its own"),
        new ConfigErrorsTest.Case(
            "unknown anonymous user",
            "anonymous-user: gest\nusers: [{name: guest, password: b}]",
            "1:17: anonymous-user: found the user \"gest\", who is not among users, expected the"
                + " name of one who is; did you mean \"guest\"?"),
        new ConfigErrorsTest.Case(
            "unknown loopback user",
            "loopback-users: [guest, anna]\nusers: [{name: guest, password: b}]",
            "1:25: loopback-users[1]: found the user \"anna\", who is not among users, expected"
                + " the name of one who is"),
        new ConfigErrorsTest.Case(
            "limit below none",
            "users: [{name: a, password: b, limits: {max-connections: -2}}]",
            "1:58: users[0].limits.max-connections: found the number -2, expected a whole number"
                + " from -1 to 2147483647"),
        new ConfigErrorsTest.Case(
            "more queues than the limit",
            "virtual-hosts:\n- {name: /, queues: [{name: a}, {name: b}], limits: {max-queues: 1}}",
            "2:66: virtual-hosts[0].limits.max-queues: found 1, expected at least the 2 queues this"
                + " virtual host has here"));
  }

  private static String permission(String yaml) {
    return "users:\n- name: a\n  password: b\n  permissions:\n  - " + yaml;
  }

  static List<ConfigErrorsTest.Case> permissions() {
    String at = "users[0].permissions[0]";
    return List.of(
        new ConfigErrorsTest.Case(
            "permission with parts missing",
            permission("{virtual-host: /, read: '.*'}"),
            "5:5: "
                + at
                + ".configure: found nothing, expected a regular expression (text of 0 to 4096"
                + " bytes): the key is required",
            "5:5: "
                + at
                + ".write: found nothing, expected a regular expression (text of 0 to 4096 bytes):"
                + " the key is required"),
        new ConfigErrorsTest.Case(
            "virtual host that is not there",
            permission("{virtual-host: shopp, configure: '', write: '', read: ''}")
                + "\nvirtual-hosts: [{name: shop}]",
            "5:20: "
                + at
                + ".virtual-host: found the virtual host \"shopp\", which this file does not have,"
                + " expected the name of one it has; did you mean \"shop\"?"),
        new ConfigErrorsTest.Case(
            "bad regular expressions with their position",
            permission("{virtual-host: /, configure: 'a(b', write: 'x[', read: '*'}"),
            "5:34: "
                + at
                + ".configure: 'a(b' is not a regular expression: Unclosed group near"
                + " character 3",
            "5:48: "
                + at
                + ".write: 'x[' is not a regular expression: Unclosed character class near"
                + " character 1",
            "5:60: "
                + at
                + ".read: '*' is not a regular expression: Dangling meta character '*'"
                + " near character 0"),
        new ConfigErrorsTest.Case(
            "the same virtual host twice",
            permission("{virtual-host: /, configure: '', write: '', read: ''}")
                + "\n  - {virtual-host: /, configure: '', write: '', read: ''}",
            "6:20: users[0].permissions[1].virtual-host: found permissions for the same a second"
                + " time, expected them once only (first at line 5)"),
        new ConfigErrorsTest.Case(
            "topic permissions",
            """
            users:
            - name: a
              password: b
              topic-permissions:
              - {virtual-host: /, exchange: x, write: '{username}(', read: ''}
              - {virtual-host: /, exchange: x, write: '', read: '('}
              - {virtual-host: /, exchange: y, write: ''}
            """,
            "5:43: users[0].topic-permissions[0].write: 'x(' is not a regular expression: Unclosed"
                + " group near character 2",
            "6:20: users[0].topic-permissions[1].virtual-host: found permissions for the same a"
                + " second time, expected them once only (first at line 5)",
            "6:53: users[0].topic-permissions[1].read: '(' is not a regular expression: Unclosed"
                + " group near character 1",
            "7:5: users[0].topic-permissions[2].read: found nothing, expected a regular expression"
                + " (text of 0 to 4096 bytes): the key is required"));
  }

  @ParameterizedTest
  @MethodSource({"passwords", "users", "permissions"})
  void tellsFileLineColumnPathAndWhatWasExpected(ConfigErrorsTest.Case wrong) {
    assertThat(errors(wrong.yaml())).isEqualTo(wrong.errors());
  }

  @Test
  void refusesPasswordFilesThatAreNotOne() throws IOException {
    Files.writeString(directory.resolve("empty"), "\n");
    Files.writeString(directory.resolve("lines"), "hunter2\nhunter3\n");
    Files.writeString(directory.resolve("long"), "h".repeat(PasswordReader.FILE_BYTES_MAX + 1));
    Files.write(directory.resolve("bytes"), new byte[] {'h', (byte) 0xff});

    for (Map.Entry<String, String> wrong :
        Map.of(
                "none", "no file at " + directory.resolve("none"),
                ".", "no file at " + directory,
                "empty", "nothing in " + directory.resolve("empty"),
                "lines", "several lines in " + directory.resolve("lines"),
                "long", "more than 4096 bytes in " + directory.resolve("long"),
                "bytes", "other bytes than text in UTF-8")
            .entrySet()) {
      assertThat(errors("users: [{name: a, password-file: " + wrong.getKey() + "}]"))
          .containsExactly(
              "1:34: users[0].password-file: found "
                  + wrong.getValue()
                  + ", expected a file with the password in one line");
    }
  }
}
