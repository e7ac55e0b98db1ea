package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every page of the console over a real broker: light, dark, and as wide as a phone. */
final class ConsolePagesTest extends InBrowser {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private WorkingBroker broker;

  /** How the console is looked at. */
  enum Look {
    LIGHT(1280, 900, ColorScheme.LIGHT),
    DARK(1280, 900, ColorScheme.DARK),
    PHONE(390, 844, ColorScheme.LIGHT);

    private final int width;
    private final int height;
    private final ColorScheme scheme;

    Look(int width, int height, ColorScheme scheme) {
      this.width = width;
      this.height = height;
      this.scheme = scheme;
    }
  }

  @BeforeEach
  void startBroker() {
    broker = new WorkingBroker(directory);
    broker.must("PUT", "/exchanges/%2F/uploads.unrouted", "{\"type\":\"fanout\"}");
    broker.must(
        "PUT",
        "/exchanges/%2F/uploads",
        "{\"type\":\"topic\",\"arguments\":{\"alternate-exchange\":\"uploads.unrouted\"}}");
    broker.must("PUT", "/exchanges/%2F/uploads.dead", "{\"type\":\"fanout\"}");
    broker.must("PUT", "/exchanges/%2F/activity", "{\"type\":\"headers\"}");
    String deadLetters =
        "{\"arguments\":{\"x-dead-letter-exchange\":\"uploads.dead\",\"x-max-length\":100000}}";
    broker.must("PUT", "/queues/%2F/videos.transcode", deadLetters);
    broker.must("PUT", "/queues/%2F/videos.thumbnails", deadLetters);
    broker.must("PUT", "/queues/%2F/videos.failed", "");
    broker.must("PUT", "/queues/%2F/audit-log", "{\"arguments\":{\"x-queue-type\":\"quorum\"}}");
    broker.must(
        "POST", "/bindings/%2F/e/uploads/q/videos.transcode", "{\"routing_key\":\"video.#\"}");
    broker.must(
        "POST", "/bindings/%2F/e/uploads/q/videos.thumbnails", "{\"routing_key\":\"video.new\"}");
    broker.must("POST", "/bindings/%2F/e/uploads/e/activity", "{\"routing_key\":\"#\"}");
    broker.must(
        "POST",
        "/bindings/%2F/e/activity/q/audit-log",
        "{\"arguments\":{\"x-match\":\"all\",\"kind\":\"video\"}}");
    broker.must("POST", "/bindings/%2F/e/uploads.dead/q/videos.failed", "{}");
    broker.must("PUT", "/users/mailer", "{\"password\":\"a long one\",\"tags\":\"management\"}");
    for (int i = 0; i < 12; i++) {
      broker.publish(
          "uploads",
          "video.new",
          "{\"video\": \"clip-" + i + ".mp4\", \"seconds\": " + (30 + i) + "}",
          "{\"kind\":\"video\",\"n\":" + i + "}");
    }
    broker.publish("amq.topic", "nobody.listens", "lost", "{}");
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Override
  String address() {
    return broker.address();
  }

  /** Names for pictures, and where the pages are. */
  private Map<String, String> pages() {
    JsonNode first =
        broker.must("GET", "/queues/%2F/videos.transcode/messages?limit=1", "").at("/items/0/id");
    String queue = "#/queue?vhost=%2F&name=videos.transcode";
    String exchange = "#/exchange?vhost=%2F&name=uploads";
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("overview", "#/overview");
    pages.put("topology", "#/topology");
    pages.put("queues", "#/queues");
    pages.put("queue", queue);
    pages.put("mend", queue + "&tab=mend");
    pages.put("send", queue + "&tab=send");
    pages.put("message", "#/message?vhost=%2F&queue=videos.transcode&id=" + first.asText());
    pages.put("exchanges", "#/exchanges");
    pages.put("exchange", exchange);
    pages.put("explain", exchange + "&tab=explain");
    pages.put("bindings", "#/bindings");
    pages.put("connections", "#/connections");
    pages.put("users", "#/users");
    pages.put("user", "#/user?name=mailer");
    pages.put("vhosts", "#/vhosts");
    pages.put("definitions", "#/definitions");
    pages.put("alarms", "#/alarms");
    pages.put("audit", "#/audit");
    return pages;
  }

  @ParameterizedTest
  @EnumSource
  void everyPageShowsItselfAndFits(Look look) {
    Page page = logIn(look.width, look.height, look.scheme);
    pages()
        .forEach(
            (name, hash) -> {
              page.evaluate("hash => { location.hash = hash; }", hash);
              assertThat(page.locator("h1")).isVisible();
              assertThat(page.locator(".loading")).hasCount(0);
              assertThat(page.locator("main")).not().containsText("undefined");
              assertThat(page.locator("main")).not().containsText("NaN");
              if (name.equals("explain")) {
                explain(page);
              }
              picture(page, name + "-" + look.name().toLowerCase(java.util.Locale.ROOT));
              if (!name.equals("topology")) {
                assertFits(page, name + " " + look);
              }
              assertNoComplaints();
            });
  }

  private static void explain(Page page) {
    page.locator("#explain input[name=routing_key]").fill("video.new");
    page.locator("#explain input[name=headers]").fill("{\"kind\": \"video\"}");
    page.locator("#explain button[type=submit]").click();
    assertThat(page.locator(".explained h2")).containsText("accepted");
  }

  @Test
  void theKeyboardIsEnough() {
    Page page = newPage(1280, 900, ColorScheme.LIGHT);
    page.navigate(address());
    page.locator("input[name=user]").focus();
    page.keyboard().type("guest");
    page.keyboard().press("Tab");
    page.keyboard().type("guest");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("Overview");
    focus(page, "nav[aria-label=Pages] a:has-text('Queues')");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("Queues");
    page.keyboard().press("/");
    page.keyboard().type("transcode");
    assertThat(page.locator("tbody tr")).hasCount(1);
    focus(page, "tbody a:has-text('videos.transcode')");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).containsText("videos.transcode");
    focus(page, "table[aria-label=Messages] tbody tr:first-child a");
    page.keyboard().press("Enter");
    assertThat(page.locator(".payload")).containsText("clip-0.mp4");
  }

  /** Goes there as somebody does who has no mouse. */
  private static void focus(Page page, String selector) {
    for (int i = 0; i < 200; i++) {
      page.keyboard().press("Tab");
      boolean there =
          (boolean)
              page.locator(selector)
                  .first()
                  .evaluate("wanted => wanted === document.activeElement");
      if (there) {
        return;
      }
    }
    throw new AssertionError("the keyboard does not get to " + selector);
  }
}
