package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an import does not take over, and why: the first {@value #KEPT_MAX} of each kind, and how
 * many there are. Not thread-safe.
 */
final class ImportNotes {
  static final int KEPT_MAX = 1000;

  private final Map<Kind, List<Note>> kept = new EnumMap<>(Kind.class);
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

  ImportNotes() {
    for (Kind kind : Kind.values()) {
      kept.put(kind, new ArrayList<>());
      counts.put(kind, 0);
    }
  }

  /** Why something is not taken over. */
  private enum Kind {
    /** There is no need. */
    SKIPPED("skipped"),
    /** Something else has its name. */
    CONFLICT("conflicts"),
    /** It is wrong. Only noted when nothing is to be changed. */
    ERROR("errors");

    private final String field;

    Kind(String field) {
      this.field = field;
    }
  }

  private record Note(String where, String name, String reason, List<Difference> differences) {}

  /** A field of which there is another value already; null if there is none. */
  record Difference(String field, @Nullable Object present, @Nullable Object wanted) {}

  /** Fields compared one by one. */
  static final class Comparison {
    private final List<Difference> differences = new ArrayList<>();

    /** Compares a field. */
    Comparison with(String field, @Nullable Object present, @Nullable Object wanted) {
      if (!Objects.equals(present, wanted)) {
        differences.add(new Difference(field, present, wanted));
      }
      return this;
    }

    /** Compares each entry of two maps. */
    Comparison withMaps(
        String field,
        Map<String, ? extends @Nullable Object> present,
        Map<String, ? extends @Nullable Object> wanted) {
      Set<String> names = new TreeSet<>(present.keySet());
      names.addAll(wanted.keySet());
      for (String name : names) {
        with(field + "." + name, present.get(name), wanted.get(name));
      }
      return this;
    }

    List<Difference> differences() {
      return differences;
    }
  }

  /** There is no need to take something over, or no way. */
  void skip(JsonBody item, String name, String reason) {
    add(Kind.SKIPPED, new Note(item.path(), name, reason, List.of()));
  }

  /** Something else has the name. */
  void conflict(JsonBody item, String name, String reason, List<Difference> differences) {
    add(Kind.CONFLICT, new Note(item.path(), name, reason, List.copyOf(differences)));
  }

  /** Something is wrong. */
  void error(JsonBody item, String name, String reason) {
    add(Kind.ERROR, new Note(item.path(), name, reason, List.of()));
  }

  private void add(Kind kind, Note note) {
    if (count(kind) < KEPT_MAX) {
      kept(kind).add(note);
    }
    counts.merge(kind, 1, Integer::sum);
  }

  private List<Note> kept(Kind kind) {
    return Objects.requireNonNull(kept.get(kind));
  }

  private int count(Kind kind) {
    return counts.getOrDefault(kind, 0);
  }

  boolean isEmpty() {
    return counts.values().stream().allMatch(count -> count == 0);
  }

  /** The first error, with how many more there are. */
  Optional<String> firstError() {
    int more = count(Kind.ERROR) - 1;
    return kept(Kind.ERROR).stream()
        .findFirst()
        .map(first -> first.reason() + (more == 0 ? "" : " (and " + more + " more errors)"));
  }

  /** Adds a list of each kind, and how many there are of it. */
  void addTo(ObjectNode report) {
    for (Kind kind : Kind.values()) {
      ArrayNode shown = report.putArray(kind.field);
      for (Note note : kept(kind)) {
        ObjectNode view = shown.addObject();
        view.put("where", note.where()).put("name", note.name()).put("reason", note.reason());
        if (kind == Kind.CONFLICT) {
          putDifferences(view.putArray("differences"), note.differences());
        }
      }
      report.put(kind.field + "_count", count(kind));
    }
  }

  private static void putDifferences(ArrayNode array, List<Difference> differences) {
    for (Difference difference : differences) {
      ObjectNode shown = array.addObject().put("field", difference.field());
      shown.set("present", JsonViews.value(difference.present()));
      shown.set("wanted", JsonViews.value(difference.wanted()));
    }
  }
}
