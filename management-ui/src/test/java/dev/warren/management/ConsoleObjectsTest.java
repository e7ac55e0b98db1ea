package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is done with queues, exchanges, users, virtual hosts and definitions in the console. */
final class ConsoleObjectsTest extends OverBroker {

  @Test
  void aQueueHasFiguresConsumersAndBindings() {
    broker.must("PUT", "/exchanges/%2F/to-tabs", "{\"type\":\"topic\"}");
    queueWith("tabs", 3);
    Page page = at(queue("tabs", "figures"));
    assertThat(page.locator(".tab canvas")).hasCount(2);
    assertThat(page.locator(".tab dl.list > div:has-text('Published') dd")).hasText("3");
    page.locator(".tabs a:has-text('Consumers')").click();
    assertThat(page.locator(".empty h2")).hasText("No consumers");
    page.locator(".tabs a:has-text('Bindings')").click();
    assertThat(rows(page, "Bindings")).hasCount(1);
    unfold(page, "Bind");
    fill(page, "new-binding-source", "to-tabs");
    fill(page, "new-binding-routing_key", "tabs.#");
    send(page, "new-binding");
    assertThat(row(page, "Bindings", "tabs.#")).containsText("to-tabs");
    assertNoComplaints();
  }

  @Test
  void aMessageIsPublishedToAnExchangeAndCharted() {
    broker.must("PUT", "/exchanges/%2F/posts", "{\"type\":\"direct\"}");
    broker.must("PUT", "/queues/%2F/posted", "");
    broker.must("POST", "/bindings/%2F/e/posts/q/posted", "{\"routing_key\":\"k\"}");
    Page page = at(exchange("posts", "publish"));
    fill(page, "publish-routing_key", "elsewhere");
    fill(page, "publish-payload", "hello");
    send(page, "publish");
    assertThat(page.locator("#publish [role=status]")).containsText("no queue is bound for it");
    fill(page, "publish-routing_key", "k");
    send(page, "publish");
    assertThat(page.locator("#publish [role=status]")).hasText("Published.");
    assertThat(ready("posted")).isEqualTo(1);
    page.locator(".tabs a:has-text('Figures')").click();
    assertThat(page.locator(".tab canvas")).hasCount(1);
    assertThat(page.locator(".legend dt").first()).hasText("In");
    assertNoComplaints();
  }

  @Test
  void anExchangeIsDeletedAfterAsking() {
    broker.must("PUT", "/exchanges/%2F/unwanted", "{\"type\":\"direct\"}");
    Page page = at(exchange("unwanted", ""));
    page.onDialog(Dialog::accept);
    page.locator(".actions button:has-text('Delete')").click();
    assertThat(page.locator("h1")).hasText("Exchanges");
    assertThat(row(page, "Exchanges", "unwanted")).hasCount(0);
  }

  @Test
  void gotMessagesShowTheirPropertiesAndBinaryBodiesAsOctets() {
    broker.must("PUT", "/queues/%2F/mixed", "");
    broker.publish("amq.default", "mixed", "plain words", "{\"kind\":\"greeting\"}");
    broker.must(
        "POST",
        "/exchanges/%2F/amq.default/publish",
        "{\"routing_key\":\"mixed\",\"payload\":\"AP+A\",\"payload_encoding\":\"base64\","
            + "\"properties\":{\"content_type\":\"image/x\"}}");
    Page page = at(queue("mixed", "send"));
    fill(page, "get-count", "0");
    send(page, "get");
    assertThat(page.locator("#get-count-note")).containsText("1 to");
    fill(page, "get-count", "2");
    send(page, "get");
    assertThat(page.locator(".got")).hasCount(2);
    assertThat(page.locator(".got").nth(0)).containsText("greeting");
    assertThat(page.locator(".got").nth(0).locator(".payload")).hasText("plain words");
    assertThat(page.locator(".got").nth(1)).containsText("image/x");
    assertThat(page.locator(".got").nth(1).locator(".badge.warm").first()).hasText("binary");
    assertThat(page.locator(".got").nth(1).locator(".payload")).hasText("00 ff 80");
    assertThat(ready("mixed")).isEqualTo(2);
  }

