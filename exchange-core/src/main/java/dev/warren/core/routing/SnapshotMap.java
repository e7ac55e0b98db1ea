package dev.warren.core.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map whose changed copies share nearly everything with the original. Thread-safe
 * once safely published.
 *
 * <p>Up to {@value #CHAIN_MAX} entries are one linked chain, which keeps the very many tiny maps of
 * a topic trie small. Above that the table is cut into pages, as many as a page has buckets: a
 * change copies the list of pages, one page and one chain, which for 100,000 entries is about 3
 * KiB, and a look-up is one step longer than in {@link java.util.HashMap}. The table doubles or
 * shrinks as a whole, so a change costs O(√n), plus O(1) amortised.
 */
final class SnapshotMap<K, V> {
  private static final int CHAIN_MAX = 4;
  private static final int TABLE_BITS_MIN = 4;
  private static final SnapshotMap<?, ?> EMPTY = new SnapshotMap<>(null, null, 0, 0);

  /** All entries while there are few; null once {@link #pages} is used. */
  private final @Nullable Entry<K, V> chain;

  private final @Nullable Entry<K, V> @Nullable [] @Nullable [] pages;
  private final int bits;
  private final int size;

  private SnapshotMap(
      @Nullable Entry<K, V> chain,
      @Nullable Entry<K, V> @Nullable [] @Nullable [] pages,
      int bits,
      int size) {
    this.chain = chain;
    this.pages = pages;
    this.bits = bits;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // holds nothing
  static <K, V> SnapshotMap<K, V> empty() {
    return (SnapshotMap<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean containsKey(K key) {
    return find(key) != null;
  }

  @Nullable V get(K key) {
    Entry<K, V> entry = find(key);
    return entry == null ? null : entry.value;
  }

  /**
   * Looks a part of a text up without making a string of it.
   *
   * @param hash the {@link String#hashCode} of that part
   */
  static <V> @Nullable V getPart(
      SnapshotMap<String, V> map, String text, int from, int to, int hash) {
    int spread = spread(hash);
    int length = to - from;
    for (Entry<String, V> e = map.bucket(spread); e != null; e = e.next) {
      if (e.hash == spread
          && e.key.length() == length
          && e.key.regionMatches(0, text, from, length)) {
        return e.value;
      }
    }
    return null;
  }

  /** A map with this entry added or its value replaced. */
  SnapshotMap<K, V> with(K key, V value) {
    int hash = spread(key.hashCode());
    Entry<K, V> bucket = bucket(hash);
    boolean isNew = findIn(bucket, hash, key) == null;
    Entry<K, V> rest = isNew ? bucket : chainWithout(bucket, hash, key);
    Entry<K, V> changed = new Entry<>(hash, key, value, rest);
    if (!isNew) {
      return withBucket(hash, changed, size);
    }
    if (pages == null ? size < CHAIN_MAX : size < capacity() - capacity() / 4) {
      return withBucket(hash, changed, size + 1);
    }
    SnapshotMap<K, V> larger = rebuilt(Math.max(TABLE_BITS_MIN, bits + 1));
    Entry<K, V> larged = new Entry<>(hash, key, value, larger.bucket(hash));
    return larger.withBucket(hash, larged, size + 1);
  }

  /** A map without this key; the same map if it does not have it. */
  SnapshotMap<K, V> without(K key) {
    int hash = spread(key.hashCode());
    Entry<K, V> bucket = bucket(hash);
    if (findIn(bucket, hash, key) == null) {
      return this;
    }
    if (size == 1) {
      return empty();
    }
    SnapshotMap<K, V> smaller = withBucket(hash, chainWithout(bucket, hash, key), size - 1);
    if (pages != null && smaller.size < capacity() / 8) {
      return smaller.rebuilt(smaller.size < CHAIN_MAX ? 0 : bits - 1);
    }
    return smaller;
  }

  /** Calls for every value, in no particular but a repeatable order. */
  void forEachValue(Consumer<? super V> action) {
    forEachEntry(entry -> action.accept(entry.value));
  }

  /** The values, in no particular but a repeatable order. */
  List<V> values() {
    List<V> values = new ArrayList<>(size);
    forEachValue(values::add);
    return values;
  }

  private void forEachEntry(Consumer<Entry<K, V>> action) {
    if (pages == null) {
      forEachIn(chain, action);
      return;
    }
    for (Entry<K, V>[] page : pages) {
      if (page != null) {
        for (Entry<K, V> bucket : page) {
          forEachIn(bucket, action);
        }
      }
    }
  }

  private static <K, V> void forEachIn(@Nullable Entry<K, V> bucket, Consumer<Entry<K, V>> action) {
    for (Entry<K, V> e = bucket; e != null; e = e.next) {
      action.accept(e);
    }
  }

  private @Nullable Entry<K, V> find(K key) {
    int hash = spread(key.hashCode());
    return findIn(bucket(hash), hash, key);
  }

  private static <K, V> @Nullable Entry<K, V> findIn(
      @Nullable Entry<K, V> bucket, int hash, K key) {
    for (Entry<K, V> e = bucket; e != null; e = e.next) {
      if (e.hash == hash && (e.key == key || e.key.equals(key))) {
        return e;
      }
    }
    return null;
  }

  private @Nullable Entry<K, V> bucket(int hash) {
    if (pages == null) {
      return chain;
    }
    Entry<K, V>[] page = pages[pageIndex(hash)];
    return page == null ? null : page[slotIndex(hash)];
  }

  private SnapshotMap<K, V> withBucket(int hash, @Nullable Entry<K, V> bucket, int newSize) {
    if (pages == null) {
      return new SnapshotMap<>(bucket, null, 0, newSize);
    }
    Entry<K, V>[][] newPages = pages.clone();
    int index = pageIndex(hash);
    Entry<K, V>[] page = newPages[index];
    Entry<K, V>[] newPage = page == null ? newPage(pageBits()) : page.clone();
    newPage[slotIndex(hash)] = bucket;
    newPages[index] = newPage;
    return new SnapshotMap<>(null, newPages, bits, newSize);
  }

  /** The same entries in a table of 2^newBits buckets, or in a chain if that is 0. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic type
  private SnapshotMap<K, V> rebuilt(int newBits) {
    if (newBits == 0) {
      Entry<K, V>[] head = newPage(0);
      forEachEntry(e -> head[0] = new Entry<>(e.hash, e.key, e.value, head[0]));
      return new SnapshotMap<>(head[0], null, 0, size);
    }
    int pageBits = newBits - newBits / 2;
    Entry<K, V>[][] newPages = new Entry[1 << (newBits / 2)][];
    SnapshotMap<K, V> map = new SnapshotMap<>(null, newPages, newBits, size);
    forEachEntry(
        e -> {
          int index = map.pageIndex(e.hash);
          Entry<K, V>[] page = newPages[index];
          if (page == null) {
            page = newPage(pageBits);
            newPages[index] = page;
          }
          int slot = map.slotIndex(e.hash);
          page[slot] = new Entry<>(e.hash, e.key, e.value, page[slot]);
        });
    return map;
  }

  /** The chain without that key, which it contains; what follows the key is shared. */
  private static <K, V> @Nullable Entry<K, V> chainWithout(
      @Nullable Entry<K, V> bucket, int hash, K key) {
    Entry<K, V> removed = findIn(bucket, hash, key);
    if (removed == null) {
      return bucket;
    }
    Entry<K, V> copy = removed.next;
    for (Entry<K, V> e = bucket; e != null && e != removed; e = e.next) {
      copy = new Entry<>(e.hash, e.key, e.value, copy);
    }
    return copy;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of a generic type
  private static <K, V> Entry<K, V>[] newPage(int pageBits) {
    return new Entry[1 << pageBits];
  }

  private int capacity() {
    return 1 << bits;
  }

  private int pageBits() {
    return bits - bits / 2;
  }

  private int pageIndex(int hash) {
    return (hash & (capacity() - 1)) >>> pageBits();
  }

  private int slotIndex(int hash) {
    return hash & ((1 << pageBits()) - 1);
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 16);
  }

  private static final class Entry<K, V> {
    final int hash;
    final K key;
    final V value;
    final @Nullable Entry<K, V> next;

    Entry(int hash, K key, V value, @Nullable Entry<K, V> next) {
      this.hash = hash;
      this.key = key;
      this.value = value;
      this.next = next;
    }
  }
}
