package dev.warren.server.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One broker for all tests of a class, with the topology of a YAML file beside this class. When a
 * test fails, the end of the broker's output is shown.
 *
 * <p>With {@code -Dwarren.interop.url=amqp://host:port} the tests run against a broker that is up
 * already and has the same topology: the way to compare Warren's behaviour with RabbitMQ's.
 */
final class InteropBroker
    implements BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {

  private static final int OUTPUT_CHARS_SHOWN = 6_000;

  private final @Nullable String topology;
  private final @Nullable Path configuration;
  private @Nullable RunningBroker broker;
  private @Nullable Path directory;

  /** A broker with the topology of a file beside this class. */
  InteropBroker(String topology) {
    this.topology = topology;
    this.configuration = null;
  }

  /** A broker with a configuration file as it is. */
  InteropBroker(Path configuration) {
    this.topology = null;
    this.configuration = configuration.toAbsolutePath().normalize();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (external() != null) {
      return;
    }
    Path fresh = Files.createTempDirectory("warren-interop");
    directory = fresh;
    broker = RunningBroker.start(configuration(fresh), fresh.resolve("data"));
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    RunningBroker started = broker;
    if (context.getExecutionException().isPresent() && started != null) {
      String output = started.output();
      int from = Math.max(0, output.length() - OUTPUT_CHARS_SHOWN);
      System.err.println("--- the broker said:\n" + output.substring(from));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    RunningBroker started = broker;
    if (started != null) {
      started.close();
    }
    Path used = directory;
    if (used != null) {
      deleteTree(used);
    }
  }

  String host() {
    URI url = external();
    return url == null ? "127.0.0.1" : url.getHost();
  }

  int amqpPort() {
    URI url = external();
    return url == null ? running().amqpPort() : url.getPort();
  }

  int httpPort() {
    // RabbitMQ's distance between its two ports, which is Warren's too.
    return external() == null ? running().httpPort() : amqpPort() + 10_000;
  }

  /** The broker's own process; not there when the tests run against another broker. */
  RunningBroker running() {
    RunningBroker started = broker;
    if (started == null) {
      throw new IllegalStateException("the broker was not started");
    }
    return started;
  }

  private Path configuration(Path fresh) throws IOException {
    Path asItIs = configuration;
    if (asItIs != null) {
      return asItIs;
    }
    return copyTopology(Objects.requireNonNull(topology), fresh);
  }

  /** Writes a topology from the resources into a directory and returns the file. */
  static Path copyTopology(String name, Path directory) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = InteropBroker.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no such topology: " + name);
      }
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private static void deleteTree(Path root) throws IOException {
    List<Path> paths;
    try (Stream<Path> tree = Files.walk(root)) {
      paths = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static @Nullable URI external() {
    String url = System.getProperty("warren.interop.url", "");
    return url.isEmpty() ? null : URI.create(url);
  }
}
