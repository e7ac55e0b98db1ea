package dev.warren.management;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The graph of the topology, in a real browser over a real broker. */
final class ConsoleTopologyTest extends InBrowser {
  private static final int MANY = 130;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private WorkingBroker broker;

  @BeforeEach
  void startBroker() {
    broker = new WorkingBroker(directory);
    broker.must("PUT", "/exchanges/%2F/rest", "{\"type\":\"fanout\"}");
    broker.must("PUT", "/exchanges/%2F/dead", "{\"type\":\"fanout\"}");
    broker.must(
        "PUT",
        "/exchanges/%2F/uploads",
        "{\"type\":\"topic\",\"arguments\":{\"alternate-exchange\":\"rest\"}}");
    broker.must(
        "PUT", "/queues/%2F/videos", "{\"arguments\":{\"x-dead-letter-exchange\":\"dead\"}}");
    broker.must("PUT", "/queues/%2F/graveyard", "");
    broker.must("PUT", "/queues/%2F/leftovers", "");
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"video.#\"}");
    broker.must("POST", "/bindings/%2F/e/dead/q/graveyard", "{}");
    broker.must("POST", "/bindings/%2F/e/rest/q/leftovers", "{}");
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

  /** So many that not all are drawn; the exchange zz and its queue are the last ones chosen. */
  private void declareMany() {
    ObjectNode definitions = JsonViews.object();
    ArrayNode exchanges = definitions.putArray("exchanges");
    ArrayNode queues = definitions.putArray("queues");
    ArrayNode bindings = definitions.putArray("bindings");
    exchanges.addObject().put("name", "zz").put("vhost", "/").put("type", "fanout");
    exchanges.addObject().put("name", "fan").put("vhost", "/").put("type", "fanout");
    exchanges.forEach(exchange -> ((ObjectNode) exchange).put("durable", true));
    for (int i = 0; i < MANY; i++) {
      declare(queues, bindings, "fan", "busy-%03d".formatted(i));
    }
    declare(queues, bindings, "zz", "zz-quiet");
    broker.must("POST", "/definitions", definitions.toString());
    broker.publish("fan", "", "work", "{}");
  }

  private static void declare(ArrayNode queues, ArrayNode bindings, String exchange, String queue) {
    queues.addObject().put("name", queue).put("vhost", "/").put("durable", true);
    bindings
        .addObject()
        .put("source", exchange)
        .put("vhost", "/")
        .put("destination", queue)
        .put("destination_type", "queue")
        .put("routing_key", "");
  }

  private static void explain(Page page, String exchange, String key) {
    go(page, "#/exchange?vhost=%2F&tab=explain&name=" + exchange);
    page.locator("#explain input[name=routing_key]").fill(key);
    page.locator("#explain button[type=submit]").click();
    assertThat(page.locator(".explained h2")).containsText("accepted");
    page.locator("a:has-text('Show it in the topology')").click();
  }

  private static Locator node(Page page, String label) {
    return page.locator("svg.graph a[aria-label^='" + label + "']");
  }

  private static Locator told(Page page) {
    return page.locator(".told");
  }

  @Test
  void showsDeadLettersAndAlternateExchanges() {
    Page page = at("#/topology");
    assertThat(page.locator("svg.graph .node")).hasCount(6);
    assertThat(title(page, "dead-letter")).hasText("videos → dead: dead letters");
    assertThat(title(page, "alternate")).hasText("uploads → rest: alternate exchange");
    assertThat(page.locator("svg.graph .edge.binding")).hasCount(3);
    assertNoComplaints();
  }

  private static Locator title(Page page, String kind) {
    return page.locator("svg.graph .edge." + kind + " title");
  }

