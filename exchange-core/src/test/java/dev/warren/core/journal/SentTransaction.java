package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A transaction of a {@link JournalSimulation}. */
final class SentTransaction {
  final int producer;
  final List<Sent> messages = new ArrayList<>();
  final Map<Sent.Reference, Sent> settled = new HashMap<>();
  long sequence;

  SentTransaction(int producer) {
    this.producer = producer;
  }

  /** All of it happened or nothing, whatever was confirmed. */
  void check(Set<String> seen) {
    boolean confirmed = messages.stream().anyMatch(message -> message.confirmed);
    if (confirmed) {
      return; // what was confirmed is checked with everything else
    }
    Set<Boolean> happened = new LinkedHashSet<>();
    for (Sent message : messages) {
      for (Sent.Reference reference : message.references) {
        happened.add(seen.contains(reference.queueId + "/" + message.id));
      }
    }
    settled.forEach(
        (reference, message) -> {
          boolean isThere = seen.contains(reference.queueId + "/" + message.id);
          boolean mayBeLost = !message.confirmed && message.recoveredAt < 0;
          if (isThere || !mayBeLost) {
            happened.add(!isThere);
          }
        });
    assertThat(happened)
        .as("all or nothing: %s settles %s", messages, settled.values())
        .hasSizeLessThan(2);
  }
}
