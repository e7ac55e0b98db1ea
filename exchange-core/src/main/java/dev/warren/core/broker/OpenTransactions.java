package dev.warren.core.broker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of the node that have not ended: counts them and their bytes, and ends those
 * that take too long. Thread-safe.
 */
final class OpenTransactions {
  /** How often it looks for transactions that take too long. */
  static final long PERIOD_MS = 1000;

  private final TransactionLimits limits;

  /** What all of them together may keep in memory. */
  private final long bytesMax;

  private final Set<Transaction> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<String, Integer> perUser = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  OpenTransactions(BrokerOptions options) {
    limits = options.transactions();
    bytesMax = options.payloadBytesMax();
  }

  TransactionLimits limits() {
    return limits;
  }

  void add(Transaction transaction) {
    if (open.size() >= limits.perNodeMax()) {
      throw new BrokerException(
          BrokerError.LIMIT_EXCEEDED,
          "this node has %d open transactions, which is its limit".formatted(limits.perNodeMax()));
    }
    String user = transaction.user();
    if (perUser.getOrDefault(user, 0) >= limits.perUserMax()) {
      throw new BrokerException(
          BrokerError.LIMIT_EXCEEDED,
          "user '%s' has %d open transactions, which is the limit of each user"
              .formatted(user, limits.perUserMax()));
    }
    open.add(transaction);
    perUser.merge(user, 1, OpenTransactions::sum);
  }

  /** Nothing is kept of a user without any. */
  private static @Nullable Integer sum(int before, int change) {
    int sum = before + change;
    return sum == 0 ? null : sum;
  }

  /** Reserves memory for a message; false if there is none. */
  boolean reserve(long more) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  /** The transaction has ended and gives up so much memory. */
  void remove(Transaction transaction, long reserved) {
    if (open.remove(transaction)) {
      bytes.addAndGet(-reserved);
      perUser.merge(transaction.user(), -1, OpenTransactions::sum);
    }
  }

  /** Ends what takes too long, each on its loop. */
  void expire(long nowMs) {
    for (Transaction transaction : open) {
      if (transaction.isOverdue(nowMs)) {
        transaction.loop().execute(transaction::expire);
      }
    }
  }

  int count() {
    return open.size();
  }
}