  @Test
  void bindingsBetweenTheSameTwoAreOneLine() {
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"film.#\"}");
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"clip.#\"}");
    Page page = at("#/topology?name=videos");
    assertThat(page.locator("svg.graph .edge.binding")).hasCount(1);
    assertThat(page.locator("svg.graph text.key")).hasText("3 keys");
    assertThat(title(page, "binding"))
        .hasText("uploads → videos: 3 bindings\nclip.#\nfilm.#\nvideo.#");
  }

  @Test
  void tellsHowManyOfThemAreShown() {
    declareMany();
    Page page = at("#/topology");
    assertThat(told(page)).hasText(Pattern.compile("^\\s*The busiest \\d+ of 139 are shown.*"));
    assertThat(page.locator("svg.graph .node")).hasCount(120);
    page.locator("#filter").fill("busy");
    assertThat(told(page)).hasText(Pattern.compile("^\\s*119 of 130 that match are shown.*"));
    assertThat(node(page, "exchange fan")).hasCount(1);
    page.locator("#filter").fill("busy-12");
    assertThat(page.locator("svg.graph .node.queue:has-text('busy-12')")).hasCount(10);
    assertThat(told(page)).hasText("");
    assertNoComplaints();
  }

  @Test
  void lightsARouteThatIsNotAmongTheBusiest() {
    declareMany();
    Page page = at("#/topology");
    assertThat(page.locator("svg.graph .node")).hasCount(120);
    assertThat(node(page, "queue zz-quiet")).hasCount(0);
    explain(page, "zz", "");
    assertThat(page.locator("svg.graph .edge.lit")).hasCount(1);
    assertThat(page.locator("svg.graph .node.lit")).hasCount(2);
    assertThat(node(page, "queue zz-quiet").locator(".node.lit")).isInViewport();
    assertThat(told(page)).containsText("The explained route is lit.");
    page.locator("a:has-text('Put it out')").click();
    assertThat(page.locator("svg.graph :is(.node, .edge).lit")).hasCount(0);
    page.locator("a:has-text('Light the explained route')").click();
    assertThat(page.locator("svg.graph .edge.lit")).hasCount(1);
    assertNoComplaints();
  }

  @Test
  void drawsTheDefaultExchangeIfTheRouteGoesThroughIt() {
    Page page = at("#/topology");
    assertThat(node(page, "exchange (default)")).hasCount(0);
    explain(page, "amq.default", "leftovers");
    assertThat(node(page, "exchange (default)").locator(".node.lit")).hasCount(1);
    assertThat(page.locator("svg.graph .edge.lit title"))
        .hasText("(default) → leftovers: binding\nleftovers");
    assertThat(page.locator("svg.graph .edge.binding")).hasCount(4);
    assertNoComplaints();
  }

  @Test
  void lightsTheAlternateExchange() {
    Page page = at("#/topology");
    explain(page, "uploads", "audio.new");
    assertThat(page.locator("svg.graph .edge.lit")).hasCount(2);
    assertThat(page.locator("svg.graph .edge.alternate.lit")).hasCount(1);
    assertThat(page.locator("svg.graph .node.lit")).hasCount(3);
  }

  @Test
  void tellsIfNothingOfTheRouteIsLit() {
    Page page = at("#/topology?lit=1");
    assertThat(told(page)).containsText("No explained route is known");
    explain(page, "uploads", "video.new");
    assertThat(page.locator("svg.graph .edge.lit")).hasCount(1);
    broker.must("DELETE", "/queues/%2F/videos", "");
    assertThat(told(page)).containsText("Nothing of the explained route is drawn");
    assertThat(page.locator("svg.graph .edge.lit")).hasCount(0);
    assertNoComplaints();
  }

  @Test
  void anotherVirtualHostCanBeChosen() {
    broker.must("PUT", "/vhosts/shop", "");
    broker.must("PUT", "/queues/shop/carts", "");
    Page page = at("#/topology");
    assertThat(node(page, "queue videos")).hasCount(1);
    page.locator("select[name=vhost]").selectOption("shop");
    assertThat(node(page, "queue carts")).hasCount(1);
    assertThat(page.locator("svg.graph .node")).hasCount(1);
    page.goBack();
    assertThat(node(page, "queue videos")).hasCount(1);
    assertThat(page.locator("select[name=vhost]")).hasValue("/");
    assertNoComplaints();
  }

  @Test
  void figuresChangeWithoutAnythingMoving() {
    Page page = at("#/topology");
    Locator videos = node(page, "queue videos");
    assertThat(videos).containsText("0 messages");
    videos.evaluate("element => { element.dataset.seen = 'before'; }");
    Object place = videos.locator(".node").getAttribute("transform");
    broker.publish("uploads", "video.new", "one", "{}");
    assertThat(videos).containsText(Pattern.compile("1 message(?!s)"));
    assertThat(videos).hasAttribute("data-seen", "before");
    assertThat(videos.locator(".node").getAttribute("transform")).isEqualTo(place);
  }

  @Test
  void everyTextFitsIntoItsBox() {
    broker.must("PUT", "/queues/%2F/" + "long.".repeat(40) + "end", "");
    Page page = at("#/topology");
    assertThat(node(page, "queue long.")).hasCount(1);
    Object outside =
        page.evaluate(
            "() => [...document.querySelectorAll('svg.graph .node')].filter(node => {"
                + " const box = node.querySelector('rect').getBBox();"
                + " return [...node.querySelectorAll('text')].some(text =>"
                + " text.getBBox().x + text.getBBox().width > box.width - 4);"
                + "}).map(node => node.textContent)");
    assertThat(outside).isEqualTo(List.of());
  }

  @Test
  void theKeyboardGoesThroughTheGraphFromLeftToRight() {
    Page page = at("#/topology");
    node(page, "exchange uploads").focus();
    page.keyboard().press("Tab");
    String columns =
        "() => [...document.querySelectorAll('svg.graph a .node')]"
            + ".map(node => Math.round(node.transform.baseVal[0].matrix.e))";
    @SuppressWarnings("unchecked")
    List<Integer> order = (List<Integer>) page.evaluate(columns);
    assertThat(order).isSortedAccordingTo(Comparator.naturalOrder());
    Locator focused = page.locator("svg.graph a:focus-visible");
    assertThat(focused).hasCount(1);
    assertThat(focused.locator("rect")).hasCSS("outline-style", "solid");
    node(page, "queue videos").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).containsText("videos");
  }

  @Test
  void theGraphIsMadeLargerAndSmallerAndFitsAPhone() {
    Page page = logIn(390, 844, ColorScheme.LIGHT);
    go(page, "#/topology");
    double before = width(page);
    page.locator("button[aria-label=Larger]").click();
    assertThat(width(page)).isGreaterThan(before * 1.2);
    page.locator("button:has-text('Fit')").click();
    double frame = page.locator(".graph-frame").boundingBox().width;
    assertThat(width(page)).isLessThanOrEqualTo(frame);
    assertFits(page, "topology on a phone");
  }

  private static double width(Page page) {
    return page.locator("svg.graph").boundingBox().width;
  }
}
