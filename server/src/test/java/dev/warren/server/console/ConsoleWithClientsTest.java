package dev.warren.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the console shows of clients that publish and consume. One broker and browser for all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class ConsoleWithClientsTest {
  private static final Pattern SOME = Pattern.compile("[1-9][0-9.,k]*");

  private Playwright playwright;
  private Browser browser;
  private ShopWithTraffic shop;
  private Page page;
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    shop = new ShopWithTraffic(directory);
    playwright = Chromium.playwright();
    browser = Chromium.launch(playwright);
  }

  @AfterAll
  void stop() throws Exception {
    browser.close();
    playwright.close();
    shop.close();
  }

  @BeforeEach
  void logIn() {
    page = ConsolePictures.logIn(browser, shop.address(), 1280, 900, ColorScheme.LIGHT);
    page.onPageError(complaints::add);
    page.onDialog(Dialog::accept);
  }

  @AfterEach
  void logOut() {
    page.close();
    assertThat(complaints).isEmpty();
  }

  private void go(String hash) {
    page.evaluate("hash => { location.hash = hash; }", hash);
    assertThat(page.locator(".loading")).hasCount(0);
  }

  private Locator rows(String table) {
    return page.locator("table[aria-label='" + table + "'] tbody tr");
  }

  private Locator row(String table, String text) {
    return rows(table).filter(new Locator.FilterOptions().setHasText(text));
  }

  private Locator cell(Locator row, String label) {
    return row.locator("[data-label='" + label + "']");
  }

  private String connection(String container) {
    return "#/connection?name=" + ShopWithTraffic.encoded(shop.connection(container).orElseThrow());
  }

  @Test
  void connectionsTellWhatTheyPublishAndGet() {
    go("#/connections");
    assertThat(rows("Connections")).hasCount(3);
    Locator uploader = row("Connections", ShopWithTraffic.UPLOADER);
    Locator worker = row("Connections", ShopWithTraffic.WORKER);
    String messages = "[title='Messages a second']";
    assertThat(cell(uploader, "In/s").locator(messages)).hasText(SOME);
    assertThat(cell(uploader, "Out/s").locator(messages)).hasText("–");
    assertThat(cell(worker, "Out/s").locator(messages)).hasText(SOME);
  }

  @Test
  void aConnectionShowsItsSessionsLinksAndCredit() {
    go(connection(ShopWithTraffic.WORKER));
    assertThat(page.locator("h1")).containsText("127.0.0.1:");
    assertThat(page.locator("live-chart canvas")).hasCount(1);
    assertThat(page.locator(".session h2").first()).containsText("Session");
    Locator transcodes = row("Consuming links", "/queues/videos.transcode");
    assertThat(cell(transcodes, "Credit")).hasText(SOME);
    assertThat(cell(transcodes, "Delivered")).hasText(SOME);
    assertThat(cell(transcodes, "Accepted")).hasText(SOME);
    assertThat(cell(transcodes, "Redelivered")).hasText("0");
    assertThat(row("Consuming links", "/queues/audit-log")).containsText("n > 3");
    go(connection(ShopWithTraffic.UPLOADER));
    Locator uploads = row("Publishing links", "/exchanges/uploads/video.new");
    assertThat(cell(uploads, "Credit")).hasText(SOME);
    assertThat(cell(uploads, "Published")).hasText(SOME);
    assertThat(cell(uploads, "Confirmed")).hasText(SOME);
    assertThat(cell(uploads, "Unroutable")).hasText("0");
    go(connection(ShopWithTraffic.KEEPER));
    assertThat(cell(row("Consuming links", "/queues/videos.archive"), "Unsettled"))
        .hasText(Integer.toString(ShopWithTraffic.KEPT));
  }

  @Test
  void anUnsettledMessageNamesWhoHoldsIt() {
    String name = shop.connection(ShopWithTraffic.KEEPER).orElseThrow();
    go("#/queue?vhost=%2F&name=videos.archive");
    assertThat(page.locator(".empty h2")).hasText("No ready messages here");
    page.locator(".search select").selectOption("unsettled");
    page.locator(".search button[type=submit]").click();
    assertThat(rows("Messages")).hasCount(ShopWithTraffic.KEPT);
    assertThat(cell(rows("Messages").first(), "Held by")).containsText(name);
    rows("Messages").first().locator("th a").click();
    assertThat(page.locator(".figure").first()).containsText("unsettled");
    page.locator("main p a:has-text('127.0.0.1')").click();
    assertThat(page.locator("main")).containsText(ShopWithTraffic.KEEPER);
  }

  @Test
  void aQueueShowsItsConsumersAndFigures() {
    go("#/queue?vhost=%2F&name=videos.transcode&tab=consumers");
    assertThat(rows("Consumers")).hasCount(1);
    assertThat(cell(rows("Consumers"), "User")).hasText("guest");
    assertThat(cell(rows("Consumers"), "Credit")).hasText(SOME);
    page.locator(".tabs a:has-text('Figures')").click();
    assertThat(page.locator(".tab dl.list > div:has-text('Accepted') dd").last()).hasText(SOME);
    assertThat(page.locator(".tab canvas")).hasCount(2);
    page.locator(".tabs a:has-text('Consumers')").click();
    cell(rows("Consumers"), "Connection").locator("a").click();
    assertThat(page.locator("main")).containsText(ShopWithTraffic.WORKER);
  }

  @Test
  void framesOfAConnectionAreTracedUntilTheyAreNot() {
    go(connection(ShopWithTraffic.KEEPER));
    page.locator("button:has-text('Trace its frames')").click();
    assertThat(page.locator(".badge:has-text('traced')")).isVisible();
    page.locator("button:has-text('Stop tracing')").click();
    assertThat(page.locator("button:has-text('Trace its frames')")).isVisible();
    assertThat(page.locator(".badge:has-text('traced')")).hasCount(0);
  }

  @Test
  void aConnectionIsClosedAndThenGone() throws Exception {
    try (jakarta.jms.Connection visitor = shop.connect("visitor")) {
      assertThat(visitor.getClientID()).isEqualTo("visitor");
      String there = connection("visitor");
      go(there);
      page.locator(".actions button:has-text('Close')").click();
      assertThat(page.locator("h1")).hasText("Connections");
      assertThat(row("Connections", "visitor")).hasCount(0);
      go(there);
      assertThat(page.locator("h1")).hasText("The connection does not exist (any more)");
    }
  }

  /** With {@code -Dscreenshots=DIRECTORY} this makes the pictures of the documentation. */
  @Test
  void everyPageIsShownWhileMessagesFlow() {
    new ConsolePictures(browser, shop).takeAll();
  }
}
