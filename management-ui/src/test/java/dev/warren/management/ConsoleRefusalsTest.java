package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the broker refuses is shown where it belongs, and nothing else is lost by it. */
final class ConsoleRefusalsTest extends OverBroker {

  @Test
  void aQueueThatMayNotBeReadIsShownWithoutItsMessages() {
    queueWith("secret", 2);
    user("looker", "management", ".*", ".*", "^$");
    Page page = atAs("looker", queue("secret", ""));

    assertThat(page.locator("h1")).containsText("secret");
    assertThat(page.locator(".tab .form-error"))
        .containsText("read access to queue 'secret' in vhost '/' refused");
    assertThat(figure(page, "Ready")).hasText("2");
    for (String[] tab :
        new String[][] {
          {"Figures", "canvas"}, {"Consumers", ".empty"}, {"Bindings", "table[aria-label=Bindings]"}
        }) {
      page.locator(".tabs a:has-text('" + tab[0] + "')").click();
      assertThat(page.locator(".tab " + tab[1]).first()).isVisible();
    }
    page.locator(".tabs a:has-text('Messages')").click();
    page.locator(".search button:has-text('Count')").click();
    assertThat(page.locator(".tab .form-error")).containsText("read access to queue");
    assertThat(page.locator("form h1")).hasCount(0);
  }

  @Test
  void aQueueOfOneConnectionIsShownWithoutItsMessages() {
    broker.must("PUT", "/queues/%2F/owned", "");
    String locked = "cannot obtain exclusive access to locked queue 'owned' in vhost '/'.";
    Page page = logIn(1280, 900, ColorScheme.LIGHT);
    page.route(
        "**/queues/*/owned/messages?*",
        route ->
            route.fulfill(json(400, "{\"error\":\"bad_request\",\"reason\":\"" + locked + "\"}")));
    go(page, queue("owned", ""));
    assertThat(page.locator(".tab .form-error")).hasText(locked);
    assertThat(page.locator("h1")).containsText("owned");
    page.locator(".tabs a:has-text('Bindings')").click();
    assertThat(rows(page, "Bindings")).hasCount(1);
  }

  @Test
  void whoeverIsNoLongerAUserIsLoggedOut() {
    user("leaver", "management", ".*", ".*", ".*");
    Page page = atAs("leaver", "#/queues");
    assertThat(page.locator("h1")).hasText("Queues");

    broker.must("DELETE", "/users/leaver", "");

    assertThat(page.locator("form h1")).hasText("Log in");
  }

  @Test
  void loggingOutForgetsWhoItWas() {
    Page page = at("#/queues");
    page.locator("button[title='Log out']").click();
    assertThat(page.locator("form h1")).hasText("Log in");
    go(page, "#/exchanges");
    assertThat(page.locator("form h1")).hasText("Log in");
  }

  @Test
  void whatIsGoneIsSaidToBeGone() {
    broker.must("PUT", "/queues/%2F/short-lived", "");
    Page page = at(queue("short-lived", ""));
    assertThat(page.locator("h1")).containsText("short-lived");

    broker.must("DELETE", "/queues/%2F/short-lived", "");

    assertThat(page.locator("h1")).hasText("The queue does not exist (any more)");
    go(page, exchange("never-there", ""));
    assertThat(page.locator("h1")).hasText("The exchange does not exist (any more)");
  }

  private static void assertNote(Page page, String form, String field, String text) {
    send(page, form);
    Locator note = page.locator("#" + form + "-" + field + "-note.form-error");
    assertThat(note).containsText(text);
    Locator input = page.locator("#" + form + "-" + field);
    assertThat(input).hasAttribute("aria-invalid", "true");
    assertThat(input).hasAttribute("aria-describedby", form + "-" + field + "-note");
    assertThat(page.locator("#" + form + " .form-error")).hasCount(1);
  }

  @Test
  void aQueueThatIsRefusedSaysSoAtItsField() {
    broker.must("PUT", "/queues/%2F/made", "");
    Page page = at("#/queues");
    unfold(page, "Declare a queue");
    fill(page, "new-queue-name", "amq.mine");
    assertNote(page, "new-queue", "name", "reserved prefix");
    fill(page, "new-queue-name", "fine");
    assertThat(page.locator("#new-queue .form-error")).hasCount(0);
    fill(page, "new-queue-arguments", "{\"x-max-length\": \"many\"}");
    assertNote(page, "new-queue", "arguments", "x-max-length");
    fill(page, "new-queue-arguments", "{");
    assertNote(page, "new-queue", "arguments", "this is not JSON");
    fill(page, "new-queue-arguments", "");
    fill(page, "new-queue-vhost", "absent");
    assertNote(page, "new-queue", "vhost", "absent");
    fill(page, "new-queue-vhost", "/");
    fill(page, "new-queue-name", "made");
    page.locator("#new-queue-durable").uncheck();
    assertNote(page, "new-queue", "durable", "inequivalent arg 'durable'");
    page.locator("#new-queue-durable").check();
    page.locator("#new-queue-type").selectOption("quorum");
    assertNote(page, "new-queue", "type", "inequivalent arg 'x-queue-type'");
  }