  @Test
  void permissionsOfAUserAreSetAndCleared() {
    user("rights", "management", ".*", ".*", ".*");
    Page page = at("#/user?name=rights");
    page.onDialog(Dialog::accept);
    unfold(page, "Set topic permissions");
    fill(page, "topic-permissions-write", "^mine");
    send(page, "topic-permissions");
    assertThat(row(page, "Topic permissions", "^mine")).containsText("amq.topic");
    rows(page, "Topic permissions").locator("button:has-text('Clear')").click();
    assertThat(page.locator("main")).containsText("None: any routing key is allowed.");
    rows(page, "Permissions").locator("button:has-text('Clear')").click();
    assertThat(page.locator("main")).containsText("None: this user can enter no virtual host.");
    assertNoComplaints();
  }

  @Test
  void aVirtualHostIsLimitedAndDeleted() {
    broker.must("PUT", "/vhosts/shop", "");
    Page page = at("#/vhosts");
    page.onDialog(Dialog::accept);
    unfold(page, "Set a limit");
    fill(page, "vhost-limit-vhost", "shop");
    fill(page, "vhost-limit-value", "7");
    send(page, "vhost-limit");
    assertThat(page.locator("#vhost-limit [role=status]")).hasText("Done.");
    assertThat(broker.must("GET", "/vhost-limits/shop", "").at("/0/value/max-queues").asInt())
        .isEqualTo(7);
    row(page, "Virtual hosts", "shop").locator("button:has-text('Delete')").click();
    assertThat(row(page, "Virtual hosts", "shop")).hasCount(0);
  }

  @Test
  void definitionsAreDownloaded() throws IOException {
    broker.must("PUT", "/queues/%2F/exported", "");
    Page page = at("#/definitions");
    Download download = page.waitForDownload(() -> send(page, "export"));
    assertThat(download.suggestedFilename()).isEqualTo("definitions.json");
    var file = new ObjectMapper().readTree(download.createReadStream());
    assertThat(file.path("queues").findValuesAsText("name")).contains("exported");
    page.locator("#export-vhost").selectOption("/");
    assertThat(page.waitForDownload(() -> send(page, "export")).suggestedFilename())
        .isEqualTo("definitions-_.json");
  }

  @Test
  void whatAnImportWouldChangeAndWhatItConflictsWithIsTold() {
    broker.must("PUT", "/queues/%2F/conflicting", "");
    Page page = at("#/definitions");
    String text =
        "{\"queues\":[{\"name\":\"new-one\",\"vhost\":\"/\",\"durable\":true},"
            + "{\"name\":\"new-two\",\"vhost\":\"/\",\"durable\":true},"
            + "{\"name\":\"conflicting\",\"vhost\":\"/\",\"durable\":false}],"
            + "\"policies\":[{\"name\":\"everything\",\"vhost\":\"/\"}]}";
    page.locator("#import-file")
        .setInputFiles(
            new FilePayload("d.json", "application/json", text.getBytes(StandardCharsets.UTF_8)));
    send(page, "import");
    assertThat(rows(page, "Changes")).hasText("Queues2");
    assertThat(rows(page, "Conflicts")).containsText("conflicting");
    assertThat(rows(page, "Conflicts")).containsText("exists and differs");
    assertThat(rows(page, "Left out")).containsText("everything");
    assertThat(row(page, "Changes", "Users")).hasCount(0);
    page.locator("button:has-text('Import it')").click();
    assertThat(page.locator("p[role=status]")).hasText("Imported.");
    assertThat(ready("new-two")).isZero();
  }

