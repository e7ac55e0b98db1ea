package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The audit page and the overview's warnings, in a browser; and that texts stay texts. */
final class ConsoleAuditTest extends InBrowser {
  private static final Actor ALICE = new Actor("alice", "192.0.2.7:53114", "http");
  private static final String IMAGE = "<img src=x onerror=\"window.broken=1\">";

  private AuditTrail trail() {
    return server.access.audit();
  }

  private void fillTrail() {
    Map<String, Object> queue =
        Map.of("type", "quorum", "durable", true, "arguments", Map.of("x-delivery-limit", 5));
    trail().changed(Actor.CONFIGURATION, "queue.created", "/", "orders", Map.of(), queue);
    trail()
        .changed(
            ALICE,
            "permission.updated",
            "video",
            "worker",
            Map.of("configure", "", "write", "^in-", "read", ".*"),
            Map.of("configure", "", "write", ".*", "read", ".*"));
    trail()
        .refused(
            new Actor("", "198.51.100.4:40022", "amqp"),
            "user.authentication.failure",
            "",
            "mallory",
            "PLAIN login refused: user 'mallory' - invalid credentials");
    trail().changed(ALICE, "queue.deleted", "/", "old", queue, Map.of());
  }

  @Test
  void showsTheLatestFirstWithWhatDiffers() {
    fillTrail();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Audit");

    Locator rows = page.locator("tbody tr");
    assertThat(rows).hasCount(4);
    assertThat(rows.nth(0)).containsText("queue.deleted");
    assertThat(rows.nth(0)).containsText("alice");
    assertThat(rows.nth(0)).containsText("192.0.2.7:53114");
    assertThat(rows.nth(0).locator("del")).hasCount(3);
    assertThat(rows.nth(1)).containsText("refused");
    assertThat(rows.nth(1)).containsText("invalid credentials");
    assertThat(rows.nth(2).locator("dt")).hasText("write");
    assertThat(rows.nth(2).locator("del")).hasText("^in-");
    assertThat(rows.nth(2).locator("ins")).hasText(".*");
    assertThat(rows.nth(3)).containsText("configuration");
    assertThat(rows.nth(3)).containsText("x-delivery-limit = 5");

    trail().changed(ALICE, "exchange.created", "/", "events", Map.of(), Map.of("type", "topic"));

    assertThat(rows).hasCount(5);
    assertThat(rows.nth(0)).containsText("exchange.created");
    assertNoComplaints();
  }

  @Test
  void filtersByAnyText() {
    fillTrail();
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Audit");
    for (String[] wanted :
        new String[][] {
          {"MALLORY", "1 of 4"}, {"192.0.2.7", "2 of 4"}, {"queue.", "2 of 4"}, {"^in-", "1 of 4"}
        }) {
      page.locator("#filter").fill(wanted[0]);
      assertThat(page.locator(".shown")).hasText(wanted[1]);
    }
    page.locator("#filter").fill("nothing like it");
    assertThat(page.locator(".empty h2")).hasText("Nothing matches the filter");
    assertNoComplaints();
  }

  @Test
  void showsNoMoreThanAPage() {
    for (int i = 0; i < AuditTrail.KEPT_MAX + 20; i++) {
      trail().changed(ALICE, "queue.created", "/", "q" + i, Map.of(), Map.of("type", "classic"));
    }
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Audit");

    assertThat(page.locator("tbody tr")).hasCount(50);
    assertThat(page.locator(".pager")).containsText("1–50 of 1,000");
    page.locator(".pager button:has-text('Next')").click();
    assertThat(page.locator("tbody tr").first()).containsText("q969");
    assertNoComplaints();
  }

  @Test
  void tellsOthersWhoMaySeeIt() {
    fillTrail();
    Page page = newPage(1280, 800, ColorScheme.LIGHT);
    page.navigate(server.uri("/#/audit").toString());
    enter(page, "worker", "worker");

    assertThat(page.locator("h1")).hasText("Audit");
    assertThat(page.locator(".empty"))
        .containsText("for users with the tag monitoring or administrator");
    assertThat(page.locator("nav[aria-label=Pages] a")).hasCount(6);
    assertThat(server.send("GET", "/api/audit", "worker").statusCode()).isEqualTo(401);
    page.navigate(server.uri("/#/overview").toString());
    assertThat(page.locator("h1")).hasText("Overview");
    assertThat(page.locator("main")).containsText("for users with the tag monitoring");
    picture(page, "overview-management");
    for (String other : List.of("Connections", "Exchanges", "Queues")) {
      open(page, other);
    }
    assertNoComplaints();

    Page watching = newPage(1280, 800, ColorScheme.LIGHT);
    watching.navigate(server.uri("/#/audit").toString());
    enter(watching, "watcher", "watcher");
    // Those there were and the one refused above: the pages he may see ask for nothing he may not.
    assertThat(watching.locator("tbody tr")).hasCount(5);
    assertThat(watching.locator("tbody tr").first()).containsText("GET /api/audit");
  }

