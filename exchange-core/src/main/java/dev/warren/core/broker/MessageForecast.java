package dev.warren.core.broker;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.routing.RouteExplanation;
import dev.warren.core.routing.RouteExplanation.Explained;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a message if it were published now: where it is routed, what each queue does
 * with it, and where it goes on as a dead letter if a queue gives it up at once. Nothing is
 * published and no queue is changed. Owned by one thread.
 *
 * <p>Told by the figures of the moment: other messages may come first. Messages that are pushed out
 * of a queue by this one are not followed.
 */
public final class MessageForecast {
  /** So many dead letters are followed. */
  public static final int LETTERS_MAX = 40;

  private final Topology topology;
  private final long moreBytes;
  private final long nowMs;
  private final Map<String, QueueLoad> loads = new HashMap<>();
  private final Map<QueueLoad.Arrival, Stop> stops = new HashMap<>();
  private final Deque<Letter> open = new ArrayDeque<>();
  private final List<Letter> letters = new ArrayList<>();
  private boolean complete = true;

  private MessageForecast(Topology topology, long moreBytes, long nowMs) {
    this.topology = topology;
    this.moreBytes = moreBytes;
    this.nowMs = nowMs;
  }

  /**
   * Follows a message.
   *
   * @param moreBytes octets it counts for beyond those it has, of a body that is only assumed
   * @return null if its exchange does not exist
   * @throws MalformedMessageException if a headers exchange is on the way and the message's
   *     sections cannot be decoded
   */
  public static @Nullable MessageForecast of(
      Topology topology, Message message, long moreBytes, long nowMs) {
    MessageForecast forecast = new MessageForecast(topology, moreBytes, nowMs);
    Letter first = forecast.letter(message, null);
    if (first.explained == null) {
      return null;
    }
    forecast.open.add(first);
    for (Letter letter = forecast.open.poll(); letter != null; letter = forecast.open.poll()) {
      forecast.letters.add(letter);
      forecast.arrive(letter);
    }
    return forecast;
  }

  /** The message as it is published, or a dead letter of it. Not changed once it is given out. */
  public static final class Letter {
    private final Message message;
    private final @Nullable DeathHistory history;
    private final @Nullable Explained explained;
    private final Map<String, Stop> stops = new LinkedHashMap<>();

    private Letter(Message message, @Nullable DeathHistory history, @Nullable Explained explained) {
      this.message = message;
      this.history = history;
      this.explained = explained;
    }

    /** With the envelope it is routed by. */
    public Message message() {
      return message;
    }

    /** Its way; null if there is no exchange of that name. */
    public @Nullable Explained explained() {
      return explained;
    }

    /** All queues it reaches, each once. */
    public Collection<RoutedQueue> reached() {
      return explained == null ? List.of() : explained.queues();
    }

    /** What becomes of it in the queues it reaches, by their names. */
    public Map<String, Stop> stops() {
      return stops;
    }
  }

  /** A queue that a letter reaches. Not changed once it is given out. */
  public static final class Stop {
    private final Letter letter;
    private final QueueProxy queue;
    private final QueueLoad.@Nullable Arrival arrival;
    private @Nullable Letter next;

    private Stop(Letter letter, QueueProxy queue, QueueLoad.@Nullable Arrival arrival) {
      this.letter = letter;
      this.queue = queue;
      this.arrival = arrival;
    }

    /** What the queue does with it. */
    public QueueForecast forecast() {
      return arrival == null ? QueueForecast.cycle() : arrival.forecast();
    }

    /** The dead letter it becomes at once; null if it does not, or that is not followed. */
    public @Nullable Letter next() {
      return next;
    }

    /** Whether the queue has a dead-letter exchange. */
    public boolean hasDeadLetterExchange() {
      return queue.definition().options().deadLetterExchange() != null;
    }
  }

  /** The message as it is published. */
  public Letter first() {
    return letters.get(0);
  }

