package dev.warren.core.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link JournalScenario} ended: which promise was broken, if one was, and on demand the
 * least that breaks it, told so that it can be replayed.
 */
final class Verdict {
  private static final int STORY_LINES_MAX = 120;

  private final JournalScenario scenario;
  private final @Nullable Throwable failure;
  private final List<Integer> taken;
  private final long copied;

  private Verdict(
      JournalScenario scenario, @Nullable Throwable failure, List<Integer> taken, long copied) {
    this.scenario = scenario;
    this.failure = failure;
    this.taken = taken;
    this.copied = copied;
  }

  static Verdict of(JournalScenario scenario) {
    JournalSimulation simulation = new JournalSimulation(scenario);
    Throwable failure = null;
    try {
      scenario.run(simulation);
    } catch (AssertionError | RuntimeException e) {
      failure = e;
    }
    return new Verdict(scenario, failure, simulation.taken(), simulation.copied());
  }

  /** What went wrong, without figures; empty if nothing did. */
  String kind() {
    Throwable wrong = failure;
    if (wrong == null) {
      return "";
    }
    String text = String.valueOf(wrong.getMessage());
    int end = text.startsWith("[") ? text.indexOf(']') : -1;
    if (wrong instanceof AssertionError && end > 0) {
      int colon = text.indexOf(':');
      return text.substring(1, colon > 0 && colon < end ? colon : end);
    }
    StackTraceElement[] trace = wrong.getStackTrace();
    return wrong.getClass().getSimpleName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  long seed() {
    return scenario.seed();
  }

  boolean isFailure() {
    return failure != null;
  }

  /** Whether the simulation has said so, and nothing merely threw. */
  boolean isBrokenPromise() {
    return failure instanceof AssertionError;
  }

  long copied() {
    return copied;
  }

  /** The fewest steps found that break the same promise. */
  List<Integer> shrunk() {
    String kind = kind();
    return new Shrinker(steps -> of(with(steps)).kind().equals(kind)).shrink(taken);
  }

  /** Throws what went wrong, with what replays it, if anything did. */
  void orFail() {
    if (failure == null) {
      return;
    }
    List<Integer> shrunk = shrunk();
    List<String> story = new ArrayList<>();
    of(with(shrunk).toldTo(story));
    throw new AssertionError(
        "journal.seed=%d faults=%s journal.steps=%s: %s%n%s"
            .formatted(
                scenario.seed(),
                scenario.faults(),
                ranges(shrunk),
                failure.getMessage(),
                String.join(
                    System.lineSeparator(),
                    story.subList(Math.max(0, story.size() - STORY_LINES_MAX), story.size()))),
        failure);
  }

  private JournalScenario with(List<Integer> steps) {
    Set<Integer> these = new HashSet<>(steps);
    return scenario.onlyWith(these::contains);
  }

  /** As "3-17,19,20003". */
  static String ranges(List<Integer> steps) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < steps.size(); ) {
      int last = i;
      while (last + 1 < steps.size() && steps.get(last + 1) == steps.get(last) + 1) {
        last++;
      }
      text.append(text.length() == 0 ? "" : ",").append(steps.get(i));
      text.append(last > i ? "-" + steps.get(last) : "");
      i = last + 1;
    }
    return text.length() == 0 ? "none" : text.toString();
  }

  /** The opposite of {@link #ranges}. */
  static Set<Integer> parse(String ranges) {
    Set<Integer> steps = new HashSet<>();
    for (String range : ranges.equals("none") ? new String[0] : ranges.split(",", -1)) {
      String[] ends = range.split("-", -1);
      for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
        steps.add(i);
      }
    }
    return steps;
  }
}
