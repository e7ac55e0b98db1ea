package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.server.journal.JournalCommand;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tools for the journal of a stopped broker, and a broker whose journal is damaged. */
@Timeout(120)
class JournalToolsTest {
  private static final int JOURNAL = 74;
  private static final int MESSAGES = 12;
  private static final long LIMIT_MS = 20_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CONFIGURATION =
      """
      journal:
        segment-size: 256KiB
      limits:
        max-message-size: 64KiB
      virtual-hosts:
        - name: /
          queues:
            - name: tools.orders
            - name: tools.empty
      """;

  @TempDir static Path shared;

  @SuppressWarnings("NullAway.Init")
  private static Path config;

  @SuppressWarnings("NullAway.Init")
  private static Path stopped;

  @TempDir Path directory;

  /** What a run of a tool said, and how it ended. */
  private record Run(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @BeforeAll
  static void fillAJournal() throws Exception {
    config = Files.writeString(shared.resolve("tools.yaml"), CONFIGURATION);
    stopped = shared.resolve("data");
    try (RunningBroker broker = RunningBroker.start(config, stopped)) {
      JmsConnection connection = connect(broker);
      send(connection);
      connection.close();
      assertThat(broker.stop()).isZero();
    }
  }

  private static JmsConnection connect(RunningBroker broker) throws JMSException {
    JmsConnection connection =
        (JmsConnection)
            new JmsConnectionFactory("guest", "guest", "amqp://127.0.0.1:" + broker.amqpPort())
                .createConnection();
    connection.start();
    return connection;
  }

  private static void send(JmsConnection connection) throws JMSException {
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = session.createProducer(session.createQueue("/queues/tools.orders"));
    for (int i = 0; i < MESSAGES; i++) {
      Message message =
          switch (i % 3) {
            case 0 -> session.createTextMessage("text " + i + " \u00e4\u20ac");
            case 1 -> bytes(session, i);
            default -> map(session, i);
          };
      message.setJMSCorrelationID("correlation-" + i);
      message.setJMSType("type-" + i);
      message.setStringProperty("name", "value " + i);
      message.setLongProperty("number", Long.MAX_VALUE - i);
      message.setBooleanProperty("even", i % 2 == 0);
      producer.send(message, DeliveryMode.PERSISTENT, i % 10, i % 4 == 0 ? 3_600_000 : 0);
    }
    session.close();
  }

  private static BytesMessage bytes(Session session, int i) throws JMSException {
    BytesMessage message = session.createBytesMessage();
    byte[] body = new byte[1000 * i];
    Arrays.fill(body, (byte) i);
    message.writeBytes(body);
    return message;
  }

  private static MapMessage map(Session session, int i) throws JMSException {
    MapMessage message = session.createMapMessage();
    message.setInt("int", i);
    message.setString("string", "s" + i);
    return message;
  }

  private static Run tool(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        JournalCommand.run(
            Stream.of(arguments).map(String::valueOf).toList(),
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path copyOf(Path data) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    return copy;
  }

  private Path exported() {
    Path file = directory.resolve("orders.jsonl");
    Run run = tool("export", "--data", stopped, "--queue", "tools.orders", "--to", file);
    assertThat(run.code()).as(run.err()).isZero();
    return file;
  }

  @Test
  void whatIsExportedAndImportedIsTheSameSectionBySection() throws Exception {
    Path file = exported();
    Path other = directory.resolve("other");
    try (RunningBroker broker = RunningBroker.start(config, other)) {
      assertThat(broker.stop()).isZero();
      Run run = tool("import", "--data", other, "--from", file);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).contains("imported messages=" + MESSAGES);

      assertThat(tool("verify", "--data", other).code()).isZero();
      Run again = tool("export", "--data", other, "--queue", "tools.orders");
      assertThat(sections(again.lines())).isEqualTo(sections(Files.readAllLines(file)));

      broker.restart();
      JmsConnection connection = connect(broker);
      receiveAndCompare(connection);
      connection.close();
    }
  }

  /** Everything of each message but where it is. */
  private static List<JsonNode> sections(List<String> lines) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : lines) {
      ObjectNode node = (ObjectNode) MAPPER.readTree(line);
      node.remove("position");
      nodes.add(node);
    }
    assertThat(nodes).hasSize(MESSAGES + 1);
    return nodes;
  }

  private static void receiveAndCompare(JmsConnection connection) throws JMSException {
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/tools.orders"));
    for (int i = 0; i < MESSAGES; i++) {
      Message message = consumer.receive(LIMIT_MS);
      assertThat(message).as("message %s", i).isNotNull();
      assertThat(message.getJMSCorrelationID()).isEqualTo("correlation-" + i);
      assertThat(message.getJMSType()).isEqualTo("type-" + i);
      assertThat(message.getStringProperty("name")).isEqualTo("value " + i);
      assertThat(message.getLongProperty("number")).isEqualTo(Long.MAX_VALUE - i);
      assertThat(message.getBooleanProperty("even")).isEqualTo(i % 2 == 0);
      assertThat(message.getJMSPriority()).isEqualTo(i % 10);
      assertThat(message.getJMSExpiration() > 0).isEqualTo(i % 4 == 0);
      switch (i % 3) {
        case 0 ->
            assertThat(((TextMessage) message).getText()).isEqualTo("text " + i + " \u00e4\u20ac");
        case 1 -> assertThat(((BytesMessage) message).getBodyLength()).isEqualTo(1000L * i);
        default -> assertThat(((MapMessage) message).getString("string")).isEqualTo("s" + i);
      }
    }
    assertThat(consumer.receiveNoWait()).isNull();
  }

  @Test
  void anExportShowsEverySection() throws Exception {
    List<String> lines = Files.readAllLines(exported());
    JsonNode header = MAPPER.readTree(lines.get(0));
    assertThat(header.path("format").textValue()).isEqualTo("warren-messages");
    assertThat(header.path("version").intValue()).isEqualTo(1);
    assertThat(header.path("messages").intValue()).isEqualTo(MESSAGES);
    JsonNode text = MAPPER.readTree(lines.get(1));
    assertThat(text.at("/header/durable").booleanValue()).isTrue();
    assertThat(text.at("/header/ttl-ms").longValue()).isEqualTo(3_600_000);
    assertThat(text.at("/message-annotations/x-exchange").isTextual()).isTrue();
    assertThat(text.at("/properties/correlation-id").textValue()).isEqualTo("correlation-0");
    assertThat(text.at("/properties/subject").textValue()).isEqualTo("type-0");
    assertThat(text.at("/application-properties/name").textValue()).isEqualTo("value 0");
    assertThat(text.at("/body-value").textValue()).isEqualTo("text 0 \u00e4\u20ac");
    JsonNode data = MAPPER.readTree(lines.get(2));
    assertThat(data.at("/body-data/0").binaryValue()).hasSize(1000);
  }

  @Test
  void onlyResultsGoToStandardOutput() throws Exception {
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.warren.server.Main",
                "journal",
                "export",
                "--queue=tools.orders",
                "--data=" + stopped)
            .redirectError(said.toFile())
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as(Files.readString(said)).isZero();
    assertThat(sections(lines)).isEqualTo(sections(Files.readAllLines(exported())));
  }

  @Test
  void inspectShowsRecordsWithTheNamesOfTheirQueues() throws Exception {
    Run all = tool("inspect", "--data", stopped);
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(all.out()).contains("topology-changed").contains("(/ tools.orders)");
    Run messages =
        tool("inspect", "--data", stopped, "--queue=tools.orders", "--type=message-stored");
    assertThat(messages.lines()).hasSize(MESSAGES);
    Run few = tool("inspect", "--data", stopped, "--limit", 3, "--json");
    assertThat(few.lines()).hasSize(3);
    assertThat(MAPPER.readTree(few.lines().get(0)).path("type").textValue()).isEqualTo("opened");
    assertThat(few.err()).contains("more records follow");
    assertThat(tool("inspect", "--data", stopped, "--segment", 99).lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inspect --type nonsense|64|--type must be one of",
        "inspect --queue missing|64|no queue \"missing\"",
        "export --queue missing|64|[tools.empty, tools.orders]",
        "export|64|--queue",
        "nonsense|64|nonsense",
        "verify --wrong|64|--wrong"
      })
  void aWrongArgumentIsNamed(String arguments, int code, String text) {
    List<Object> all = new ArrayList<>(List.of((Object[]) arguments.split(" ")));
    if (!arguments.equals("nonsense")) {
      all.add("--data=" + stopped);
    }
    Run run = tool(all.toArray());
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).contains(text);
  }

  @Test
  void aDirectoryWithoutAJournalIsRefusedAndNotCreated() {
    Path nowhere = directory.resolve("nowhere");
    Run run = tool("verify", "--data", nowhere);
    assertThat(run.code()).isEqualTo(JOURNAL);
    assertThat(run.err()).contains(nowhere.toString());
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void anExistingFileIsNotOverwritten() throws Exception {
    Path file = Files.writeString(directory.resolve("mine"), "mine");
    Run run = tool("export", "--data", stopped, "--queue", "tools.orders", "--to", file);
    assertThat(run.code()).isEqualTo(64);
    assertThat(run.err()).contains("exists already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aRunningBrokersDirectoryIsRefusedAndItsProcessNamed() throws Exception {
    try (RunningBroker broker = RunningBroker.start(config, directory.resolve("data"))) {
      for (String name : List.of("inspect", "verify", "export --queue=q", "import --from=f")) {
        List<Object> arguments = new ArrayList<>(List.of((Object[]) name.split(" ")));
        arguments.add("--data=" + directory.resolve("data"));
        Run run = tool(arguments.toArray());
        assertThat(run.code()).as(name).isEqualTo(73);
        assertThat(run.err()).contains(Long.toString(broker.pid()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|{\"format\":\"warren-messages\"|{\"format\":\"something\"|format \"something\"",
        "0|\"version\":1|\"version\":2|version 2",
        "0|\"messages\":12|\"messages\":13|13 messages",
        "0|\"messages\":12|\"messages\":11|end of the file after 11",
        "0|\"messages\":12|\"messages\":-1|-1",
        "3|{|[|JSON",
        "3|{\"position\"|{\"stored\":\"\",\"position\"|stored",
        "5|\"stored\":\"|\"stored\":\"*|base64",
        "5|\"stored\":\"A|\"stored\":\"B|CRC32C",
        "5|\"crc32c\":\"|\"crc32c\":\"0|CRC32C",
        "6|\"delivery-count\":0|\"delivery-count\":\"x\"|delivery-count",
        "6|\"acquired-count\":0,||acquired-count",
        "7|\"stored\"|\"restored\"|stored"
      })
  void aMalformedLineIsNamedAndNothingIsImported(int line, String from, String to, String expected)
      throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(exported()));
    String replaced = lines.get(line).replace(from, to == null ? "" : to);
    assertThat(replaced).isNotEqualTo(lines.get(line));
    lines.set(line, replaced);
    Path data = copyOf(stopped);
    Map<String, Integer> before = contents(data);
    Run run =
        tool("import", "--data", data, "--from", Files.write(directory.resolve("bad"), lines));
    assertThat(run.code()).as(run.err()).isEqualTo(65);
    assertThat(run.err()).contains("nothing was imported").contains(expected);
    if (line > 0) {
      assertThat(run.err()).contains("bad:" + (line + 1) + ":");
    }
    assertThat(contents(data)).isEqualTo(before);
  }

  private static Map<String, Integer> contents(Path data) throws IOException {
    Map<String, Integer> contents = new java.util.TreeMap<>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file :
          files.filter(Files::isRegularFile).filter(any -> !any.endsWith("lock")).toList()) {
        contents.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void otherFilesAreNoExports() throws Exception {
    Path data = copyOf(stopped);
    for (String content : List.of("", "\n", "no json", "[]", "\u0000\u0001")) {
      Path file = Files.writeString(directory.resolve("other"), content);
      Run run = tool("import", "--data", data, "--from", file);
      assertThat(run.code()).as(content).isEqualTo(65);
      assertThat(run.err()).contains("other:1:");
    }
    Run run = tool("import", "--data", data, "--from", directory.resolve("missing"));
    assertThat(run.code()).isEqualTo(64);
    assertThat(run.err()).contains("missing");
  }

  @Test
  void aDamagedJournalIsNamedAndOpensOnlyWhenTold() throws Exception {
    Path data = copyOf(stopped);
    Run messages = tool("inspect", "--data", data, "--type=message-stored", "--json");
    JsonNode damaged = MAPPER.readTree(messages.lines().get(4));
    Path segment = data.resolve("segment-%012d.log".formatted(damaged.path("segment").longValue()));
    int offset = damaged.path("offset").intValue();
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(offset + 100L);
      file.write(new byte[] {1, 2, 3, 4, 5});
    }
    Map<String, Integer> before = contents(data);
    Run verify = tool("verify", "--data", data);
    assertThat(verify.code()).isEqualTo(JOURNAL);
    assertThat(verify.out()).contains("file=" + segment + " offset=" + offset);
    Run export = tool("export", "--data", data, "--queue", "tools.orders");
    assertThat(export.code()).isEqualTo(JOURNAL);
    assertThat(export.lines()).as("what is readable").hasSize(MESSAGES);

    try (RunningBroker broker = RunningBroker.prepare(config, data)) {
      broker.launch();
      assertThat(broker.awaitExit()).as(broker.output()).isEqualTo(JOURNAL);
      assertThat(broker.output())
          .contains("file=" + segment + " offset=" + offset)
          .contains("--accept-journal-damage");
      assertThat(contents(data)).as("without the flag").isEqualTo(before);

      broker.withFlag("--accept-journal-damage").launch();
      broker.awaitReady();
      assertThat(broker.output()).contains("giving up").contains("offset=" + offset);
      JmsConnection connection = connect(broker);
      Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      MessageConsumer consumer =
          session.createConsumer(session.createQueue("/queues/tools.orders"));
      for (int i = 0; i < MESSAGES; i++) {
        if (i != 4) {
          assertThat(consumer.receive(LIMIT_MS).getJMSCorrelationID())
              .isEqualTo("correlation-" + i);
        }
      }
      connection.close();
      assertThat(broker.stop()).isZero();
    }
    Path kept = data.resolve("damaged-%012d-1.bin".formatted(damaged.path("segment").longValue()));
    assertThat(Arrays.hashCode(Files.readAllBytes(kept)))
        .isEqualTo(before.get(segment.getFileName().toString()));
    assertThat(tool("verify", "--data", data).code()).isZero();
  }
}