  /** The queues that hold it, or a dead letter of it, when all of this has happened. */
  public Set<String> endsIn() {
    Set<String> names = new LinkedHashSet<>();
    for (Letter letter : letters) {
      letter.stops.forEach(
          (name, stop) -> {
            if (stop.forecast().isKept()) {
              names.add(name);
            }
          });
    }
    return names;
  }

  /**
   * Whether all was followed, and nothing depends on what figures do not tell: such as which of
   * several copies is first at a queue, or where messages go on that are pushed out by this one.
   */
  public boolean isCertain() {
    return complete
        && loads.values().stream().noneMatch(QueueLoad::isRaced)
        && letters.stream()
            .flatMap(letter -> letter.stops.values().stream())
            .allMatch(
                stop ->
                    stop.forecast().certain()
                        && !(stop.forecast().displaces() && stop.hasDeadLetterExchange()));
  }

  /**
   * The dead letter that a message becomes if it dies in a queue later on: with what the queues it
   * reaches would do now.
   *
   * @return empty if the queue has no dead-letter exchange
   */
  public Optional<Letter> later(Stop stop) {
    if (!stop.hasDeadLetterExchange()) {
      return Optional.empty();
    }
    QueueForecast forecast = stop.forecast();
    DeathReason reason =
        forecast.death().orElse(forecast.ttlMs() >= 0 ? DeathReason.EXPIRED : DeathReason.REJECTED);
    Letter letter = letter(stop.queue, stop.letter.message, reason);
    for (RoutedQueue queue : letter.reached()) {
      if (isCycle(letter, queue)) {
        letter.stops.put(queue.name(), new Stop(letter, (QueueProxy) queue, null));
      } else {
        List<QueueLoad.Arrival> arrivals =
            new QueueLoad((QueueProxy) queue).arrive(letter.message, bytes(letter));
        letter.stops.put(
            queue.name(), new Stop(letter, (QueueProxy) queue, arrivals.get(arrivals.size() - 1)));
      }
    }
    return Optional.of(letter);
  }

  private void arrive(Letter letter) {
    for (RoutedQueue queue : letter.reached()) {
      QueueProxy proxy = (QueueProxy) queue;
      if (isCycle(letter, queue)) {
        letter.stops.put(queue.name(), new Stop(letter, proxy, null));
        continue;
      }
      QueueLoad load = loads.computeIfAbsent(queue.name(), name -> new QueueLoad(proxy));
      List<QueueLoad.Arrival> touched = load.arrive(letter.message, bytes(letter));
      QueueLoad.Arrival arrival = touched.get(touched.size() - 1);
      Stop stop = new Stop(letter, proxy, arrival);
      letter.stops.put(queue.name(), stop);
      stops.put(arrival, stop);
      for (QueueLoad.Arrival one : touched) {
        Stop changed = stops.get(one);
        if (changed != null) {
          goOn(changed);
        }
      }
    }
  }

  private void goOn(Stop stop) {
    Optional<DeathReason> death = stop.forecast().death();
    if (death.isEmpty() || stop.next != null || !stop.hasDeadLetterExchange()) {
      return;
    }
    if (letters.size() + open.size() >= LETTERS_MAX) {
      complete = false;
      return;
    }
    stop.next = letter(stop.queue, stop.letter.message, death.get());
    open.add(stop.next);
  }

  private Letter letter(QueueProxy queue, Message message, DeathReason reason) {
    DeadLetters.Letter dead = DeadLetters.letterOf(queue.definition(), message, reason, nowMs);
    return letter(dead.message(), dead.history());
  }

  private Letter letter(Message message, @Nullable DeathHistory history) {
    return new Letter(message, history, RouteExplanation.of(topology, message.envelope(), message));
  }

  private long bytes(Letter letter) {
    return letter.message.sizeBytes() + moreBytes;
  }

  private static boolean isCycle(Letter letter, RoutedQueue queue) {
    return letter.history != null && letter.history.isCycle(queue.name());
  }
}
