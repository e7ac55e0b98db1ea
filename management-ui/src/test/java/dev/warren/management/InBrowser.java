package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What tests of the console in a real browser share: one browser for a class, one server over the
 * fake broker for a test, and what the browser complained of.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InBrowser {
  private Playwright playwright;
  private Browser browser;
  RunningServer server;
  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  final void startBrowser() {
    playwright = Chromium.playwright();
    browser = Chromium.launch(playwright);
  }

  @AfterAll
  final void stopBrowser() {
    browser.close();
    playwright.close();
  }

  @BeforeEach
  final void startServer() {
    server = new RunningServer(System.currentTimeMillis() - 70_000);
    complaints.clear();
  }

  @AfterEach
  final void stopServer() {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
    server.close();
  }

  Page logIn(int width, int height, ColorScheme scheme) {
    Page page = newPage(width, height, scheme);
    page.navigate(address());
    enter(page, "guest", "guest");
    assertThat(page.locator("h1")).hasText("Overview");
    return page;
  }

  /** Where the console is. */
  String address() {
    return server.uri("/").toString();
  }

  static void enter(Page page, String user, String password) {
    page.locator("input[name=user]").fill(user);
    page.locator("input[name=password]").fill(password);
    page.locator("button[type=submit]").click();
  }

  Page newPage(int width, int height, ColorScheme scheme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    contexts.add(context);
    Page page = context.newPage();
    Consumer<String> complain = complaints::add;
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complain.accept(message.text());
          }
        });
    page.onPageError(complain);
    return page;
  }

  static void open(Page page, String name) {
    page.locator("nav[aria-label=Pages] a:has-text('" + name + "')").click();
    assertThat(page.locator("h1")).hasText(name);
    assertThat(page.locator(".loading")).hasCount(0);
  }

  static Locator figure(Page page, String label) {
    return page.locator(".figure", new Page.LocatorOptions().setHasText(label))
        .locator("dd")
        .first();
  }

  static void picture(Page page, String name) {
    Optional.ofNullable(System.getProperty("screenshots"))
        .ifPresent(
            directory ->
                page.screenshot(
                    new Page.ScreenshotOptions().setPath(Path.of(directory, name + ".png"))));
  }

  /** Neither the page nor its table is wider than the window. */
  static void assertFits(Page page, String where) {
    String widest =
        "Math.max(...[document.documentElement, ...document.querySelectorAll('.table-frame')]"
            + ".map(element => element.scrollWidth - element.clientWidth))";
    assertThat(page.evaluate(widest)).as("pixels to scroll sideways, %s", where).isEqualTo(0);
  }

  void assertNoComplaints() {
    assertThat(complaints).as("errors and warnings of the browser's console").isEmpty();
  }
}