  @Test
  void anExchangeOrBindingThatIsRefusedSaysSoAtItsField() {
    broker.must("PUT", "/exchanges/%2F/from", "{\"type\":\"headers\"}");
    broker.must("PUT", "/queues/%2F/there", "");
    Page page = at("#/exchanges");
    unfold(page, "Declare an exchange");
    fill(page, "new-exchange-name", "amq.new");
    assertNote(page, "new-exchange", "name", "reserved prefix");
    fill(page, "new-exchange-name", "from");
    assertNote(page, "new-exchange", "type", "inequivalent arg 'type'");
    fill(page, "new-exchange-name", "other");
    fill(page, "new-exchange-arguments", "{\"alternate-exchange\": 5}");
    assertNote(page, "new-exchange", "arguments", "alternate-exchange");

    go(page, exchange("from", ""));
    unfold(page, "Bind");
    fill(page, "new-binding-destination", "absent");
    assertNote(page, "new-binding", "destination", "no queue 'absent'");
    fill(page, "new-binding-destination", "there");
    fill(page, "new-binding-arguments", "{\"x-match\": \"some\"}");
    assertNote(page, "new-binding", "arguments", "x-match");
    go(page, queue("there", "bindings"));
    unfold(page, "Bind");
    fill(page, "new-binding-source", "absent");
    assertNote(page, "new-binding", "source", "no exchange 'absent'");
  }

  @Test
  void aPermissionOrLimitThatIsRefusedSaysSoAtItsField() {
    user("somebody", "management", ".*", ".*", ".*");
    Page page = at("#/user?name=somebody");
    unfold(page, "Set permissions");
    fill(page, "permissions-vhost", "absent");
    assertNote(page, "permissions", "vhost", "absent");
    fill(page, "permissions-vhost", "/");
    fill(page, "permissions-write", "(");
    assertNote(page, "permissions", "write", "write");
    unfold(page, "Set topic permissions");
    fill(page, "topic-permissions-vhost", "absent");
    assertNote(page, "topic-permissions", "vhost", "absent");
    go(page, "#/vhosts");
    unfold(page, "Set a limit");
    fill(page, "vhost-limit-vhost", "absent");
    fill(page, "vhost-limit-value", "5");
    assertNote(page, "vhost-limit", "vhost", "absent");
    fill(page, "vhost-limit-value", "");
    assertNote(page, "vhost-limit", "value", "This is needed.");
  }

  @Test
  void aSearchOrOrderThatIsRefusedSaysSoAtItsField() {
    queueWith("searched", 1);
    Page page = at(queue("searched", ""));
    page.locator("input[name=filter]").fill("kind =");
    page.locator(".search button[type=submit]").click();
    assertThat(page.locator("#search-filter-note")).containsText("filter: ");
    assertThat(page.locator("input[name=filter]"))
        .hasAttribute("aria-describedby", "search-filter-note");
    go(page, queue("searched", "mend"));
    fill(page, "mend-queue", "searched");
    assertNote(page, "mend", "filter", "ids, filter or text was expected");
    fill(page, "mend-filter", "kind =");
    assertNote(page, "mend", "filter", "filter: ");
    fill(page, "mend-filter", "kind = 'video'");
    fill(page, "mend-queue", "");
    fill(page, "mend-exchange", "absent");
    assertNote(page, "mend", "exchange", "no exchange 'absent'");
  }

  @Test
  void aFileThatIsNoDefinitionsSaysSoAtItsField() {
    Page page = at("#/definitions");
    choose(page, "{\"queues\": [");
    assertNote(page, "import", "file", "this is not JSON");
    choose(page, "{\"queues\": 5}");
    assertNote(page, "import", "file", "queues");
  }

  private static void choose(Page page, String text) {
    page.locator("#import-file")
        .setInputFiles(
            new FilePayload("d.json", "application/json", text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void nothingAtAllIsALimit() {
    user("limited", "management", ".*", ".*", ".*");
    Page page = at("#/user?name=limited");
    unfold(page, "Limits");
    fill(page, "limits-value", "0");
    send(page, "limits");
    assertThat(page.locator("#limits [role=status]")).hasText("Done.");
    assertThat(page.locator(".facts")).containsText("max-connections 0");
  }

  @Test
  void tagsAreChangedWithoutThePassword() {
    user("promoted", "management", ".*", ".*", ".*");
    Page page = at("#/user?name=promoted");
    unfold(page, "Change password or tags");
    fill(page, "change-user-tags", "management, monitoring");
    send(page, "change-user");
    assertThat(page.locator(".facts .badge")).hasCount(2);

    JsonNode changed = broker.must("GET", "/users/promoted", "");
    assertThat(changed.path("tags")).hasSize(2);
    assertThat(atAs("promoted", "#/overview").locator("h1")).hasText("Overview");
    fill(page, "change-user-password", "another");
    send(page, "change-user");
    assertThat(page.locator("#change-user [role=status]")).hasText("Done.");
    assertThat(broker.must("GET", "/users/promoted", "").path("password_hash"))
        .isNotEqualTo(changed.path("password_hash"));
  }
}