  @Test
  void aFileWithErrorsIsReportedAsAWholeAndCannotBeImported() {
    broker.must("PUT", "/queues/%2F/there", "{\"durable\":true}");
    Page page = at("#/definitions");
    String text =
        "{\"queues\":[{\"name\":\"there\",\"vhost\":\"/\",\"durable\":false},"
            + "{\"name\":\"nowhere\",\"vhost\":\"none\",\"durable\":true}],"
            + "\"exchanges\":[{\"name\":\"odd\",\"vhost\":\"/\",\"type\":\"none\"}]}";
    page.locator("#import-file")
        .setInputFiles(
            new FilePayload("d.json", "application/json", text.getBytes(StandardCharsets.UTF_8)));
    send(page, "import");
    assertThat(page.locator("#import-file-note")).containsText("and 1 more errors");
    assertThat(rows(page, "Errors")).hasCount(2);
    assertThat(row(page, "Errors", "odd")).containsText("type 'none'");
    assertThat(rows(page, "Conflicts")).containsText("there");
    assertThat(page.locator("button:has-text('Import it')")).hasCount(0);
  }

  @Test
  void aRouteIsExplainedForAnotherUserAndARefusedOne() {
    user("reader", "management", "^$", "^$", ".*");
    broker.must("PUT", "/exchanges/%2F/explained", "{\"type\":\"topic\"}");
    Page page = at(exchange("explained", "explain"));
    fill(page, "explain-user", "nobody-there");
    send(page, "explain");
    assertThat(page.locator("#explain-user-note")).containsText("no user 'nobody-there'");
    fill(page, "explain-user", "reader");
    send(page, "explain");
    assertThat(page.locator(".explained h2")).containsText("refused");
    assertThat(page.locator(".explained")).containsText("write access to exchange 'explained'");
    fill(page, "explain-user", "");
    send(page, "explain");
    assertThat(page.locator(".explained h2")).containsText("released");
    assertThat(page.locator("#explain [role=status]")).hasText("0 queues.");
  }

  @Test
  void aListIsPagedByKeyboardWithoutLosingThePlace() {
    StringBuilder queues = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      queues
          .append(i == 0 ? "" : ",")
          .append("{\"name\":\"many-%02d\",\"vhost\":\"/\",\"durable\":true}".formatted(i));
    }
    broker.must("POST", "/definitions", "{\"queues\":[" + queues + "]}");
    Page page = at("#/queues?name=many-");
    assertThat(rows(page, "Queues")).hasCount(50);
    page.locator(".pager button:has-text('Next')").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator(".pager")).containsText("51–60 of 60");
    assertThat(page.locator(".pager button:has-text('Next')")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator(".pager")).containsText("51–60 of 60");
    page.locator(".pager button:has-text('Previous')").click();
    assertThat(rows(page, "Queues")).hasCount(50);
  }

  @Test
  void aQueueIsPausedAndResumedByKeyboardAlone() {
    broker.must("PUT", "/queues/%2F/keys", "");
    Page page = at(queue("keys", ""));
    page.locator(".actions button:has-text('Pause')").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator(".actions button:has-text('Resume')")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator(".actions button:has-text('Pause')")).isFocused();
    assertThat(page.locator(".badge:has-text('paused')")).hasCount(0);
  }

  @Test
  void theFocusGoesOnWhereTheContentIs() {
    broker.must("PUT", "/queues/%2F/focus", "");
    broker.must("POST", "/bindings/%2F/e/amq.topic/q/focus", "{\"routing_key\":\"f\"}");
    Page page = at("#/overview");
    assertThat(page.locator("#content")).isFocused();
    go(page, queue("focus", "bindings"));
    page.onDialog(Dialog::accept);
    page.locator("button:has-text('Unbind')").focus();
    page.keyboard().press("Enter");
    assertThat(rows(page, "Bindings")).hasCount(1);
    assertThat(page.locator("#content")).isFocused();
  }
}
