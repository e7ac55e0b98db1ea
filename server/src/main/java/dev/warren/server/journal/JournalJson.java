package dev.warren.server.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.JournalledQueues;
import dev.warren.core.journal.DamagedPlace;
import dev.warren.core.journal.JournalCheck;
import dev.warren.core.journal.JournalRecord;
import dev.warren.core.journal.JournalRecord.CountedContent;
import dev.warren.core.journal.JournalRecord.MessageContent;
import dev.warren.core.journal.JournalRecord.SettledContent;
import dev.warren.core.journal.JournalRecord.SnapshotContent;
import dev.warren.core.journal.JournalRecord.TopologyContent;
import java.util.Locale;

/** What {@code --json} prints: records, damage and checks. Stateless. */
final class JournalJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JournalJson() {}

  /** On one line. */
  static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always written", e);
    }
  }

  static ObjectNode record(JournalRecord record, JournalledQueues queues) {
    ObjectNode node = NODES.objectNode();
    node.put("position", record.position());
    node.put("segment", record.segment());
    node.put("offset", record.offset());
    node.put("bytes", record.bytes());
    node.put("term", record.term());
    node.put("type", InspectCommand.name(record.type()));
    node.put("in-transaction", record.inTransaction());
    JournalRecord.Content content = record.content();
    if (content instanceof MessageContent message) {
      node.put("name", message.name());
      ArrayNode all = node.putArray("queues");
      message.queueIds().forEach(id -> all.add(queue(id, queues)));
      node.put("size", message.sizeBytes());
      node.put("received-at-ms", message.receivedAtMs());
      node.put("ttl-ms", message.ttlMs() < 0 ? null : message.ttlMs());
      node.put("priority", message.priority() < 0 ? null : message.priority());
    } else if (content instanceof SettledContent settled) {
      node.set("queue", queue(settled.queueId(), queues));
      ArrayNode names = node.putArray("names");
      settled.names().forEach(names::add);
    } else if (content instanceof CountedContent counted) {
      node.set("queue", queue(counted.queueId(), queues));
      node.put("name", counted.name());
      node.put("delivery-count", counted.deliveryCount());
      node.put("acquired-count", counted.acquiredCount());
    } else if (content instanceof TopologyContent topology) {
      node.put("change", JournalledQueues.describe(topology.change()));
    } else if (content instanceof SnapshotContent snapshot) {
      node.put("changes", snapshot.changes());
    }
    return node;
  }

  private static ObjectNode queue(long id, JournalledQueues queues) {
    ObjectNode node = NODES.objectNode().put("id", id);
    queues
        .name(id)
        .ifPresent(name -> node.put("vhost", name.virtualHost()).put("name", name.queue()));
    return node;
  }

  static ObjectNode damage(DamagedPlace place) {
    ObjectNode node = NODES.objectNode();
    node.put("damage", place.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    node.put("file", place.file());
    node.put("segment", place.segment());
    node.put("offset", place.offset());
    node.put("bytes", place.bytes());
    ObjectNode remains = node.putObject("readable-headers");
    remains.put("messages", place.remains().messages());
    remains.put("settlements", place.remains().settlements());
    remains.put("counts", place.remains().counts());
    remains.put("topology", place.remains().topology());
    remains.put("others", place.remains().others());
    node.put("lost", VerifyCommand.lost(place));
    return node;
  }

  static ObjectNode check(JournalCheck check) {
    ObjectNode node = NODES.objectNode();
    node.put("intact", check.isIntact());
    node.put("segments", check.segments());
    node.put("records", check.records());
    node.put("messages", check.messages());
    node.put("end-file", check.endFile());
    node.put("end-offset", check.endOffset());
    node.put("cut-bytes", check.cutBytes());
    ArrayNode places = node.putArray("damage");
    check.places().forEach(place -> places.add(damage(place)));
    return node;
  }
}
