package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What pages of other sites may do: nothing, unless the configuration names their origin. */
@Timeout(60)
class HttpCorsTest {
  private static final String SHOP = "https://shop.example";
  private static final String OTHER = "https://other.example";
  private static final String ALLOWED =
      "listeners: {http: {cors-origins: ['HTTPS://Shop.example:443']},"
          + " amqp: {login-failure-delay: 0ms}}\n";

  @TempDir Path directory;

  private static HttpResponse<String> preflight(HttpBroker broker, String origin) {
    return broker.send(
        "guest",
        "OPTIONS",
        "/queues/%2F/q",
        "",
        "origin",
        origin,
        "access-control-request-method",
        "PUT");
  }

  @Test
  void letsPagesOfNamedOriginsIn() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, ALLOWED)) {
      HttpResponse<String> asked = preflight(broker, SHOP);
      assertThat(asked.statusCode()).isEqualTo(200);
      assertThat(asked.headers().firstValue("access-control-allow-origin")).contains(SHOP);
      assertThat(asked.headers().firstValue("access-control-allow-methods").orElse(""))
          .contains("PUT", "DELETE");
      assertThat(asked.headers().firstValue("access-control-allow-headers").orElse(""))
          .contains("authorization", "content-type");

      HttpResponse<String> put =
          broker.send(
              "guest", "PUT", "/queues/%2F/q", "", "origin", SHOP, "sec-fetch-site", "cross-site");
      assertThat(put.statusCode()).isEqualTo(201);
      assertThat(put.headers().firstValue("access-control-allow-origin")).contains(SHOP);
      // Of a refusal, too: the page is to learn why.
      HttpResponse<String> refused = broker.send("nobody", "GET", "/queues", "", "origin", SHOP);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("access-control-allow-origin")).contains(SHOP);
      // What the browser knows of passwords stays with it.
      assertThat(put.headers().firstValue("access-control-allow-credentials")).isEmpty();
    }
  }

  @Test
  void takesNoFormsFromPagesOfNamedOrigins() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, ALLOWED)) {
      String body = "{\"exchanges\":[]}";
      for (String type : new String[] {"text/plain", "multipart/form-data; boundary=x"}) {
        HttpResponse<String> form =
            broker.send(
                "guest", "POST", "/definitions", body, "origin", SHOP, "content-type", type);
        assertThat(form.statusCode()).as(type).isEqualTo(403);
      }
      assertThat(
              broker
                  .send(
                      "guest",
                      "POST",
                      "/definitions",
                      body,
                      "origin",
                      SHOP,
                      "content-type",
                      "application/json")
                  .statusCode())
          .isEqualTo(204);
    }
  }

  @Test
  void keepsOthersOut() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, ALLOWED)) {
      for (String origin : new String[] {OTHER, "https://shop.example.evil", "null"}) {
        HttpResponse<String> asked = preflight(broker, origin);
        assertThat(asked.headers().firstValue("access-control-allow-origin")).isEmpty();
        assertThat(asked.headers().firstValue("access-control-allow-methods")).isEmpty();
        assertThat(broker.send("guest", "PUT", "/queues/%2F/q", "", "origin", origin).statusCode())
            .as(origin)
            .isEqualTo(403);
      }
    }
  }

  @Test
  void namesNobodyIfNothingIsConfigured() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      HttpResponse<String> asked = preflight(broker, SHOP);
      assertThat(asked.headers().firstValue("allow").orElse("")).contains("PUT");
      assertThat(asked.headers().map().keySet())
          .noneMatch(name -> name.startsWith("access-control-"));
    }
  }
}
