package dev.warren.server.journal;

import dev.warren.core.broker.JournalledQueues;
import dev.warren.core.journal.DamagedPlace;
import dev.warren.core.journal.JournalRecord;
import dev.warren.core.journal.JournalRecord.CountedContent;
import dev.warren.core.journal.JournalRecord.MessageContent;
import dev.warren.core.journal.JournalRecord.Nothing;
import dev.warren.core.journal.JournalRecord.SettledContent;
import dev.warren.core.journal.JournalRecord.SnapshotContent;
import dev.warren.core.journal.JournalRecord.TopologyContent;
import dev.warren.core.journal.StoppedJournal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren journal inspect}: shows records, one a line. */
@Command(
    name = "inspect",
    description = "Shows records, one a line.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = JournalCommand.USAGE)
final class InspectCommand implements Callable<Integer> {
  private static final int NAMES_SHOWN = 8;

  private final JournalCommand command;

  @Mixin private JournalCommand.DataOptions data = new JournalCommand.DataOptions();

  @Option(names = "--segment", paramLabel = "N", description = "only this segment")
  private @Nullable Long segment;

  @Option(names = "--type", paramLabel = "TYPE", description = "only records of this type")
  private @Nullable String type;

  @Option(names = "--queue", paramLabel = "NAME", description = "only what names this queue")
  private @Nullable String queue;

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "the virtual host of the queue (${DEFAULT-VALUE})")
  private String virtualHost = "/";

  @Option(names = "--from", paramLabel = "POSITION", description = "only from this position on")
  private long from;

  @Option(names = "--to", paramLabel = "POSITION", description = "only before this position")
  private long to = Long.MAX_VALUE;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "at most so many records (${DEFAULT-VALUE})")
  private long limit = 1000;

  @Option(names = "--json", description = "one JSON object a line instead of text")
  private boolean json;

  private JournalledQueues queues = new JournalledQueues();

  InspectCommand(JournalCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    JournalRecord.Type wanted = type == null ? null : typeNamed(type);
    if (limit < 0) {
      throw new UnusableArgumentException("--limit must not be negative");
    }
    try (StoppedJournal journal = data.open(command)) {
      QueueNames names = QueueNames.of(journal);
      queues = names.queues();
      long queueId = queue == null ? -1 : names.known(virtualHost, queue);
      long first = Math.max(segment == null ? 0 : segment, from / journal.segmentBytes());
      Shown shown = new Shown(wanted, queueId);
      journal.records(first, shown);
      if (shown.more) {
        command
            .err()
            .println(
                "more records follow; --limit shows more, --from=%d goes on".formatted(shown.next));
      }
      return shown.damaged ? JournalCommand.JOURNAL : JournalCommand.OK;
    }
  }

  private static JournalRecord.Type typeNamed(String text) {
    for (JournalRecord.Type type : JournalRecord.Type.values()) {
      if (name(type).equals(text.toLowerCase(Locale.ROOT))) {
        return type;
      }
    }
    throw new UnusableArgumentException(
        "--type must be one of "
            + List.of(JournalRecord.Type.values()).stream().map(InspectCommand::name).toList()
            + ": "
            + text);
  }

  static String name(JournalRecord.Type type) {
    return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Decides what is shown. */
  private final class Shown implements StoppedJournal.Visitor {
    private final JournalRecord.@Nullable Type wanted;
    private final long queueId;
    private long count;
    private long next;
    private boolean more;
    private boolean damaged;

    Shown(JournalRecord.@Nullable Type wanted, long queueId) {
      this.wanted = wanted;
      this.queueId = queueId;
    }

    @Override
    public boolean onRecord(JournalRecord record) {
      if (record.position() >= to || (segment != null && record.segment() > segment)) {
        return false;
      }
      boolean matches =
          record.position() >= from
              && (segment == null || record.segment() == segment)
              && (wanted == null || record.type() == wanted)
              && (queueId < 0 || names(record, queueId));
      if (!matches) {
        return true;
      }
      if (count == limit) {
        more = true;
        next = record.position();
        return false;
      }
      count++;
      command
          .out()
          .println(json ? JournalJson.text(JournalJson.record(record, queues)) : text(record));
      return true;
    }

    @Override
    public void onDamage(DamagedPlace place) {
      if (segment != null && place.segment() != segment) {
        return;
      }
      damaged = true;
      if (json) {
        command.out().println(JournalJson.text(JournalJson.damage(place)));
      } else {
        command.out().println("DAMAGED " + place.text());
      }
    }
  }

  private static boolean names(JournalRecord record, long queueId) {
    JournalRecord.Content content = record.content();
    if (content instanceof MessageContent message) {
      return message.queueIds().contains(queueId);
    }
    if (content instanceof SettledContent settled) {
      return settled.queueId() == queueId;
    }
    return content instanceof CountedContent counted && counted.queueId() == queueId;
  }

  private String text(JournalRecord record) {
    return "%d segment=%d offset=%d bytes=%d term=%d %s%s%s"
        .formatted(
            record.position(),
            record.segment(),
            record.offset(),
            record.bytes(),
            record.term(),
            name(record.type()),
            record.inTransaction() ? " in-transaction" : "",
            content(record));
  }

  private String content(JournalRecord record) {
    JournalRecord.Content content = record.content();
    if (content instanceof MessageContent message) {
      return (record.type() == JournalRecord.Type.MESSAGE_COPIED ? " name=" + message.name() : "")
          + " queues="
          + message.queueIds().stream().map(this::queue).collect(Collectors.joining(","))
          + " size="
          + message.sizeBytes()
          + " received="
          + Instant.ofEpochMilli(message.receivedAtMs())
          + (message.ttlMs() < 0 ? "" : " ttl-ms=" + message.ttlMs())
          + (message.priority() < 0 ? "" : " priority=" + message.priority());
    }
    if (content instanceof SettledContent settled) {
      return " queue="
          + queue(settled.queueId())
          + " messages="
          + settled.names().size()
          + " names="
          + settled.names().stream()
              .limit(NAMES_SHOWN)
              .map(String::valueOf)
              .collect(Collectors.joining(","))
          + (settled.names().size() > NAMES_SHOWN ? ",..." : "");
    }
    if (content instanceof CountedContent counted) {
      return " queue="
          + queue(counted.queueId())
          + " name="
          + counted.name()
          + " delivery-count="
          + counted.deliveryCount()
          + " acquired-count="
          + counted.acquiredCount();
    }
    if (content instanceof TopologyContent topology) {
      return " " + JournalledQueues.describe(topology.change());
    }
    if (content instanceof SnapshotContent snapshot) {
      return " changes=" + snapshot.changes();
    }
    assert content instanceof Nothing;
    return "";
  }

  private String queue(long id) {
    return queues
        .name(id)
        .map(name -> id + "(" + name.virtualHost() + " " + name.queue() + ")")
        .orElse(String.valueOf(id));
  }
}
