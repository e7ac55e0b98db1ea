package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.server.security.HttpPermissionTable.Case;
import dev.warren.server.security.HttpPermissionTable.Host;
import dev.warren.server.security.HttpPermissionTable.Level;
import dev.warren.server.security.HttpPermissionTable.Need;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every endpoint of the HTTP API with every tag and every combination of permissions: allowed, or
 * refused with the exact status and text. Generated from {@link HttpPermissionTable}, which has to
 * name every endpoint the broker has.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpPermissionMatrixTest {
  private static final List<String> TAGS =
      List.of("none", "management", "policymaker", "monitoring", "administrator");

  /** Configure, write and read as letters; the last one may not even enter. */
  private static final List<String> GRANTS =
      List.of("cwr", "cw-", "c-r", "c--", "-wr", "-w-", "--r", "---", "out");

  private HttpBroker broker;

  /** A user with a tag and permissions in the virtual host {@code m}. */
  private record Person(String tag, String grants) {
    String name() {
      return tag + "." + grants;
    }

    boolean mayEnter() {
      return !grants.equals("out");
    }

    boolean has(String permission) {
      return mayEnter() && grants.indexOf(permission.charAt(0)) >= 0;
    }
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}, {name: m}]");
    broker.must("PUT", "/users/victim", "{\"tags\":\"\"}");
    for (String tag : TAGS) {
      for (String grants : GRANTS) {
        add(new Person(tag, grants));
      }
    }
    broker.must(
        "PUT", "/permissions/m/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
    broker.must("PUT", "/exchanges/m/x", "{\"type\":\"topic\"}");
    broker.must("PUT", "/exchanges/m/ae", "{\"type\":\"topic\"}");
    broker.must(
        "PUT",
        "/exchanges/m/with-ae",
        "{\"type\":\"fanout\",\"arguments\":{\"alternate-exchange\":\"ae\"}}");
    broker.must("PUT", "/queues/m/q", "");
    broker.must("PUT", "/queues/m/dead", "{\"arguments\":{\"x-dead-letter-exchange\":\"ae\"}}");
    broker.must("POST", "/bindings/m/e/x/q/q", "{\"routing_key\":\"k\"}");
  }

  private void add(Person person) {
    String hash = broker.get("/auth/hash_password/" + person.name()).path("ok").asText();
    broker.must(
        "PUT",
        "/users/" + person.name(),
        "{\"password_hash\":\"" + hash + "\",\"tags\":\"" + person.tag() + "\"}");
    if (person.mayEnter()) {
      broker.must(
          "PUT",
          "/permissions/m/" + person.name(),
          "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"%s\"}"
              .formatted(pattern(person, "c"), pattern(person, "w"), pattern(person, "r")));
    }
  }

  private static String pattern(Person person, String permission) {
    return person.has(permission) ? ".*" : "^$";
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void namesEveryEndpoint() {
    Set<String> named =
        HttpPermissionTable.CASES.stream().map(Case::route).collect(Collectors.toSet());
    assertThat(new TreeSet<>(broker.wiring().httpEndpoints()))
        .as("a new endpoint needs a line in HttpPermissionTable")
        .isEqualTo(new TreeSet<>(named));
  }

  @Test
  void allowsAndRefusesAsTheTableSays() {
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Case tested : HttpPermissionTable.CASES) {
      for (Person person : people(tested)) {
        tried++;
        check(tested, person, wrong);
      }
    }
    assertThat(wrong).as("of %s requests", tried).isEmpty();
    assertThat(tried).isGreaterThan(700);
  }

  /** Permissions are varied where they could make a difference. */
  private static List<Person> people(Case tested) {
    List<Person> people = new ArrayList<>();
    for (String tag : TAGS) {
      for (String grants : GRANTS) {
        if (tested.host() != Host.NONE || grants.equals("cwr") || grants.equals("out")) {
          people.add(new Person(tag, grants));
        }
      }
    }
    return people;
  }

  private void check(Case tested, Person person, List<String> wrong) {
    String refusal = refusal(tested, person);
    int status = refusal.isEmpty() ? tested.status() : 401;
    if (refusal.isEmpty() && !tested.before().isEmpty()) {
      broker.must(tested.before().get(0), tested.before().get(1), tested.before().get(2));
    }
    HttpResponse<String> response =
        broker.send(person.name(), tested.method(), tested.path(), tested.body());
    String what =
        person.name() + " " + tested.method() + " " + tested.path() + ": expected " + status;
    if (response.statusCode() != status) {
      wrong.add(what + " " + refusal + ", was " + response.statusCode() + " " + response.body());
    } else if (!refusal.isEmpty() && !refusal.equals(reason(response))) {
      wrong.add(what + " " + refusal + ", was " + response.body());
    } else if (refusal.isEmpty() && tested.host() == Host.LIST) {
      boolean isSeen = response.body().contains("\"m\"");
      if (isSeen != sees(person)) {
        wrong.add(what + ", and the virtual host " + (isSeen ? "is" : "is not") + " in the list");
      }
    }
  }

  private static String reason(HttpResponse<String> response) {
    return HttpBroker.json(response).path("error").asText().equals("not_authorized")
        ? HttpBroker.json(response).path("reason").asText()
        : "another error";
  }

  /** The expected refusal, or an empty text. */
  private static String refusal(Case tested, Person person) {
    if (person.tag().equals("none")) {
      return Level.MANAGEMENT.refusal;
    }
    if (!tested.level().tags.contains(person.tag())) {
      return tested.level().refusal;
    }
    boolean isOutside =
        switch (tested.host()) {
          case NONE, LIST -> false;
          case SEE -> !sees(person);
          case WORK -> !person.mayEnter();
        };
    if (isOutside) {
      return "User not authorised to access virtual host";
    }
    for (Need need : tested.needs()) {
      if (!person.has(need.permission())) {
        return "%s access to %s '%s' in vhost 'm' refused for user '%s'"
            .formatted(need.permission(), need.kind(), need.name(), person.name());
      }
    }
    return "";
  }

  private static boolean sees(Person person) {
    return person.mayEnter() || Level.MONITORING.tags.contains(person.tag());
  }

  @Test
  void asksForCredentialsEverywhere() {
    for (Case tested : HttpPermissionTable.CASES) {
      HttpResponse<String> response =
          broker.send("unknown", tested.method(), tested.path(), tested.body());
      assertThat(response.statusCode()).as(tested.route()).isEqualTo(401);
    }
  }

  @Test
  void checksTheKeysOfTopicExchanges() {
    String user = "management.cwr";
    broker.must(
        "PUT",
        "/topic-permissions/m/" + user,
        "{\"exchange\":\"x\",\"write\":\"^w\\\\.\",\"read\":\"^r\\\\.\"}");
    try {
      for (String key : List.of("w.a", "r.a")) {
        HttpResponse<String> published =
            broker.send(
                user,
                "POST",
                "/exchanges/m/x/publish",
                "{\"routing_key\":\""
                    + key
                    + "\",\"payload\":\"\",\"payload_encoding\":\"string\",\"properties\":{}}");
        expect(published, key.startsWith("w") ? 200 : 401, "write", key);
        HttpResponse<String> bound =
            broker.send(user, "POST", "/bindings/m/e/x/q/q", "{\"routing_key\":\"" + key + "\"}");
        expect(bound, key.startsWith("r") ? 201 : 401, "read", key);
        // Other exchanges have other rules, and queues are bound by their own name.
        HttpResponse<String> elsewhere =
            broker.send(user, "POST", "/bindings/m/e/ae/q/q", "{\"routing_key\":\"" + key + "\"}");
        expect(elsewhere, 201, "read", key);
      }
    } finally {
      broker.must("DELETE", "/topic-permissions/m/" + user, "");
    }
  }

  private static void expect(
      HttpResponse<String> response, int status, String permission, String key) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    if (status == 401) {
      assertThat(reason(response))
          .isEqualTo(
              "%s access to topic '%s' in exchange 'x' in vhost 'm' refused for user '%s'"
                  .formatted(permission, key, "management.cwr"));
    }
  }

  @Test
  void answersCurlTheSame() throws Exception {
    assertThat(curl("management.--r", "PUT", "/queues/m/q"))
        .isEqualTo(
            "{\"error\":\"not_authorized\",\"reason\":\"configure access to queue 'q' in vhost"
                + " 'm' refused for user 'management.--r'\"}401");
    assertThat(curl("management.cwr", "PUT", "/queues/m/q")).isEqualTo("204");
    assertThat(curl("management.cwr", "GET", "/users"))
        .isEqualTo("{\"error\":\"not_authorized\",\"reason\":\"Not administrator user\"}401");
    assertThat(curl("monitoring.out", "GET", "/queues/m/q/bindings")).endsWith("200");
    assertThat(curl("none.cwr", "GET", "/whoami"))
        .isEqualTo("{\"error\":\"not_authorized\",\"reason\":\"Not management user\"}401");
  }

  /** The body, followed by the status. */
  private String curl(String user, String method, String path) throws Exception {
    Process process =
        new ProcessBuilder(
                "curl",
                "--silent",
                "--max-time",
                "20",
                "--user",
                user + ":" + user,
                "--request",
                method,
                "--write-out",
                "%{http_code}",
                broker.url() + "/api" + path)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
