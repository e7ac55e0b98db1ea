package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does in the console, in a real browser over a real broker. */
final class ConsoleActionsTest extends InBrowser {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private WorkingBroker broker;

  @BeforeEach
  void startBroker() {
    broker = new WorkingBroker(directory);
    broker.must(
        "PUT", "/queues/%2F/videos", "{\"arguments\":{\"x-dead-letter-exchange\":\"dead\"}}");
    broker.must("PUT", "/queues/%2F/other", "");
    broker.must("PUT", "/queues/%2F/graveyard", "");
    broker.must("PUT", "/exchanges/%2F/uploads", "{\"type\":\"topic\"}");
    broker.must("PUT", "/exchanges/%2F/dead", "{\"type\":\"fanout\"}");
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"video.#\"}");
    broker.must("POST", "/bindings/%2F/e/dead/q/graveyard", "{}");
    for (int i = 0; i < 60; i++) {
      String kind = i % 2 == 0 ? "video" : "audio";
      broker.publish(
          "uploads",
          "video.new",
          "{\"number\": " + i + "}",
          "{\"kind\":\"" + kind + "\",\"n\":" + i + "}");
    }
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Override
  String address() {
    return broker.address();
  }

  private Page at(String hash) {
    Page page = logIn(1280, 900, ColorScheme.LIGHT);
    go(page, hash);
    return page;
  }

  private static void go(Page page, String hash) {
    page.evaluate("hash => { location.hash = hash; }", hash);
    assertThat(page.locator(".loading")).hasCount(0);
  }

  private static Locator rows(Page page, String table) {
    return page.locator("table[aria-label='" + table + "'] tbody tr");
  }

  private long ready(String queue) {
    return broker.must("GET", "/queues/%2F/" + queue, "").path("messages_ready").asLong();
  }

  @Test
  void messagesAreLookedAtPageByPageSearchedAndCounted() {
    Page page = at("#/queue?vhost=%2F&name=videos");
    assertThat(rows(page, "Messages")).hasCount(50);
    page.locator("nav[aria-label='Pages of messages'] button:has-text('Next')").click();
    assertThat(rows(page, "Messages")).hasCount(10);
    page.locator("input[name=filter]").fill("kind = 'video' AND n >= 50");
    page.locator(".search button[type=submit]").click();
    assertThat(rows(page, "Messages")).hasCount(5);
    page.locator(".search button:has-text('Count')").click();
    assertThat(page.locator("[role=status]:has-text('match')"))
        .hasText(Pattern.compile("5 of\\s+60 messages match\\."));
    page.locator("input[name=filter]").fill("kind =");
    page.locator(".search button[type=submit]").click();
    assertThat(page.locator(".form-error")).containsText("filter: ");
    assertThat(ready("videos")).isEqualTo(60);
  }

  @Test
  void oneMessageIsShownWithEverythingItCarries() {
    Page page = at("#/queue?vhost=%2F&name=videos");
    rows(page, "Messages").first().locator("a").first().click();
    assertThat(page.locator(".payload")).containsText("\"number\": 0");
    assertThat(page.locator(".card:has-text('Application properties')")).containsText("video");
    assertThat(page.locator(".card:has-text('Message annotations')")).containsText("x-routing-key");
    assertNoComplaints();
  }

  @Test
  void matchingMessagesAreMovedAfterTheyWereCounted() {
    Page page = at("#/queue?vhost=%2F&name=videos&tab=mend");
    page.locator("input[name=filter]").fill("kind = 'audio'");
    page.locator("input[name=queue]").fill("nowhere");
    page.locator("button:has-text('Count first')").click();
    assertThat(page.locator("#mend-queue-note")).containsText("no queue 'nowhere'");
    page.locator("input[name=queue]").fill("other");
    page.locator("button:has-text('Count first')").click();
    page.locator("button:has-text('Move 30 messages')").click();
    assertThat(page.locator(".mending.done")).containsText("30 done");
    assertThat(ready("other")).isEqualTo(30);
    assertThat(ready("videos")).isEqualTo(30);
  }

