package dev.warren.server.security;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The graph of the topology in a real browser, while clients of AMQP are at work. */
class LiveTopologyTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void showsConsumersAndRatesThatLeadToThem() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "");
        Playwright playwright = playwright();
        Browser browser = launch(playwright)) {
      broker.must("PUT", "/exchanges/%2F/uploads", "{\"type\":\"topic\"}");
      broker.must("PUT", "/queues/%2F/videos", "");
      broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"video.#\"}");
      String address = "amqp://127.0.0.1:" + broker.wiring().amqpPort();
      try (Connection connection =
          JmsClient.connect(address, JmsClient.Login.inClear("guest", "guest"))) {
        Page page = logIn(browser, broker.url());
        Locator queue = node(page, "queue videos");
        assertThat(queue).containsText("0 messages");
        assertThat(node(page, "consumers of videos")).hasCount(0);

        consume(connection);
        consume(connection);
        Locator consumers = node(page, "consumers of videos");
        assertThat(consumers).containsText("2 consumers");
        publishUntilThereAreRates(
            connection, List.of(node(page, "exchange uploads"), queue, consumers));

        consumers.click();
        assertThat(page.locator("h1")).containsText("videos");
        assertThat(page.locator("table[aria-label=Consumers] tbody tr")).hasCount(2);
      }
    }
  }

  private static void consume(Connection connection) throws Exception {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    session.createConsumer(session.createQueue("/queues/videos")).setMessageListener(seen -> {});
  }

  private static void publishUntilThereAreRates(Connection connection, List<Locator> nodes)
      throws Exception {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer =
        session.createProducer(session.createQueue("/exchanges/uploads/video.new"));
    await()
        .pollInSameThread()
        .atMost(LIMIT)
        .until(
            () -> {
              producer.send(session.createTextMessage("a video"));
              return nodes.stream().allMatch(node -> node.textContent().contains("/s"));
            });
  }

  private static Locator node(Page page, String label) {
    return page.locator("svg.graph a[aria-label^='" + label + "']");
  }

  private static Page logIn(Browser browser, String url) {
    Page page = browser.newPage();
    page.navigate(url + "/#/topology");
    page.locator("input[name=user]").fill("guest");
    page.locator("input[name=password]").fill("guest");
    page.locator("button[type=submit]").click();
    assertThat(page.locator("h1")).hasText("Topology");
    return page;
  }

  /** Without its own browsers: nothing is downloaded. */
  private static Playwright playwright() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    return Playwright.create(new Playwright.CreateOptions().setEnv(environment));
  }

  private static Browser launch(Playwright playwright) {
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(chromium())
                .setArgs(List.of("--no-sandbox", "--disable-gpu", "--no-first-run")));
  }

  /** Where WARREN_CHROMIUM says, or on PATH. */
  private static Path chromium() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Stream<Path> onPath =
        Stream.of(path.split(File.pathSeparator, -1))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)));
    Stream<Path> named = Stream.ofNullable(System.getenv("WARREN_CHROMIUM")).map(Path::of);
    Optional<Path> found = Stream.concat(named, onPath).filter(Files::isExecutable).findFirst();
    assertThat(found).as("Chromium is installed: run scripts/test").isPresent();
    return found.orElseThrow();
  }
}
