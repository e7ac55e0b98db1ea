package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How definitions come in: as a form with a file, as a trial, and as an export with a tag. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpImportTest {
  private static final String FORM = "multipart/form-data; boundary=XyZ";

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}, {name: shop}]");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private static String part(String disposition, String content) {
    return "--XyZ\r\nContent-Disposition: form-data; "
        + disposition
        + "\r\n\r\n"
        + content
        + "\r\n";
  }

  private HttpResponse<String> upload(String path, String... parts) {
    return broker.send(
        "guest", "POST", path, String.join("", parts) + "--XyZ--\r\n", "content-type", FORM);
  }

  private static String reason(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    return HttpBroker.json(response).path("reason").asText();
  }

  private static String queue(String name) {
    return "{\"queues\": [{\"name\": \"" + name + "\", \"durable\": true}]}";
  }

  @Test
  void takesTheFileOfAForm() {
    HttpResponse<String> response =
        upload(
            "/definitions",
            part("name=\"other\"", "x"),
            part(
                "name=\"file\"; filename=\"defs.json\"\r\nContent-Type: application/json",
                queue("uploaded")));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    assertThat(broker.status("GET", "/queues/%2F/uploaded", "")).isEqualTo(200);

    // Of one virtual host, in a field that is no file.
    upload("/definitions/shop", part("name=\"file\"", queue("uploaded")));
    assertThat(broker.status("GET", "/queues/shop/uploaded", "")).isEqualTo(200);
  }

  @Test
  void namesTheFileIfAFormIsOfNoUse() {
    assertThat(reason(upload("/definitions", part("name=\"other\"", "{}"))))
        .isEqualTo("file: the form has no complete part of this name");
    assertThat(reason(upload("/definitions", part("name=\"file\"; filename=\"a\"", "{\"a\":"))))
        .startsWith("file: the body is not JSON");
    assertThat(reason(upload("/definitions", part("name=\"file\"; filename=\"a\"", ""))))
        .isEqualTo("file: it is empty");
    String file = part("name=\"file\"; filename=\"a\"", "{}");
    assertThat(reason(upload("/definitions", file, file)))
        .isEqualTo("file: there is more than one");
    assertThat(
            reason(
                broker.send(
                    "guest", "POST", "/definitions", "{}", "content-type", "multipart/form-data")))
        .startsWith("file: a content-type");
    assertThat(reason(broker.send("guest", "POST", "/definitions", "cut", "content-type", FORM)))
        .startsWith("file: ");
    String many = part("name=\"a\"", "").repeat(1000);
    assertThat(reason(upload("/definitions", many))).startsWith("file: ");
  }

  @Test
  void refusesAnEmptyBody() {
    assertThat(reason(broker.send("guest", "POST", "/definitions", "")))
        .isEqualTo("the body is empty: definitions as JSON were expected");
    assertThat(reason(broker.send("guest", "POST", "/definitions/shop", "")))
        .isEqualTo("the body is empty: definitions as JSON were expected");
  }

  @Test
  void reportsEverythingThatIsWrongInATrial() {
    broker.must("PUT", "/exchanges/shop/events", "{\"type\":\"topic\"}");
    broker.must("PUT", "/queues/shop/work", "{\"arguments\":{\"x-max-length\":5}}");
    String document =
        """
        {"users": [{"name": "nobody"}, 7],
         "permissions": {"user": "x"},
         "exchanges": [{"name": "events", "vhost": "shop", "type": "fanout", "durable": true},
                       {"name": "odd", "vhost": "shop", "type": "odd"}],
         "queues": [{"name": "work", "vhost": "shop", "durable": true,
                     "arguments": {"x-max-length": 6, "x-expires": 1000}},
                    {"name": "lost", "vhost": "none"},
                    {"name": "twice", "vhost": "shop", "durable": true},
                    {"name": "twice", "vhost": "shop", "durable": false}],
         "bindings": [{"source": "events", "vhost": "shop", "destination": "none",
                       "destination_type": "queue", "routing_key": ""},
                      {"source": "events", "vhost": "shop", "destination": "twice",
                       "destination_type": "queue", "routing_key": ""}]}
        """;
    HttpResponse<String> tried =
        broker.send("guest", "POST", "/definitions?dry_run=true", document);

    assertThat(reason(tried))
        .startsWith("users[0].tags: is missing")
        .endsWith("(and 5 more errors)");
    JsonNode report = HttpBroker.json(tried);
    assertThat(report.path("errors").findValuesAsText("reason"))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("users[0].tags"),
            second -> assertThat(second).isEqualTo("users[1]: an object was expected"),
            third -> assertThat(third).isEqualTo("permissions: an array was expected"),
            fourth -> assertThat(fourth).startsWith("exchanges[1]: unknown exchange type"),
            fifth -> assertThat(fifth).isEqualTo("queues[1]: vhost 'none' does not exist"),
            sixth -> assertThat(sixth).startsWith("bindings[0]: no queue 'none'"));
    assertThat(report.path("errors_count").asInt()).isEqualTo(6);
    assertThat(report.path("conflicts").findValuesAsText("where"))
        .containsExactly("exchanges[0]", "queues[0]", "queues[3]");
    assertThat(report.at("/conflicts/0/differences"))
        .hasToString("[{\"field\":\"type\",\"present\":\"topic\",\"wanted\":\"fanout\"}]");
    assertThat(report.at("/conflicts/1/differences"))
        .hasToString(
            "[{\"field\":\"arguments.x-expires\",\"present\":null,\"wanted\":1000},"
                + "{\"field\":\"arguments.x-max-length\",\"present\":5,\"wanted\":6}]");
    assertThat(report.at("/conflicts/2/differences"))
        .hasToString("[{\"field\":\"durable\",\"present\":true,\"wanted\":false}]");
    assertThat(report.at("/applied/bindings").asInt()).isEqualTo(1);

    // The import itself stops at the first, and has done nothing.
    assertThat(reason(broker.send("guest", "POST", "/definitions", document)))
        .startsWith("users[0].tags: is missing")
        .doesNotContain("more");
    assertThat(broker.status("GET", "/queues/shop/twice", "")).isEqualTo(404);
  }

  @Test
  void boundsWhatATrialTells() {
    String document = "{\"queues\": [" + "{\"name\": 5},".repeat(2000) + "{\"name\": 5}]}";
    HttpResponse<String> tried =
        broker.send("guest", "POST", "/definitions?dry_run=true", document);
    JsonNode report = HttpBroker.json(tried);
    assertThat(report.path("errors")).hasSize(1000);
    assertThat(report.path("errors_count").asInt()).isEqualTo(2001);
  }

  @Test
  void answersAnExportOnlyIfItHasChanged() {
    HttpResponse<String> first = broker.send("guest", "GET", "/definitions/shop", "");
    String tag = first.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> same =
        broker.send("guest", "GET", "/definitions/shop", "", "if-none-match", tag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(same.headers().firstValue("etag")).contains(tag);

    broker.must("PUT", "/queues/shop/newer", "");
    HttpResponse<String> changed =
        broker.send("guest", "GET", "/definitions/shop", "", "if-none-match", tag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.headers().firstValue("etag")).isPresent().isNotEqualTo(tag);
  }
}