  @Test
  void chosenMessagesAreDeleted() {
    Page page = at("#/queue?vhost=%2F&name=videos");
    rows(page, "Messages").nth(0).locator("input").check();
    rows(page, "Messages").nth(3).locator("input").check();
    page.locator("a:has-text('move, copy, retry or delete')").click();
    page.onDialog(Dialog::accept);
    page.locator("select[name=action]").selectOption("delete");
    page.locator("button:has-text('Count first')").click();
    page.locator("button:has-text('Delete 2 messages')").click();
    assertThat(page.locator(".mending.done")).containsText("2 done");
    assertThat(ready("videos")).isEqualTo(58);
  }

  @Test
  void aQueueIsPausedResumedPurgedAndDeleted() {
    Page page = at("#/queue?vhost=%2F&name=videos");
    page.onDialog(Dialog::accept);
    page.locator("button:has-text('Pause')").click();
    assertThat(page.locator(".facts .badge:has-text('paused')")).isVisible();
    page.locator("button:has-text('Resume')").click();
    assertThat(page.locator("button:has-text('Pause')")).isVisible();
    page.locator("button:has-text('Purge')").click();
    assertThat(figure(page, "Ready")).hasText("0");
    page.locator("button:has-text('Delete')").click();
    assertThat(page.locator("h1")).hasText("Queues");
    assertThat(rows(page, "Queues").filter(new Locator.FilterOptions().setHasText("videos")))
        .hasCount(0);
  }

  @Test
  void queuesExchangesAndBindingsAreDeclared() {
    Page page = at("#/queues");
    page.locator("summary:has-text('Declare a queue')").click();
    page.locator("#new-queue input[name=name]").fill("amq.mine");
    page.locator("#new-queue button[type=submit]").click();
    assertThat(page.locator("#new-queue .form-error")).containsText("reserved prefix");
    page.locator("#new-queue input[name=name]").fill("fresh");
    page.locator("#new-queue textarea").fill("{\"x-max-length\": 5}");
    page.locator("#new-queue button[type=submit]").click();
    assertThat(rows(page, "Queues").filter(new Locator.FilterOptions().setHasText("fresh")))
        .hasCount(1);
    go(page, "#/exchange?vhost=%2F&name=uploads");
    page.locator("summary:has-text('Bind')").click();
    page.locator("#new-binding input[name=destination]").fill("fresh");
    page.locator("#new-binding input[name=routing_key]").fill("audio.*");
    page.locator("#new-binding button[type=submit]").click();
    assertThat(rows(page, "Bindings")).hasCount(2);
    page.onDialog(Dialog::accept);
    rows(page, "Bindings")
        .filter(new Locator.FilterOptions().setHasText("audio.*"))
        .locator("button:has-text('Unbind')")
        .click();
    assertThat(rows(page, "Bindings")).hasCount(1);
    go(page, "#/exchanges");
    page.locator("summary:has-text('Declare an exchange')").click();
    page.locator("#new-exchange input[name=name]").fill("mine");
    page.locator("#new-exchange button[type=submit]").click();
    assertThat(rows(page, "Exchanges").filter(new Locator.FilterOptions().setHasText("mine")))
        .hasCount(1);
  }

  @Test
  void messagesArePublishedAndGot() {
    Page page = at("#/queue?vhost=%2F&name=other&tab=send");
    page.locator("#publish textarea[name=payload]").fill("hello from the console");
    page.locator("#publish input[name=headers]").fill("{\"broken\"");
    page.locator("#publish button[type=submit]").click();
    assertThat(page.locator("#publish-headers-note")).containsText("this is not JSON");
    page.locator("#publish input[name=headers]").fill("{\"kind\": \"greeting\"}");
    page.locator("#publish button[type=submit]").click();
    assertThat(page.locator("#publish [role=status]")).hasText("Published.");
    page.locator("#get select[name=ackmode]").selectOption("ack_requeue_false");
    page.locator("#get button[type=submit]").click();
    assertThat(page.locator(".payload")).hasText("hello from the console");
    assertThat(ready("other")).isZero();
    assertNoComplaints();
  }

