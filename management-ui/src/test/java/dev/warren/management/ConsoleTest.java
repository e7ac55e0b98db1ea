package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.warren.core.broker.Actor;
import dev.warren.management.FakeManagement.FakeQueue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The console in a real browser, over the fake broker. With {@code -Dscreenshots=DIR} it also
 * leaves a picture of each page in both themes and at both widths.
 */
final class ConsoleTest extends InBrowser {
  private static final List<String> PAGES =
      List.of("Overview", "Queues", "Exchanges", "Bindings", "Connections", "Audit");

  @Test
  void showsTotalsWhichFollowTheBroker() {
    FakeQueue orders = server.management.queue("orders").moves(1_200, 0, 0);
    server.second();
    server.second();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    assertThat(figure(page, "Ready")).hasText("1,200");
    assertThat(figure(page, "Published")).hasText("–");

    orders.moves(300, 0, 0);
    server.second();

    assertThat(figure(page, "Ready")).hasText("1,500");
    assertThat(figure(page, "Published")).hasText("300");
    assertThat(page.locator("live-chart canvas")).hasCount(2);
    assertNoComplaints();
  }

  @Test
  void showsQueuesWithLiveFigures() {
    FakeQueue orders = server.management.queue("orders").consumers(2);
    server.management.queue("mail").moves(7, 0, 0);
    server.second();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Queues");
    assertThat(page.locator("tbody tr")).hasCount(2);
    Locator row = page.locator("tbody tr", new Page.LocatorOptions().setHasText("orders"));

    orders.moves(900, 600, 400);
    server.second();

    assertThat(row.locator("[data-label=Ready]")).hasText("300");
    assertThat(row.locator("[data-label=Unsettled]")).hasText("200");
    assertThat(row.locator("[data-label=Total]")).hasText("500");
    assertThat(row.locator("[data-label=Consumers]")).hasText("2");
    assertThat(row.locator("[data-label='Publish/s']")).hasText("900");
    assertThat(row.locator("[data-label='Deliver/s']")).hasText("600");
    assertThat(row.locator("[data-label='Accept/s']")).hasText("400");
    assertNoComplaints();
  }

  @Test
  void filtersSortsAndPagesOnTheServer() {
    for (int i = 0; i < 120; i++) {
      server.management.queue(String.format("jobs-%03d", i)).moves(i, 0, 0);
    }
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Queues");
    assertThat(page.locator("tbody tr")).hasCount(50);
    page.locator("thead button:has-text('Ready')").click();
    assertThat(page.locator("tbody tr").first()).containsText("jobs-119");
    page.locator(".pager button:has-text('Next')").click();
    assertThat(page.locator("tbody tr").first()).containsText("jobs-069");

    page.keyboard().press("/");
    page.keyboard().type("jobs-01");

    assertThat(page.locator("tbody tr")).hasCount(10);
    assertThat(page.locator(".shown")).hasText("10 of 120");
    assertNoComplaints();
  }

  @Test
  void keepsTheRowsItHasWhenFiguresChange() {
    FakeQueue orders = server.management.queue("orders");
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Queues");
    page.locator("tbody tr").evaluate("row => { row.marked = true; }");

    orders.moves(5, 0, 0);

    assertThat(page.locator("tbody [data-label=Ready]")).hasText("5");
    assertThat(page.locator("tbody tr").evaluate("row => row.marked")).isEqualTo(true);
  }

