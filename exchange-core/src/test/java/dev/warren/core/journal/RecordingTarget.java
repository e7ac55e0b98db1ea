package dev.warren.core.journal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/** Remembers what a recovery told. Changes are texts: "+name" adds, "-name" removes. */
final class RecordingTarget implements RecoveryTarget {
  boolean cleanShutdown;
  final Set<String> topology = new LinkedHashSet<>();
  final List<RecoveredMessage> messages = new ArrayList<>();
  int resets;
  private final LongPredicate knownQueue;

  RecordingTarget() {
    this(queueId -> true);
  }

  RecordingTarget(LongPredicate knownQueue) {
    this.knownQueue = knownQueue;
  }

  static void apply(Set<String> topology, String change) {
    if (change.startsWith("+")) {
      topology.add(change.substring(1));
    } else {
      topology.remove(change.substring(1));
    }
  }

  @Override
  public void onTopologyReset() {
    resets++;
    topology.clear();
  }

  @Override
  public void onTopologyChange(byte[] change) {
    if (!messages.isEmpty()) {
      throw new AssertionError("topology comes before messages");
    }
    apply(topology, new String(change, StandardCharsets.UTF_8));
  }

  @Override
  public void onTopologyComplete(boolean clean) {
    cleanShutdown = clean;
  }

  @Override
  public boolean onMessage(RecoveredMessage message) {
    if (!knownQueue.test(message.queueId())) {
      return false;
    }
    messages.add(message);
    return true;
  }

  List<Long> positions(long queueId) {
    return messages.stream()
        .filter(message -> message.queueId() == queueId)
        .map(RecoveredMessage::position)
        .toList();
  }
}
