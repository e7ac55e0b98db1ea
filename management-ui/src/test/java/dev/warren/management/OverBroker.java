package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests in a browser that share one real broker: each has objects of its own. */
abstract class OverBroker extends InBrowser {
  @SuppressWarnings("NullAway.Init")
  WorkingBroker broker;

  @BeforeAll
  final void startBroker(@TempDir Path directory) {
    broker = new WorkingBroker(directory);
  }

  @AfterAll
  final void stopBroker() {
    broker.close();
  }

  @Override
  String address() {
    return broker.address();
  }

  /** A page of the administrator's. */
  final Page at(String hash) {
    Page page = logIn(1280, 900, ColorScheme.LIGHT);
    go(page, hash);
    return page;
  }

  /** A page of a user's whose password is his name; what he sees first is not waited for. */
  final Page atAs(String user, String hash) {
    Page page = newPage(1280, 900, ColorScheme.LIGHT);
    page.navigate(address() + hash);
    enter(page, user, user);
    assertThat(page.locator(".shell")).isVisible();
    assertThat(page.locator(".loading")).hasCount(0);
    return page;
  }

  static void go(Page page, String hash) {
    page.evaluate("hash => { location.hash = hash; }", hash);
    assertThat(page.locator(".loading")).hasCount(0);
  }

  static Locator rows(Page page, String table) {
    return page.locator("table[aria-label='" + table + "'] tbody tr");
  }

  static Locator row(Page page, String table, String text) {
    return rows(page, table).filter(new Locator.FilterOptions().setHasText(text));
  }

  /** Opens what is folded away. */
  static void unfold(Page page, String title) {
    page.locator("summary:text-is('" + title + "')").click();
  }

  static void send(Page page, String form) {
    page.locator("#" + form + " button[type=submit]").click();
  }

  static void fill(Page page, String field, String value) {
    page.locator("#" + field).fill(value);
  }

  /** The page of a queue. */
  static String queue(String name, String tab) {
    return "#/queue?vhost=%2F&name=" + encoded(name) + (tab.isEmpty() ? "" : "&tab=" + tab);
  }

  /** The page of an exchange. */
  static String exchange(String name, String tab) {
    return "#/exchange?vhost=%2F&name=" + encoded(name) + (tab.isEmpty() ? "" : "&tab=" + tab);
  }

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  final long ready(String queue) {
    return broker.must("GET", "/queues/%2F/" + encoded(queue), "").path("messages_ready").asLong();
  }

  /** Declares a queue with so many messages, every other one of the kind audio. */
  final void queueWith(String name, int messages) {
    broker.must("PUT", "/queues/%2F/" + name, "");
    for (int i = 0; i < messages; i++) {
      String kind = i % 2 == 0 ? "video" : "audio";
      broker.publish(
          "amq.default", name, "body " + i, "{\"kind\":\"" + kind + "\",\"n\":" + i + "}");
    }
  }

  final void user(String name, String tags, String configure, String write, String read) {
    broker.must(
        "PUT", "/users/" + name, "{\"password\":\"%s\",\"tags\":\"%s\"}".formatted(name, tags));
    broker.must(
        "PUT",
        "/permissions/%2F/" + name,
        "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"%s\"}"
            .formatted(configure, write, read));
  }

  /** An answer of the API that this broker cannot be brought to give. */
  static Route.FulfillOptions json(int status, String body) {
    return new Route.FulfillOptions()
        .setStatus(status)
        .setContentType("application/json")
        .setBody(body);
  }
}
