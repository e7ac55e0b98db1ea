package dev.warren.core.routing;

import org.jspecify.annotations.Nullable;

/**
 * Topic patterns as a tree of words, with the destinations of a pattern at the node its last word
 * leads to (contract §7.4). Immutable; a change copies the nodes along one pattern.
 *
 * <p>Depth is bounded by the words of a binding key, so by its length of 255 bytes.
 */
final class TopicTrie {
  static final TopicTrie EMPTY = new TopicTrie(Node.EMPTY);
  private static final String ONE_WORD = "*";
  private static final String ANY_WORDS = "#";

  private final Node root;

  private TopicTrie(Node root) {
    this.root = root;
  }

  Node root() {
    return root;
  }

  /** With a destination that is not yet at this pattern. */
  TopicTrie with(String pattern, Destination destination, @Nullable RoutedQueue queue) {
    return new TopicTrie(
        changed(root, pattern, startOf(pattern), at -> at.with(destination, queue)));
  }

  /** Without a destination that is at this pattern. */
  TopicTrie without(String pattern, Destination destination, @Nullable RoutedQueue queue) {
    return new TopicTrie(
        changed(root, pattern, startOf(pattern), at -> at.without(destination, queue)));
  }

  /** The destinations at this pattern; none if there is no such pattern. */
  Destinations at(String pattern) {
    Node node = root;
    int from = startOf(pattern);
    while (node != null && from <= pattern.length()) {
      int end = endOf(pattern, from);
      if (isWord(pattern, from, ONE_WORD)) {
        node = node.star;
      } else if (isWord(pattern, from, ANY_WORDS)) {
        node = node.hash;
      } else {
        node = node.words.get(pattern.substring(from, end));
      }
      from = end + 1;
    }
    return node == null ? Destinations.NONE : node.destinations;
  }

  /** How many of the pattern's words are {@code #}. */
  static int anyWordsCount(String pattern) {
    int count = 0;
    for (int from = startOf(pattern); from <= pattern.length(); from = endOf(pattern, from) + 1) {
      if (isWord(pattern, from, ANY_WORDS)) {
        count++;
      }
    }
    return count;
  }

  /** Changes what is at the pattern's end; {@code from} is where its next word begins. */
  private static Node changed(Node node, String pattern, int from, Change change) {
    if (from > pattern.length()) {
      return node.withDestinations(change.apply(node.destinations));
    }
    int end = endOf(pattern, from);
    if (isWord(pattern, from, ONE_WORD)) {
      return node.withStar(changed(orEmpty(node.star), pattern, end + 1, change));
    }
    if (isWord(pattern, from, ANY_WORDS)) {
      return node.withHash(changed(orEmpty(node.hash), pattern, end + 1, change));
    }
    String word = pattern.substring(from, end);
    return node.withWord(word, changed(orEmpty(node.words.get(word)), pattern, end + 1, change));
  }

  private static Node orEmpty(@Nullable Node node) {
    return node == null ? Node.EMPTY : node;
  }

  /** Where the first word begins: beyond the end if there is none, as an empty key has no words. */
  private static int startOf(String pattern) {
    return pattern.isEmpty() ? 1 : 0;
  }

  private static int endOf(String pattern, int from) {
    int dot = pattern.indexOf('.', from);
    return dot < 0 ? pattern.length() : dot;
  }

  private static boolean isWord(String pattern, int from, String word) {
    return endOf(pattern, from) == from + 1 && pattern.startsWith(word, from);
  }

  /** What to do with the destinations of a pattern. */
  private interface Change {
    Destinations apply(Destinations before);
  }

  /** One word of the patterns that begin alike. Immutable. */
  static final class Node {
    static final Node EMPTY = new Node(SnapshotMap.empty(), null, null, Destinations.NONE);

    final SnapshotMap<String, Node> words;
    final @Nullable Node star;
    final @Nullable Node hash;
    final Destinations destinations;

    private Node(
        SnapshotMap<String, Node> words,
        @Nullable Node star,
        @Nullable Node hash,
        Destinations destinations) {
      this.words = words;
      this.star = star;
      this.hash = hash;
      this.destinations = destinations;
    }

    /** Whether no pattern goes on from here. */
    boolean isLeaf() {
      return words.isEmpty() && star == null && hash == null;
    }

    private boolean isEmpty() {
      return isLeaf() && destinations.isEmpty();
    }

    private Node withDestinations(Destinations changed) {
      return new Node(words, star, hash, changed);
    }

    private Node withStar(Node child) {
      return new Node(words, child.isEmpty() ? null : child, hash, destinations);
    }

    private Node withHash(Node child) {
      return new Node(words, star, child.isEmpty() ? null : child, destinations);
    }

    private Node withWord(String word, Node child) {
      return new Node(
          child.isEmpty() ? words.without(word) : words.with(word, child),
          star,
          hash,
          destinations);
    }
  }
}
