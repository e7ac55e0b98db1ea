package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a message goes where it goes: every binding on its way, and why it is followed or not. Tests
 * each binding by itself instead of asking the match tables, and marks nothing as matched. It takes
 * time proportional to the bindings of the exchanges that are reached.
 *
 * <p>All matching queues are found, but no more than {@link #STEPS_MAX} exchanges and {@link
 * #TESTS_MAX} bindings are told in detail, those that match first.
 */
public final class RouteExplanation {
  /** So many exchanges are told in detail. */
  public static final int STEPS_MAX = 100;

  /** So many bindings are told in detail, of all exchanges together. */
  public static final int TESTS_MAX = 1000;

  private final Topology topology;
  private final Envelope keys;
  private final Message message;
  private final Map<String, RoutedQueue> queues = new LinkedHashMap<>();
  private final Set<String> reached = new HashSet<>();
  private final Deque<Step> open = new ArrayDeque<>();
  private int stepsLeft = STEPS_MAX;
  private int testsLeft = TESTS_MAX;

  private RouteExplanation(Topology topology, Envelope keys, Message message) {
    this.topology = topology;
    this.keys = keys;
    this.message = message;
  }

  /**
   * Explains the way of a message by an envelope, which need not be its own.
   *
   * @return null if the exchange does not exist
   * @throws dev.warren.core.message.MalformedMessageException if a headers exchange is on the way
   *     and the message's sections cannot be decoded
   */
  public static @Nullable Explained of(Topology topology, Envelope envelope, Message message) {
    Exchange first = topology.exchange(envelope.exchange());
    return first == null ? null : new RouteExplanation(topology, envelope, message).explain(first);
  }

  /**
   * A way that is explained.
   *
   * @param first the exchange it begins at
   * @param queues all it leads to, each once, in the order they were found
   */
  public record Explained(Step first, Collection<RoutedQueue> queues) {}

  /** An exchange on the way. Not changed any more once it is given out. */
  public static final class Step {
    private final Exchange exchange;
    private final boolean repeated;
    private final List<Test> tests = new ArrayList<>();
    private int untold;
    private @Nullable Step alternate;
    private @Nullable String missingAlternate;

    Step(Exchange exchange, boolean repeated) {
      this.exchange = exchange;
      this.repeated = repeated;
    }

    /** The exchange. */
    public Exchange exchange() {
      return exchange;
    }

    /** Whether the way has led here before; a message goes through an exchange once. */
    public boolean isRepeated() {
      return repeated;
    }

    /** The bindings that were looked at; those that match first. */
    public List<Test> tests() {
      return Collections.unmodifiableList(tests);
    }

    /** How many more were looked at that are not told here. */
    public int untold() {
      return untold;
    }

    /** Where it goes on if no binding matched and there is an alternate exchange. */
    public @Nullable Step alternate() {
      return alternate;
    }

    /** The name of the alternate exchange it would go on to, if there is none of that name. */
    public @Nullable String missingAlternate() {
      return missingAlternate;
    }
  }

  /**
   * A binding that was looked at.
   *
   * @param queue where it leads, if it matched and that is a queue
   * @param next where it leads, if it matched, that is an exchange, and is told in detail
   */
  public record Test(
      Binding binding,
      boolean matched,
      String why,
      @Nullable RoutedQueue queue,
      @Nullable Step next) {}

  private Explained explain(Exchange first) {
    Step begin = open(first);
    for (Step step = open.poll(); step != null; step = open.poll()) {
      explain(step);
    }
    return new Explained(begin, queues.values());
  }

  private Step open(Exchange exchange) {
    Step step = new Step(exchange, !reached.add(exchange.name()));
    if (!step.repeated) {
      open.add(step);
    }
    return step;
  }

  private void explain(Step step) {
    boolean detailed = stepsLeft-- > 0;
    List<Test> missed = new ArrayList<>();
    boolean any = false;
    for (Binding binding : bindingsOf(step.exchange)) {
      BindingTest.Result result = BindingTest.of(step.exchange, binding, keys, message);
      if (result.matched()) {
        any |= follow(step, binding, result, detailed);
      } else if (detailed) {
        missed.add(new Test(binding, false, result.why(), null, null));
      } else {
        step.untold++;
      }
    }
    for (Test test : missed) {
      tell(step, test);
    }
    String alternate = step.exchange.definition().alternateExchange();
    Exchange next = any || alternate == null ? null : topology.exchange(alternate);
    if (next != null) {
      step.alternate = open(next);
    } else if (!any) {
      step.missingAlternate = alternate;
    }
  }

  /** Whether it leads anywhere: the default exchange may be asked for a queue there is not. */
  private boolean follow(Step step, Binding binding, BindingTest.Result result, boolean detailed) {
    String destination = binding.destination().name();
    if (binding.destination() instanceof Destination.ExchangeName) {
      Exchange exchange = topology.exchange(destination);
      Step next = exchange == null ? null : open(exchange);
      tell(step, new Test(binding, true, result.why(), null, detailed ? next : null));
      return true;
    }
    RoutedQueue queue = topology.queue(destination);
    if (queue == null) {
      tell(step, new Test(binding, false, "there is no queue of this name", null, null));
      return false;
    }
    queues.putIfAbsent(destination, queue);
    tell(step, new Test(binding, true, result.why(), queue, null));
    return true;
  }

  private void tell(Step step, Test test) {
    if (testsLeft > 0) {
      testsLeft--;
      step.tests.add(test);
    } else {
      step.untold++;
    }
  }

  /** Of the default exchange, whose bindings are implicit, those the keys ask for. */
  private List<Binding> bindingsOf(Exchange exchange) {
    if (!exchange.name().equals(Topology.DEFAULT_EXCHANGE)) {
      return exchange.bindings();
    }
    List<Binding> asked = new ArrayList<>();
    for (int i = 0; i < keys.keyCount(); i++) {
      asked.add(Binding.toQueue(Topology.DEFAULT_EXCHANGE, keys.key(i), keys.key(i)));
    }
    return asked;
  }
}
