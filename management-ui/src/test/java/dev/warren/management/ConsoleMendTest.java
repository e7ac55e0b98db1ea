package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Counting, moving, copying, retrying and deleting messages in the console. */
final class ConsoleMendTest extends OverBroker {
  private static final Locator.FilterOptions VISIBLE = new Locator.FilterOptions().setVisible(true);

  private static Locator doIt(Page page, String text) {
    return page.locator("#mend ~ .actions button:has-text('" + text + "')").filter(VISIBLE);
  }

  private static void count(Page page, String told) {
    send(page, "mend");
    assertThat(page.locator("#mend [role=status]")).hasText(told);
  }

  @Test
  void anOrderThatWasEditedMustBeCountedAgain() {
    queueWith("edited", 4);
    broker.must("PUT", "/queues/%2F/edited-to", "");
    Page page = at(queue("edited", "mend"));
    fill(page, "mend-filter", "kind = 'video'");
    fill(page, "mend-queue", "edited-to");
    count(page, "2 messages match.");
    assertThat(doIt(page, "Move 2 messages")).isVisible();

    page.locator("#mend-action").selectOption("delete");
    assertThat(page.locator("#mend ~ .actions button")).hasCount(0);
    assertThat(page.locator("#mend [role=status]")).hasText("");
    count(page, "2 messages match.");
    fill(page, "mend-filter", "n = 0");
    assertThat(page.locator("#mend ~ .actions button")).hasCount(0);
    count(page, "1 message matches.");
    assertThat(doIt(page, "Delete 1 message")).isVisible();
    assertThat(ready("edited")).isEqualTo(4);
  }

  @Test
  void nothingIsDeletedWithoutAYes() {
    queueWith("deleted", 3);
    Page page = at(queue("deleted", "mend"));
    List<String> questions = new ArrayList<>();
    List<Boolean> answers = new ArrayList<>(List.of(false, true));
    page.onDialog(
        dialog -> {
          questions.add(dialog.message());
          if (answers.remove(0)) {
            dialog.accept();
          } else {
            dialog.dismiss();
          }
        });
    page.locator("#mend-scope").selectOption("all");
    page.locator("#mend-action").selectOption("delete");
    count(page, "3 messages match.");
    doIt(page, "Delete 3 messages").click();
    assertThat(questions).hasSize(1);
    assertThat(questions.get(0)).contains("Delete 3 messages of queue deleted?");
    assertThat(page.locator(".mending")).hasCount(0);
    assertThat(ready("deleted")).isEqualTo(3);
    doIt(page, "Delete 3 messages").click();
    assertThat(page.locator(".mending.done")).containsText("3 done");
    assertThat(ready("deleted")).isZero();
  }

  @Test
  void messagesWithATextAreCopied() {
    queueWith("copied", 12);
    broker.must("PUT", "/queues/%2F/copied-to", "");
    Page page = at(queue("copied", "mend"));
    fill(page, "mend-text", "body 1");
    page.locator("#mend-action").selectOption("copy");
    fill(page, "mend-exchange", "amq.default");
    fill(page, "mend-routing_key", "copied-to");
    count(page, "3 messages match.");
    doIt(page, "Copy 3 messages").click();
    assertThat(page.locator(".mending.done")).containsText("3 done of 12 looked at");
    assertThat(ready("copied")).isEqualTo(12);
    assertThat(ready("copied-to")).isEqualTo(3);
  }

  @Test
  void deadMessagesAreLookedAtAndSentBack() {
    broker.must("PUT", "/exchanges/%2F/graves", "{\"type\":\"fanout\"}");
    broker.must(
        "PUT", "/queues/%2F/alive", "{\"arguments\":{\"x-dead-letter-exchange\":\"graves\"}}");
    broker.must("PUT", "/queues/%2F/dead", "");
    broker.must("POST", "/bindings/%2F/e/graves/q/dead", "{}");
    broker.publish("amq.default", "alive", "try me", "{}");
    broker.must(
        "POST",
        "/queues/%2F/alive/get",
        "{\"count\":1,\"ackmode\":\"reject_requeue_false\",\"encoding\":\"auto\"}");
    Page page = at(queue("dead", ""));
    rows(page, "Messages").locator("a").first().click();
    assertThat(rows(page, "Deaths")).hasCount(1);
    assertThat(rows(page, "Deaths")).containsText("rejected");
    rows(page, "Deaths").locator("a:has-text('alive')").click();
    assertThat(page.locator("h1")).containsText("alive");

    go(page, queue("dead", "mend"));
    page.locator("#mend-scope").selectOption("all");
    page.locator("#mend-action").selectOption("retry");
    count(page, "1 message matches.");
    doIt(page, "Retry 1 message").click();
    assertThat(page.locator(".mending.done")).containsText("1 done");
    assertThat(ready("alive")).isEqualTo(1);
    assertThat(ready("dead")).isZero();
  }

  @Test
  void aSlowOrderIsStopped() {
    queueWith("slow", 8);
    Page page = at(queue("slow", "mend"));
    page.onDialog(Dialog::accept);
    page.locator("#mend-scope").selectOption("all");
    page.locator("#mend-action").selectOption("delete");
    fill(page, "mend-rate", "1");
    count(page, "8 messages match.");
    doIt(page, "Delete 8 messages").click();
    assertThat(page.locator(".mending.running")).isVisible();
    page.locator(".mending button:has-text('Stop')").click();
    assertThat(page.locator(".mending.stopped")).isVisible();
    assertThat(ready("slow")).isPositive();
  }

  @Test
  void whatIsTypedIsWhatIsCounted() {
    queueWith("counted", 10);
    Page page = at(queue("counted", ""));
    assertThat(rows(page, "Messages")).hasCount(10);
    page.locator("input[name=filter]").fill("n < 3");
    page.locator(".search button:has-text('Count')").click();
    assertThat(page.locator(".tab p[role=status]"))
        .hasText(Pattern.compile("3 of\\s+10 messages match\\."));
    assertThat(rows(page, "Messages")).hasCount(3);
    page.locator("input[name=text]").fill("body 2");
    assertThat(page.locator(".tab p[role=status]")).hasCount(0);
    page.locator("input[name=filter]").fill("n <");
    page.locator(".search button:has-text('Count')").click();
    assertThat(page.locator("#search-filter-note")).containsText("filter: ");
    page.locator("input[name=filter]").fill("");
    page.context().setOffline(true);
    page.locator(".search button:has-text('Count')").click();
    assertThat(page.locator(".tab .form-error")).hasText("The broker cannot be reached.");
    page.context().setOffline(false);
  }

  @Test
  void anOrderThatWaitsSaysWhy() {
    broker.must("PUT", "/queues/%2F/waiting", "");
    String waiting =
        "[{\"id\":1,\"vhost\":\"/\",\"queue\":\"waiting\",\"action\":\"move\",\"state\":\"running\","
            + "\"user\":\"guest\",\"started_at\":0,\"scanned\":5,\"mended\":1,\"skipped\":0,"
            + "\"to\":{\"exchange\":\"\",\"routing_key\":\"there\"},"
            + "\"waits_because\":\"publishers are blocked\"}]";
    Page page = logIn(1280, 900, ColorScheme.LIGHT);
    page.route("**/api/mendings", route -> route.fulfill(json(200, waiting)));
    go(page, queue("waiting", "mend"));
    assertThat(page.locator(".mending.running")).containsText("Waits: publishers are blocked");
    assertThat(page.locator(".mending.running")).containsText("Move to there");
  }
}
