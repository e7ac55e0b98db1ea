package dev.warren.core.broker;

import dev.warren.core.broker.QueueForecast.Fate;
import dev.warren.core.message.Message;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A queue in a forecast: what it holds by its figures, and what has come since in the forecast. The
 * rules are those of {@link dev.warren.core.queue.QueueState}, told from figures that any thread
 * can read. Owned by one thread.
 */
final class QueueLoad {
  private final QueueProxy queue;
  private final QueueOptions options;
  private final Deque<Arrival> own = new ArrayDeque<>();
  private final Takers takers;
  private long others;
  private long othersBytes;
  private long ownBytes;
  private int arrivals;

  QueueLoad(QueueProxy queue) {
    this.queue = queue;
    options = queue.definition().options();
    others = queue.counters().ready();
    othersBytes = queue.counters().readyBytes();
    takers = Takers.of(queue);
  }

  /** Who waits for a message. */
  private enum Takers {
    NONE,
    /** Consumers that take some messages only. */
    CHOOSERS,
    ANY;

    static Takers of(QueueProxy queue) {
      Takers found = NONE;
      if (!queue.isPaused()) {
        for (QueueSubscription subscription : queue.consumers().snapshot()) {
          Consumer consumer = subscription.consumer();
          if (!consumer.isBrowsing() && consumer.credit() > 0) {
            if (consumer.takesAny()) {
              return ANY;
            }
            found = CHOOSERS;
          }
        }
      }
      return found;
    }
  }

  /** A message that came here in the forecast, and what became of it. */
  static final class Arrival {
    private final long bytes;
    private final long ttlMs;
    private QueueForecast forecast;

    private Arrival(long bytes, QueueForecast forecast) {
      this.bytes = bytes;
      this.ttlMs = forecast.ttlMs();
      this.forecast = forecast;
    }

    QueueForecast forecast() {
      return forecast;
    }

    private void die(Fate fate, DeathReason reason, boolean certain, String why) {
      forecast =
          new QueueForecast(fate, certain, forecast.displaces(), why, ttlMs, Optional.of(reason));
    }
  }

  QueueProxy queue() {
    return queue;
  }

  /** Whether several copies come to a queue that may not take them all: which is first is open. */
  boolean isRaced() {
    return arrivals > 1
        && (options.maxLength() != QueueOptions.NONE
            || options.maxLengthBytes() != QueueOptions.NONE);
  }

  /**
   * A message comes.
   *
   * @param bytes its size
   * @return it, and those that came before and go because of it
   */
  List<Arrival> arrive(Message message, long bytes) {
    arrivals++;
    long ttlMs = ttlMs(message);
    if (!queue.wants(message)) {
      return only(
          bytes,
          Fate.UNWANTED,
          ttlMs,
          "the filter of the subscription does not match: it is not kept");
    }
    Optional<String> limit = limitReached(bytes);
    if (takers == Takers.ANY) {
      return only(bytes, Fate.TAKEN, ttlMs, "a consumer waits and takes it");
    }
    if (options.mayReject() && limit.isPresent()) {
      return List.of(new Arrival(bytes, refused(limit.get(), ttlMs)));
    }
    String state = queue.isPaused() ? "it is kept; the queue is paused" : "it is kept";
    String why =
        limit
            .map(reached -> reached + ": it is kept, and the oldest message goes")
            .orElse(state + storage(message));
    Arrival arrival =
        new Arrival(
            bytes,
            new QueueForecast(
                Fate.KEPT,
                takers == Takers.NONE && !isOrderUnknown(limit.isPresent() || ttlMs == 0),
                limit.isPresent() && others + own.size() > 0,
                why + expiry(ttlMs),
                ttlMs,
                Optional.empty()));
    own.add(arrival);
    ownBytes += bytes;
    List<Arrival> touched = new ArrayList<>();
    settle(touched);
    touched.remove(arrival);
    touched.add(arrival);
    return touched;
  }

  private static List<Arrival> only(long bytes, Fate fate, long ttlMs, String why) {
    return List.of(
        new Arrival(bytes, new QueueForecast(fate, true, false, why, ttlMs, Optional.empty())));
  }

  private QueueForecast refused(String limit, long ttlMs) {
    boolean buried = options.overflow() == QueueOptions.Overflow.REJECT_PUBLISH_DLX;
    String unless = takers == Takers.NONE ? "" : " unless a consumer takes it at once";
    return new QueueForecast(
        Fate.REFUSED,
        takers == Takers.NONE,
        false,
        limit + ": it is refused" + unless + (buried ? ", and dead-lettered" : ""),
        ttlMs,
        buried ? Optional.of(DeathReason.MAX_LENGTH) : Optional.empty());
  }

