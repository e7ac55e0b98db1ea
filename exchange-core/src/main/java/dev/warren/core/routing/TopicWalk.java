package dev.warren.core.routing;

import dev.warren.core.routing.TopicTrie.Node;
import java.util.Arrays;

/**
 * Finds the patterns of a {@link TopicTrie} that a routing key matches. Reusable and owned by one
 * event loop; allocates only when its arrays have to grow.
 *
 * <p>Under a {@code #} the rest of a pattern is tried at every later word. A second {@code #} below
 * it would be entered again and again; but the first time it is entered is at the earliest word,
 * and from there it sees all the later ones, so that it is entered once only. This bounds the work
 * by nodes times words whatever the number of {@code #}.
 */
final class TopicWalk {
  private final DistinctList<RoutedQueue> queues = new DistinctList<>(new RoutedQueue[16]);
  private final DistinctList<String> exchanges = new DistinctList<>(new String[4]);
  private final DistinctList<Node> entered = new DistinctList<>(new Node[4]);

  private String key = "";
  private int wordCount;

  /** Where each word begins, and after the last one where the next would. */
  private int[] starts = new int[32];

  /** {@link String#hashCode} of each word. */
  private int[] hashes = new int[32];

  /** Collects the destinations of all patterns which match the key. */
  void match(TopicTrie trie, String routingKey) {
    queues.clear();
    exchanges.clear();
    entered.clear();
    key = routingKey;
    split();
    walk(trie.root(), 0, false);
  }

  /** The queues found, from 0 to {@link #queueCount()}; valid until the next match. */
  RoutedQueue[] queues() {
    return queues.items();
  }

  int queueCount() {
    return queues.count();
  }

  /** Names of the exchanges found, from 0 to {@link #exchangeCount()}. */
  String[] exchanges() {
    return exchanges.items();
  }

  int exchangeCount() {
    return exchanges.count();
  }

  private void split() {
    wordCount = 0;
    starts[0] = 0;
    if (key.isEmpty()) {
      return;
    }
    int hash = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '.') {
        endWord(hash, i);
        hash = 0;
      } else {
        hash = 31 * hash + c;
      }
    }
    endWord(hash, key.length());
  }

  private void endWord(int hash, int end) {
    hashes[wordCount++] = hash;
    if (wordCount == hashes.length) {
      hashes = Arrays.copyOf(hashes, wordCount * 2);
      starts = Arrays.copyOf(starts, wordCount * 2);
    }
    starts[wordCount] = end + 1;
  }

  private void walk(Node node, int word, boolean afterHash) {
    if (node.hash != null) {
      enter(node.hash, word, afterHash);
    }
    if (word == wordCount) {
      collect(node.destinations);
      return;
    }
    if (!node.words.isEmpty()) {
      Node next =
          SnapshotMap.getPart(node.words, key, starts[word], starts[word + 1] - 1, hashes[word]);
      if (next != null) {
        walk(next, word + 1, afterHash);
      }
    }
    if (node.star != null) {
      walk(node.star, word + 1, afterHash);
    }
  }

  private void enter(Node hash, int from, boolean afterHash) {
    if (afterHash && !entered.add(hash)) {
      return;
    }
    if (hash.isLeaf()) {
      collect(hash.destinations);
      return;
    }
    for (int word = from; word <= wordCount; word++) {
      walk(hash, word, true);
    }
  }

  private void collect(Destinations found) {
    found.markMatched();
    queues.addAll(found.queues(), found.queueCount());
    exchanges.addAll(found.exchanges(), found.exchanges().length);
  }
}
