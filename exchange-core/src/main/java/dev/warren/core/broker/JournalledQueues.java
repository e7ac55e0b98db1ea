package dev.warren.core.broker;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.security.AccessChange;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which queue a number in the journal stands for, read from its topology records: for tools that
 * look at a journal without a broker. Owned by one thread.
 */
public final class JournalledQueues {
  private final Map<Long, Name> names = new HashMap<>();
  private final Map<Name, Long> declared = new HashMap<>();

  /** A queue and where it is. */
  public record Name(String virtualHost, String queue) {}

  /** All of it will be told again; what queues were called before is still known. */
  public void reset() {
    declared.clear();
  }

  /**
   * Takes one change.
   *
   * @throws MalformedMessageException if it is none
   */
  public void apply(byte[] change) {
    TopologyRecords.read(change, new Taking());
  }

  /** The queue of this number, also if it has been deleted. */
  public Optional<Name> name(long id) {
    return Optional.ofNullable(names.get(id));
  }

  /** The number of a queue that is declared. */
  public OptionalLong id(Name name) {
    Long id = declared.get(name);
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }

  /** Queues that are declared. */
  public Iterable<Name> declared() {
    return declared.keySet();
  }

  /** One change in words. */
  public static String describe(ByteBuffer change) {
    Describing describing = new Describing();
    byte[] bytes = new byte[change.remaining()];
    change.duplicate().get(bytes);
    try {
      TopologyRecords.read(bytes, describing);
      return describing.text;
    } catch (MalformedMessageException e) {
      return "unreadable: " + e.getMessage();
    }
  }

  private final class Taking implements TopologyRecords.Reader {
    @Override
    public void onChange(String virtualHost, TopologyChange change) {
      if (change instanceof TopologyChange.DeleteQueue deletion) {
        declared.remove(new Name(virtualHost, deletion.name()));
      }
    }

    @Override
    public void onQueueDeclared(QueueDefinition definition) {
      Name name = new Name(definition.virtualHost(), definition.name());
      names.put(definition.id(), name);
      declared.putIfAbsent(name, definition.id());
    }

    @Override
    public void onQueuePaused(String virtualHost, String queue, boolean paused) {
      // it is declared all the same
    }

    @Override
    public void onNextQueueId(long id) {
      // no queue
    }

    @Override
    public void onAccessChange(AccessChange change) {
      if (change instanceof AccessChange.DeleteVirtualHost deletion) {
        declared.keySet().removeIf(name -> name.virtualHost().equals(deletion.virtualHost()));
      }
    }
  }

  private static final class Describing implements TopologyRecords.Reader {
    private String text = "";

    @Override
    public void onChange(String virtualHost, TopologyChange change) {
      text = "virtual-host=" + virtualHost + " " + change;
    }

    @Override
    public void onQueueDeclared(QueueDefinition definition) {
      text =
          "virtual-host="
              + definition.virtualHost()
              + " DeclareQueue[name="
              + definition.name()
              + ", id="
              + definition.id()
              + ", arguments="
              + definition.arguments()
              + "]";
    }

    @Override
    public void onQueuePaused(String virtualHost, String queue, boolean paused) {
      text = "virtual-host=%s PauseQueue[name=%s, paused=%s]".formatted(virtualHost, queue, paused);
    }

    @Override
    public void onNextQueueId(long id) {
      text = "last-queue-id=" + id;
    }

    @Override
    public void onAccessChange(AccessChange change) {
      text = change.toString();
    }
  }
}
