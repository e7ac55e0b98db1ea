package dev.warren.server.journal;

import dev.warren.core.journal.JournalImport;
import dev.warren.core.journal.StoppedJournal;
import dev.warren.server.journal.ExportReader.Exported;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren journal import}: adds the messages of an exported file to a queue. */
@Command(
    name = "import",
    description = "Adds the messages of an exported file to a queue, all of them or none.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = JournalCommand.USAGE)
final class ImportCommand implements Callable<Integer> {
  private final JournalCommand command;

  @Mixin private JournalCommand.DataOptions data = new JournalCommand.DataOptions();

  @Option(
      names = "--from",
      paramLabel = "FILE",
      required = true,
      description = "what export has written")
  private Path from = Path.of("");

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "the virtual host of the queue (that of the file)")
  private @Nullable String virtualHost;

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description = "a durable queue that is declared (that of the file)")
  private @Nullable String queue;

  ImportCommand(JournalCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    try (StoppedJournal journal = data.open(command);
        JournalImport adding = journal.beginImport()) {
      ExportReader.Header header = checked(adding.encodedBytesMax());
      String host = virtualHost == null ? header.virtualHost() : virtualHost;
      String name = queue == null ? header.queue() : queue;
      long queueId = QueueNames.of(journal).known(host, name);
      Progress progress = new Progress(command.err(), "imported", header.messages());
      long count = 0;
      try (ExportReader reader = new ExportReader(from, adding.encodedBytesMax())) {
        for (Exported next = reader.next(); next != null; next = reader.next()) {
          adding.add(queueId, next.message(), next.deliveryCount(), next.acquiredCount());
          progress.at(++count);
        }
      }
      adding.commit();
      command.err().println("imported messages=%d vhost=%s queue=%s".formatted(count, host, name));
      return JournalCommand.OK;
    }
  }

  /** Reads the whole file before anything is written. */
  private ExportReader.Header checked(int encodedBytesMax) {
    try (ExportReader reader = new ExportReader(from, encodedBytesMax)) {
      Progress progress = new Progress(command.err(), "checked", reader.header().messages());
      long count = 0;
      while (reader.next() != null) {
        progress.at(++count);
      }
      return reader.header();
    }
  }
}