  @Test
  void usersGetPermissionsAndVirtualHostsAreAdded() {
    Page page = at("#/users");
    page.onDialog(Dialog::accept);
    page.locator("summary:has-text('Add a user')").click();
    page.locator("#new-user input[name=name]").fill("mailer");
    page.locator("#new-user button[type=submit]").click();
    assertThat(page.locator("#new-user-password-note")).hasText("This is needed.");
    page.locator("#new-user input[name=password]").fill("a long password");
    page.locator("#new-user input[name=tags]").fill("management");
    page.locator("#new-user button[type=submit]").click();
    rows(page, "Users").locator("a:has-text('mailer')").click();
    page.locator("summary:has-text('Set permissions')").click();
    page.locator("#permissions input[name=configure]").fill("(");
    page.locator("#permissions button[type=submit]").click();
    assertThat(page.locator("#permissions .form-error")).isVisible();
    page.locator("#permissions input[name=configure]").fill("^$");
    page.locator("#permissions button[type=submit]").click();
    assertThat(rows(page, "Permissions")).hasCount(1);
    go(page, "#/vhosts");
    page.locator("summary:has-text('Add a virtual host')").click();
    page.locator("#new-vhost input[name=name]").fill("shop");
    page.locator("#new-vhost button[type=submit]").click();
    assertThat(rows(page, "Virtual hosts")).hasCount(2);
    go(page, "#/user?name=mailer");
    page.locator(".actions button:has-text('Delete')").click();
    assertThat(page.locator("h1")).hasText("Users");
  }

  @Test
  void definitionsAreTriedBeforeTheyAreImported() {
    Page page = at("#/definitions");
    page.locator("#import input[type=file]")
        .setInputFiles(
            new com.microsoft.playwright.options.FilePayload(
                "d.json",
                "application/json",
                "{\"queues\":[{\"name\":\"imported\",\"vhost\":\"/\",\"durable\":true}]}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    page.locator("#import button[type=submit]").click();
    page.locator("button:has-text('Import it')").click();
    assertThat(page.locator("p[role=status]")).hasText("Imported.");
    assertThat(ready("imported")).isZero();
    assertNoComplaints();
  }

  @Test
  void aRouteIsExplainedAndLightsUpInTheTopology() {
    Page page = at("#/exchange?vhost=%2F&name=uploads&tab=explain");
    page.locator("#explain input[name=headers]").fill("[");
    page.locator("#explain button[type=submit]").click();
    assertThat(page.locator("#explain-headers-note")).containsText("this is not JSON");
    page.locator("#explain input[name=headers]").fill("");
    page.locator("#explain input[name=routing_key]").fill("video.new");
    page.locator("#explain button[type=submit]").click();
    assertThat(page.locator(".explained h2")).containsText("accepted");
    assertThat(page.locator(".explained .tree")).containsText("the pattern matches");
    assertThat(page.locator(".explained .tree")).containsText("graveyard");
    page.locator("#explain input[name=ttl]").fill("0");
    page.locator("#explain input[name=body_bytes]").fill("2000");
    page.locator("#explain button[type=submit]").click();
    assertThat(page.locator(".explained")).containsText("when it comes to the head of the queue");
    page.locator("a:has-text('Show it in the topology')").click();
    assertThat(page.locator("svg.graph .edge.binding.lit")).not().hasCount(0);
    assertThat(page.locator("svg.graph .edge.dead-letter.lit")).hasCount(1);
    assertNoComplaints();
  }

  @Test
  void messagesNobodyGotAndIdleBindingsAreShown() {
    broker.publish("uploads", "audio.new", "lost", "{}");
    Page page = at("#/alarms");
    assertThat(rows(page, "Unroutable messages")).hasCount(1);
    assertThat(rows(page, "Unroutable messages").first()).containsText("its only binding");
    assertThat(rows(page, "Bindings that never matched")).hasCount(1);
    assertThat(rows(page, "Bindings that never matched").first()).containsText("graveyard");
    assertNoComplaints();
  }

  @Test
  void theTopologyIsDrawnWithItsDeadLetters() {
    Page page = at("#/topology");
    assertThat(page.locator("svg.graph .node")).hasCount(5);
    assertThat(page.locator("svg.graph .edge.dead-letter")).hasCount(1);
    assertThat(page.locator("svg.graph .edge.binding")).hasCount(2);
    page.locator("#filter").fill("grave");
    assertThat(page.locator("svg.graph .node")).hasCount(2);
    page.locator("svg.graph a:has-text('graveyard')").click();
    assertThat(page.locator("h1")).containsText("graveyard");
    assertNoComplaints();
  }
}