  /** Whether it matters where in the queue it is, and that is not known. */
  private boolean isOrderUnknown(boolean matters) {
    return matters && others > 0 && options.priorities().highest() > 0;
  }

  /** What is at the head expires, or goes while there is too much, in the order of a dispatch. */
  private void settle(List<Arrival> dead) {
    while (true) {
      Arrival head = others == 0 ? own.peek() : null;
      if (head != null && head.ttlMs == 0) {
        remove(head);
        head.die(
            Fate.EXPIRED,
            DeathReason.EXPIRED,
            head.forecast.certain(),
            "its time to live is 0 and no consumer waits: it expires at once");
        dead.add(head);
      } else if (isBeyond(others + own.size(), othersBytes + ownBytes)) {
        if (head != null) {
          remove(head);
          head.die(Fate.DROPPED, DeathReason.MAX_LENGTH, head.forecast.certain(), tooLong(head));
          dead.add(head);
        } else {
          dropOthers();
        }
      } else {
        return;
      }
    }
  }

  private void remove(Arrival head) {
    own.remove();
    ownBytes -= head.bytes;
  }

  private String tooLong(Arrival head) {
    return options.maxLengthBytes() != QueueOptions.NONE && head.bytes > options.maxLengthBytes()
        ? "it has %d octets, the queue holds %d (x-max-length-bytes): it is dropped at once"
            .formatted(head.bytes, options.maxLengthBytes())
        : "the queue holds %d messages (x-max-length): it is dropped at once"
            .formatted(options.maxLength());
  }

  /** Older messages go from the head; the size of each is not known, only of all together. */
  private void dropOthers() {
    long maxBytes = options.maxLengthBytes();
    if (maxBytes != QueueOptions.NONE && othersBytes + ownBytes > maxBytes) {
      boolean all = ownBytes > maxBytes || others == 1;
      others = all ? 0 : others - 1;
      othersBytes = all ? 0 : maxBytes - ownBytes;
    } else {
      long gone = Math.min(others, others + own.size() - options.maxLength());
      othersBytes -= othersBytes / others * gone;
      others -= gone;
    }
    if (others > 0) {
      // Those that are at the head now may expire there, and so on until it is this one's turn.
      own.forEach(arrival -> arrival.forecast = uncertainIf(arrival.ttlMs == 0, arrival.forecast));
    }
  }

  private static QueueForecast uncertainIf(boolean uncertain, QueueForecast f) {
    return uncertain
        ? new QueueForecast(f.fate(), false, f.displaces(), f.why(), f.ttlMs(), f.death())
        : f;
  }

  private boolean isBeyond(long count, long bytes) {
    return count > 0
        && options.overflow() == QueueOptions.Overflow.DROP_HEAD
        && ((options.maxLength() != QueueOptions.NONE && count > options.maxLength())
            || (options.maxLengthBytes() != QueueOptions.NONE && bytes > options.maxLengthBytes()));
  }

  private long ttlMs(Message message) {
    long own = message.header().hasTtl() ? message.header().ttlMs() : QueueOptions.NONE;
    long ofQueue = options.messageTtlMs();
    return own < 0 || (ofQueue >= 0 && ofQueue < own) ? ofQueue : own;
  }

  private static String expiry(long ttlMs) {
    if (ttlMs < 0) {
      return "";
    }
    return ttlMs == 0
        ? "; it expires when it comes to the head of the queue"
        : "; it expires after " + ttlMs + " ms";
  }

  private String storage(Message message) {
    if (!queue.isDurable()) {
      return ", in memory: the queue is not durable";
    }
    return message.header().durable() ? ", on disk" : ", in memory: the message is not durable";
  }

  private Optional<String> limitReached(long bytes) {
    long count = others + own.size();
    if (options.maxLength() != QueueOptions.NONE && count + 1 > options.maxLength()) {
      return Optional.of(
          "it holds %d ready messages of %d (x-max-length)".formatted(count, options.maxLength()));
    }
    long held = othersBytes + ownBytes;
    if (options.maxLengthBytes() != QueueOptions.NONE && held + bytes > options.maxLengthBytes()) {
      return Optional.of(
          "it holds %d octets of %d (x-max-length-bytes), and the message has %d"
              .formatted(held, options.maxLengthBytes(), bytes));
    }
    return Optional.empty();
  }
}
