package dev.warren.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks at every page and part of a page in both themes, and at some as wide as a phone. */
final class ConsolePictures {
  private static final int SAMPLES_WANTED = 30;
  private static final List<String> ON_A_PHONE =
      List.of("overview", "queue-messages", "connection");

  private final Browser browser;
  private final ShopWithTraffic shop;
  private final Optional<Path> directory =
      Optional.ofNullable(System.getProperty("screenshots")).map(Path::of);

  ConsolePictures(Browser browser, ShopWithTraffic shop) {
    this.browser = browser;
    this.shop = shop;
  }

  static Page logIn(Browser browser, String address, int width, int height, ColorScheme scheme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    Page page = context.newPage();
    page.navigate(address);
    page.locator("input[name=user]").fill("guest");
    page.locator("input[name=password]").fill("guest");
    page.locator("button[type=submit]").click();
    assertThat(page.locator("h1")).hasText("Overview");
    return page;
  }

  private Map<String, String> pages() {
    Map<String, String> pages = new LinkedHashMap<>();
    for (String name :
        List.of(
            "overview",
            "topology",
            "queues",
            "exchanges",
            "bindings",
            "connections",
            "users",
            "vhosts",
            "definitions",
            "alarms",
            "audit")) {
      pages.put(name, "#/" + name);
    }
    for (String tab : List.of("messages", "mend", "figures", "consumers", "bindings", "send")) {
      String queue = tab.equals("messages") ? "videos.thumbnails" : "videos.transcode";
      pages.put("queue-" + tab, "#/queue?vhost=%2F&name=" + queue + "&tab=" + tab);
    }
    pages.put("queue-unsettled", "#/queue?vhost=%2F&name=videos.archive&state=unsettled");
    for (String tab : List.of("bindings", "explain", "publish", "figures")) {
      pages.put("exchange-" + tab, "#/exchange?vhost=%2F&name=uploads&tab=" + tab);
    }
    // What was explained just before.
    pages.put("topology-lit", "#/topology?vhost=%2F&lit=1");
    String id =
        shop.must("GET", "/queues/%2F/videos.failed/messages?limit=1", "")
            .at("/items/0/id")
            .asText();
    pages.put("message", "#/message?vhost=%2F&queue=videos.failed&id=" + id);
    String name = shop.connection(ShopWithTraffic.WORKER).orElseThrow();
    pages.put("connection", "#/connection?name=" + ShopWithTraffic.encoded(name));
    pages.put("user", "#/user?name=mailer");
    return pages;
  }

  void takeAll() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = logIn(browser, shop.address(), 1280, 900, scheme);
      if (directory.isPresent()) {
        awaitSamples(page);
      }
      pages().forEach((name, hash) -> take(page, name, hash, name + "-" + scheme.name()));
      page.context().close();
    }
    Page phone = logIn(browser, shop.address(), 390, 844, ColorScheme.LIGHT);
    ON_A_PHONE.forEach(name -> take(phone, name, pages().getOrDefault(name, ""), name + "-phone"));
    phone.context().close();
  }

  /** So that a chart has something to show. */
  private void awaitSamples(Page page) {
    page.waitForCondition(
        () ->
            shop.must("GET", "/overview?msg_rates_age=60&msg_rates_incr=1", "")
                    .at("/message_stats/publish_details/samples")
                    .size()
                > SAMPLES_WANTED,
        new Page.WaitForConditionOptions().setTimeout(120_000));
  }

  private void take(Page page, String name, String hash, String file) {
    page.evaluate("hash => { location.hash = hash; }", hash);
    assertThat(page.locator("h1")).isVisible();
    assertThat(page.locator(".loading")).hasCount(0);
    assertThat(page.locator("main")).not().containsText("undefined");
    assertThat(page.locator("main")).not().containsText("NaN");
    if (name.equals("exchange-explain")) {
      page.locator("#explain input[name=routing_key]").fill("video.new");
      page.locator("#explain input[name=headers]").fill("{\"kind\": \"video\"}");
      page.locator("#explain button[type=submit]").click();
      assertThat(page.locator(".explained h2")).containsText("accepted");
    }
    directory.ifPresent(
        place ->
            page.screenshot(
                new Page.ScreenshotOptions()
                    .setPath(place.resolve(file.toLowerCase(Locale.ROOT) + ".png"))));
  }
}
