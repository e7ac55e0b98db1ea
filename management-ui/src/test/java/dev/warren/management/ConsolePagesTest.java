package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** A page: where it is, and the heading it must have. */
  private record Shown(String hash, String title) {}

  /** Names for pictures, and the pages. */
  private Map<String, Shown> pages() {
    JsonNode first =
        broker.must("GET", "/queues/%2F/videos.transcode/messages?limit=1", "").at("/items/0/id");
    Map<String, Shown> pages = new LinkedHashMap<>();
    list(pages, "overview", "Overview");
    list(pages, "topology", "Topology");
    list(pages, "queues", "Queues");
    for (String tab : List.of("messages", "mend", "figures", "consumers", "bindings", "send")) {
      String hash = "#/queue?vhost=%2F&name=videos.transcode&tab=" + tab;
      pages.put("queue-" + tab, new Shown(hash, "Queues videos.transcode"));
    }
    pages.put(
        "message",
        new Shown(
            "#/message?vhost=%2F&queue=videos.transcode&id=" + first.asText(),
            "Queues videos.transcode Message"));
    list(pages, "exchanges", "Exchanges");
    for (String tab : List.of("bindings", "explain", "publish", "figures")) {
      String hash = "#/exchange?vhost=%2F&name=uploads&tab=" + tab;
      pages.put("exchange-" + tab, new Shown(hash, "Exchanges uploads"));
    }
    list(pages, "bindings", "Bindings");
    list(pages, "connections", "Connections");
    list(pages, "users", "Users");
    pages.put("user", new Shown("#/user?name=mailer", "Users mailer"));
    list(pages, "vhosts", "Virtual hosts");
    list(pages, "definitions", "Definitions");
    list(pages, "alarms", "Alarms");
    list(pages, "audit", "Audit");
    return pages;
  }

  private static void list(Map<String, Shown> pages, String name, String title) {
    pages.put(name, new Shown("#/" + name, title));
  }

  @ParameterizedTest
  @EnumSource
  void everyPageShowsItselfAndFits(Look look) {
    Page page = logIn(look.width, look.height, look.scheme);
    pages()
        .forEach(
            (name, shown) -> {
              page.evaluate("hash => { location.hash = hash; }", shown.hash());
              assertThat(page.locator("h1")).hasText(shown.title());
              assertThat(page.locator(".loading")).hasCount(0);
              assertThat(page.locator("main")).not().containsText("undefined");
              assertThat(page.locator("main")).not().containsText("NaN");
              if (name.endsWith("-explain")) {
                explain(page);
              }
              if (!name.equals("topology")) {
                assertFits(page, name + " " + look);
                assertLabelled(page, name);
              }
              assertNoComplaints();
            });
  }

  /** Every cell says on a phone what it is, but for those with a button or a box in them. */
  private static void assertLabelled(Page page, String where) {
    Object without =
        page.evaluate(
            "[...document.querySelectorAll('main tbody td:not(.action):not(.choice)')]"
                + ".filter(cell => !cell.dataset.label).length");
    assertThat(without).as("cells without a label, %s", where).isEqualTo(0);
  }

  @Test
  void onAPhoneTheCurrentPageAndPartAreInSight() {
    Page page = logIn(390, 844, ColorScheme.LIGHT);
    page.evaluate("location.hash = '#/audit'");
    assertThat(page.locator("nav[aria-label=Pages] [aria-current]")).hasText("Audit");
    assertThat(page.locator("nav[aria-label=Pages] [aria-current]")).isInViewport();
    page.evaluate("location.hash = '#/queue?vhost=%2F&name=videos.transcode&tab=send'");
    assertThat(page.locator(".tabs [aria-current]")).hasText("Publish and get");
    assertThat(page.locator(".tabs [aria-current]"))
        .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
  }

  @Test
  void longNamesBreakNothing() {
    String name = "a-rather-long-name.".repeat(12) + "x".repeat(22);
    String there = "/%2F/" + name;
    broker.must(
        "PUT", "/queues" + there, "{\"arguments\":{\"x-dead-letter-exchange\":\"" + name + "\"}}");
    broker.must("PUT", "/exchanges" + there, "{\"type\":\"topic\"}");
    broker.must(
        "POST", "/bindings/%2F/e/" + name + "/q/" + name, "{\"routing_key\":\"" + name + "\"}");
    broker.must("POST", "/bindings/%2F/e/" + name + "/q/" + name, "{\"routing_key\":\"x\"}");
    broker.must("PUT", "/users/" + name, "{\"password\":\"a long one\",\"tags\":\"\"}");
    broker.must(
        "PUT",
        "/permissions" + there,
        "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"\"}".formatted(name, name));
    broker.publish(name, name, "y".repeat(2_000), "{\"" + name + "\":\"" + name + "\"}");
    JsonNode id = broker.must("GET", "/queues" + there + "/messages?limit=1", "").at("/items/0/id");
    for (Look look : List.of(Look.LIGHT, Look.PHONE)) {
      Page page = logIn(look.width, look.height, look.scheme);
      for (String hash :
          List.of(
              "queue?vhost=%2F&name=" + name,
              "queue?vhost=%2F&tab=mend&name=" + name,
              "queue?vhost=%2F&tab=bindings&name=" + name,
              "message?vhost=%2F&queue=" + name + "&id=" + id.asText(),
              "exchange?vhost=%2F&name=" + name,
              "user?name=" + name)) {
        page.evaluate("hash => { location.hash = '#/' + hash; }", hash);
        assertThat(page.locator("h1")).containsText(name);
        assertThat(page.locator(".loading")).hasCount(0);
        assertFits(page, hash + " " + look);
      }
      for (String list : List.of("queues", "exchanges", "bindings", "users", "alarms", "audit")) {
        page.evaluate("hash => { location.hash = '#/' + hash; }", list);
        assertThat(page.locator("main")).containsText(name);
        assertFits(page, list + " " + look);
      }
      page.evaluate("location.hash = '#/queue?vhost=%2F&name=" + name + "'");
      double height = page.locator("tbody th.preview a").boundingBox().height;
      assertThat(height).as("height of a long message in the list").isLessThan(80);
    }
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