  @Test
  void saysWhenNothingWasChanged() {
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    open(page, "Audit");
    assertThat(page.locator(".empty h2")).hasText("Nothing was changed yet");
    assertNoComplaints();
  }

  @Test
  void showsAlarmsCertificatesAndReachedLimits() throws Exception {
    server.management.alarms.add("memory");
    server.management.expire("CN=broker.example", server.clock.epochMs() + 9 * 86_400_000L);
    limitWorker();
    server.connections.add(new FakeConnection(1, "worker", "shop", server.clock.epochMs()));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = logIn(1280, 800, scheme);

      assertThat(page.locator("[role=alert]")).containsText("Memory is nearly used up");
      Locator warnings = page.locator("[aria-label=Warnings] li");
      assertThat(warnings).hasCount(3);
      assertThat(warnings.nth(0)).containsText("CN=broker.example of AMQP on port 5671 expires");
      assertThat(warnings.nth(1)).containsText("virtual host / has reached max-connections: 1");
      assertThat(warnings.nth(2)).containsText("user worker has reached max-connections: 1");
      picture(page, "warnings-" + scheme);
      assertFits(page, "warnings");
      open(page, "Alarms");
      Locator alarms = page.locator(".banner li");
      assertThat(alarms).hasCount(4);
      assertThat(alarms.nth(3)).containsText("CN=broker.example of AMQP on port 5671 expires");
      assertThat(page.locator(".banner")).not().containsText("{");
    }
    assertNoComplaints();
  }

  private void limitWorker() throws Exception {
    var unused =
        server
            .access
            .change(
                ALICE,
                rules ->
                    List.of(
                        new PutUser(rules.user("worker").orElseThrow().with(new UserLimits(1, 5))),
                        new PutVirtualHost(
                            "/", VirtualHostSettings.DEFAULTS.with(new VirtualHostLimits(1, 9)))))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  @Test
  void looksWellAtBothWidthsInBothThemes() {
    fillTrail();
    trail()
        .changed(
            ALICE,
            "binding.created",
            "/",
            "events",
            Map.of(),
            Map.of("destination", "a.rather-long-name-of-a-queue.".repeat(6), "routing_key", "#"));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1280, 390)) {
        Page page = logIn(width, 820, scheme);
        open(page, "Audit");
        assertThat(page.locator("tbody tr")).hasCount(5);
        picture(page, "audit-filled-" + scheme + "-" + width);
        assertFits(page, "audit at " + width);
      }
    }
    assertNoComplaints();
  }

  @Test
  void showsNamesThatLookLikeHtmlAsText() {
    Map<String, Object> values = Map.of(IMAGE, IMAGE);
    server.management.queue("/", IMAGE, "classic", values);
    server.management.exchange(IMAGE, "topic").binding(IMAGE, IMAGE, IMAGE);
    server.connections.add(new FakeConnection(1, IMAGE, IMAGE, server.clock.epochMs()));
    trail().changed(new Actor(IMAGE, IMAGE, IMAGE), IMAGE, IMAGE, IMAGE, Map.of(), values);
    trail().refused(ALICE, "user.authentication.failure", "", IMAGE, IMAGE);
    server.management.alarms.add(IMAGE);
    server.management.expire(IMAGE, server.clock.epochMs());
    Page page = logIn(1280, 800, ColorScheme.LIGHT);
    for (String name :
        List.of("Overview", "Queues", "Exchanges", "Bindings", "Connections", "Audit")) {
      open(page, name);
      assertThat(page.locator("main")).containsText(IMAGE);
      assertThat(page.locator("img")).hasCount(0);
    }
    page.navigate(server.uri("/") + "#/queues?name=" + IMAGE.replace(" ", "%20"));
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page.evaluate("window.broken")).isNull();
    // A violation of the content policy would be one.
    assertNoComplaints();
  }
}