  @Test
  void showsExchangesBindingsAndConnections() {
    fill();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Exchanges");
    assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("events")))
        .containsText("topic");
    open(page, "Bindings");
    assertThat(page.locator("tbody tr", new Page.LocatorOptions().setHasText("order.#")))
        .containsText("billing");
    open(page, "Connections");
    assertThat(page.locator("tbody tr")).hasCount(6);
    assertThat(page.locator("tbody tr").nth(4)).containsText("blocked");
    assertNoComplaints();
  }

  @Test
  void closesAConnectionAfterAsking() {
    FakeConnection connection = new FakeConnection(1, "guest", "shop", server.clock.epochMs());
    server.connections.add(connection);
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Connections");
    page.onDialog(dialog -> dialog.accept());

    page.locator("tbody button:has-text('Close')").click();

    page.waitForCondition(() -> !connection.closedFor().isEmpty());
    assertThat(connection.closedFor()).isEqualTo("Closed from the console");
  }

  @Test
  void saysWhyItDoesNotLetIn() {
    Page page = newPage(1280, 800, ColorScheme.LIGHT);
    page.navigate(server.uri("/").toString());
    enter(page, "guest", "wrong");
    assertThat(page.locator("[role=alert]")).hasText("Login failed");
    enter(page, "nobody", "nobody");
    assertThat(page.locator("[role=alert]")).hasText("Not management user");
  }

  @Test
  void tellsOfAStoppedBrokerAndGoesOnWithTheNextOne() {
    FakeQueue orders = server.management.queue("orders");
    server.second();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    assertThat(figure(page, "Ready")).hasText("0");

    Runnable start = server.stop();

    assertThat(page.locator(".banner")).containsText("Connection to the broker lost");
    assertThat(figure(page, "Ready")).hasText("0");
    orders.moves(7, 0, 0);
    start.run();
    server.second();
    assertThat(page.locator(".banner")).hasCount(0);
    assertThat(figure(page, "Ready")).hasText("7");
    assertThat(page.locator("h1")).hasText("Overview");
  }

  @Test
  void remembersTheThemeAndNothingElse() {
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    page.locator("button[aria-label='Use the dark theme']").click();
    page.reload();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    assertThat(page.locator("form h1")).hasText("Log in");
    assertThat(page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))"))
        .isEqualTo(List.of("warren.theme"));
    assertThat(page.evaluate("document.cookie")).isEqualTo("");
  }

  @Test
  void saysWhatToDoWhenThereIsNothing() {
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Queues");
    assertThat(page.locator(".empty h2")).hasText("No queues yet");
    open(page, "Connections");
    assertThat(page.locator(".empty h2")).hasText("Nobody is connected");
    assertNoComplaints();
  }

  @Test
  void fitsDesktopAndPhoneInBothThemes() {
    fill();
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1280, 390)) {
        String suffix = scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
        Page page = newPage(width, 820, scheme);
        page.navigate(server.uri("/").toString());
        picture(page, "log-in-" + suffix);
        enter(page, "guest", "guest");
        for (String name : PAGES) {
          open(page, name);
          assertThat(page.locator("h1")).hasText(name);
          assertThat(page.locator("tbody tr, canvas").first()).isVisible();
          picture(page, name.toLowerCase(java.util.Locale.ROOT) + "-" + suffix);
          assertFits(page, name + " at " + width);
        }
        page.context().close();
      }
    }
    assertNoComplaints();
  }

  /** A busy shop: sixty seconds of traffic, an idle queue, a growing one and one without end. */
  private void fill() {
    FakeManagement management = server.management;
    management.startedAtMs = server.clock.epochMs() - 98_765_432;
    FakeQueue orders = management.queue("/", "orders", "quorum", Map.of("x-delivery-limit", 5));
    orders.consumers(8);
    FakeQueue mail =
        management.queue("/", "mail.outgoing", "classic", Map.of("x-message-ttl", 60_000));
    mail.consumers(2);
    FakeQueue audit = management.queue("/", "audit.log", "classic", Map.of());
    FakeQueue thumbnails =
        management.queue(
            "video",
            "thumbnails",
            "quorum",
            Map.of("x-dead-letter-exchange", "failed", "x-max-length", 10_000));
    thumbnails.consumers(4);
    management.queue("/", "orders.failed", "classic", Map.of()).moves(14, 0, 0);
    management.queue("/", "metrics.daily", "classic", Map.of());
    server
        .access
        .audit()
        .changed(
            new Actor("alice", "192.0.2.7:53114", "http"),
            "queue.created",
            "/",
            "orders",
            Map.of(),
            Map.of("type", "quorum", "durable", true));
    management
        .exchange("", "direct")
        .exchange("amq.direct", "direct")
        .exchange("amq.fanout", "fanout")
        .exchange("amq.headers", "headers")
        .exchange("amq.topic", "topic")
        .exchange("events", "topic")
        .binding("", "orders", "orders")
        .binding("events", "order.created", "orders")
        .binding("events", "order.#", "billing")
        .binding("events", "user.*.registered", "mail.outgoing")
        .binding("events", "#", "audit.log");
    String[] containers = {"shop-web-1", "shop-web-2", "mailer", "billing", "importer", "audit"};
    for (int i = 0; i < containers.length; i++) {
      server.connections.add(
          new FakeConnection(
              i + 1, "guest", containers[i], System.currentTimeMillis() - 3_700_000L * (i + 1)));
    }
    for (int second = 0; second < 62; second++) {
      long wave = Math.round(900 + 350 * Math.sin(second / 7.0) + 60 * Math.sin(second * 1.7));
      long served = Math.round(880 + 330 * Math.sin((second - 1) / 7.0));
      orders.moves(wave, Math.min(wave, served), Math.min(wave, served) - (second % 3));
      mail.moves(wave / 6, wave / 6, wave / 6);
      audit.moves(40 + second % 9, 0, 0);
      long done = second % 5 * 10L;
      thumbnails.moves(25, done, done);
      server.second();
    }
  }
}
