package dev.warren.server.journal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.journal.DamagedPlace;
import dev.warren.core.journal.JournalException;
import dev.warren.core.journal.StoppedJournal;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren journal export}: writes the messages of one queue to a file, one a line. */
@Command(
    name = "export",
    description = "Writes the messages a queue holds to a file of JSON lines.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = JournalCommand.USAGE)
final class ExportCommand implements Callable<Integer> {
  private static final int BUFFER_BYTES = 1 << 20;

  private final JournalCommand command;

  @Mixin private JournalCommand.DataOptions data = new JournalCommand.DataOptions();

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "the virtual host of the queue (${DEFAULT-VALUE})")
  private String virtualHost = "/";

  @Option(names = "--queue", paramLabel = "NAME", required = true, description = "the queue")
  private String queue = "";

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "a file that does not exist yet (standard output)")
  private @Nullable Path to;

  ExportCommand(JournalCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() throws IOException {
    try (StoppedJournal journal = data.open(command)) {
      QueueNames names = QueueNames.withMessages(journal, virtualHost, queue);
      names.known(virtualHost, queue);
      write(names);
      List<DamagedPlace> damage = names.contents().damage();
      for (DamagedPlace place : damage) {
        command.err().println("messages may be missing, they could not be read: " + place.text());
      }
      return damage.isEmpty() ? JournalCommand.OK : JournalCommand.JOURNAL;
    }
  }

  private void write(QueueNames names) throws IOException {
    Path file = to;
    if (file == null) {
      write(names, command.out());
      return;
    }
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            BUFFER_BYTES)) {
      write(names, out);
    } catch (FileAlreadyExistsException e) {
      throw new UnusableArgumentException("the file exists already: " + file);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e instanceof IOException failed
          ? new JournalException("cannot write the file: " + failed, failed)
          : (RuntimeException) e;
    }
    command.err().println("exported messages=%d file=%s".formatted(names.held().size(), file));
  }

  private void write(QueueNames names, OutputStream out) throws IOException {
    HeldMessages held = names.held();
    Progress progress = new Progress(command.err(), "exported", held.size());
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put(ExportFormat.FORMAT, ExportFormat.NAME);
    header.put(ExportFormat.FORMAT_VERSION, ExportFormat.VERSION);
    header.put(ExportFormat.VIRTUAL_HOST, virtualHost);
    header.put(ExportFormat.QUEUE, queue);
    header.put(ExportFormat.MESSAGES, held.size());
    header.put(ExportFormat.BYTES, held.bytes());
    line(out, header);
    for (int i = 0; i < held.size(); i++) {
      line(out, message(held, i, names.contents().encoded(held.name(i))));
      progress.at(i + 1L);
    }
    out.flush();
  }

  private static void line(OutputStream out, ObjectNode node) throws IOException {
    out.write(JournalJson.text(node).getBytes(StandardCharsets.UTF_8));
    out.write('\n');
  }

  private static ObjectNode message(HeldMessages held, int index, byte[] encoded) {
    Message message = MessageCodec.decode(ByteBuffer.wrap(encoded));
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("position", held.name(index));
    node.put("received-at", Instant.ofEpochMilli(message.receivedAtMs()).toString());
    node.put(ExportFormat.DELIVERY_COUNT, held.deliveryCount(index));
    node.put(ExportFormat.ACQUIRED_COUNT, held.acquiredCount(index));
    node.put("exchange", message.envelope().exchange());
    ArrayNode keys = node.putArray("routing-keys");
    for (int i = 0; i < message.envelope().keyCount(); i++) {
      keys.add(message.envelope().key(i));
    }
    MessageJson.addSections(node, message);
    node.put(ExportFormat.STORED, Base64.getEncoder().encodeToString(encoded));
    node.put(ExportFormat.CRC, ExportFormat.crc(encoded));
    return node;
  }
}
