package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.security.BoundedPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The list parameters of the API: {@code name}, {@code use_regex}, {@code sort}, {@code
 * sort_reverse}, {@code page}, {@code page_size}, {@code columns} (contract §11.1). Immutable.
 *
 * <p>With {@code page} the reply is an envelope, without it a bare array. Objects are turned into
 * JSON only for the page asked for, unless the list is sorted by a field its {@link Listing} has no
 * key for.
 */
final class Pagination {
  static final int PAGE_SIZE_DEFAULT = 100;
  static final int PAGE_SIZE_MAX = 500;
  private static final int PATTERN_LENGTH_MAX = 256;

  /** Characters times size, of all names one expression is tried on. */
  private static final long PATTERN_STEPS_MAX = 100_000_000;

  private final Optional<Integer> page;
  private final int pageSize;
  private final Optional<Predicate<String>> filter;
  private final Optional<String> sort;
  private final boolean reverse;
  private final Columns columns;

  private Pagination(
      Optional<Integer> page,
      int pageSize,
      Optional<Predicate<String>> filter,
      Optional<String> sort,
      boolean reverse,
      Columns columns) {
    this.page = page;
    this.pageSize = pageSize;
    this.filter = filter;
    this.sort = sort;
    this.reverse = reverse;
    this.columns = columns;
  }

  /**
   * Reads the parameters.
   *
   * @throws ApiException 400 with the name of the parameter that is wrong
   */
  static Pagination of(Request request) {
    Optional<Integer> page =
        request.parameter("page").map(text -> number("page", text, Integer.MAX_VALUE));
    int pageSize =
        request
            .parameter("page_size")
            .map(text -> number("page_size", text, PAGE_SIZE_MAX))
            .orElse(PAGE_SIZE_DEFAULT);
    boolean regex = flag(request, "use_regex");
    return new Pagination(
        page,
        pageSize,
        request
            .parameter("name")
            .filter(name -> !name.isEmpty())
            .map(name -> regex ? matching(name) : containing(name)),
        request.parameter("sort").filter(column -> !column.isEmpty()),
        flag(request, "sort_reverse"),
        Columns.of(request));
  }

  /** The list as the client wants it. */
  <T> Reply reply(Listing<T> listing) {
    List<T> matching =
        filter.map(names -> matching(listing, names)).orElseGet(() -> listing.items());
    if (page.isEmpty()) {
      List<T> all = sort.map(column -> sorted(matching, listing, column)).orElse(matching);
      return Reply.ok(views(all, listing.view()));
    }
    int number = page.get();
    int pages = Math.max(1, (matching.size() + pageSize - 1) / pageSize);
    if (number > pages) {
      throw new ApiException(
          400,
          "page_out_of_range",
          "page: " + number + " page size: " + pageSize + " items: " + matching.size());
    }
    int from = (number - 1) * pageSize;
    int to = Math.min(from + pageSize, matching.size());
    List<T> slice =
        sort.map(column -> sortedSlice(matching, listing, column, from, to))
            .orElseGet(() -> matching.subList(from, to));
    ObjectNode envelope = JsonNodeFactory.instance.objectNode();
    envelope.put("total_count", listing.items().size());
    envelope.put("item_count", slice.size());
    envelope.put("filtered_count", matching.size());
    envelope.put("page", number);
    envelope.put("page_size", pageSize);
    envelope.put("page_count", pages);
    envelope.set("items", views(slice, listing.view()));
    return Reply.ok(envelope);
  }

  private static <T> List<T> matching(Listing<T> listing, Predicate<String> names) {
    List<T> matching = new ArrayList<>();
    for (T item : listing.items()) {
      if (names.test(listing.name().apply(item))) {
        matching.add(item);
      }
    }
    return matching;
  }

  private <T> ArrayNode views(List<T> items, Function<T, ObjectNode> view) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(items.size());
    for (T item : items) {
      array.add(columns.of(view.apply(item)));
    }
    return array;
  }

  private <T> List<T> sorted(List<T> items, Listing<T> listing, String column) {
    return sortedSlice(items, listing, column, 0, items.size());
  }

  /** What of the sorted list would be from one place to another, without sorting the rest. */
  private <T> List<T> sortedSlice(
      List<T> items, Listing<T> listing, String column, int from, int to) {
    Function<T, JsonNode> key = listing.sortKeys().get(column);
    Function<T, JsonNode> value =
        key != null ? key : item -> Columns.at(listing.view().apply(item), column);
    List<Keyed<T>> keyed = new ArrayList<>(items.size());
    for (T item : items) {
      keyed.add(new Keyed<>(item, keyed.size(), value.apply(item)));
    }
    Comparator<Keyed<T>> byKey = Comparator.comparing(Keyed::key, Pagination::compare);
    Comparator<Keyed<T>> order = reverse ? byKey.reversed() : byKey;
    return Selection.slice(keyed, order.thenComparingInt(Keyed::index), from, to).stream()
        .map(Keyed::item)
        .toList();
  }

  /** Numbers before text, text before anything else; what is missing comes first. */
  private static int compare(JsonNode a, JsonNode b) {
    int byRank = Integer.compare(rank(a), rank(b));
    if (byRank != 0) {
      return byRank;
    }
    if (a.isNumber()) {
      return a.isIntegralNumber() && b.isIntegralNumber()
          ? Long.compare(a.longValue(), b.longValue())
          : Double.compare(a.doubleValue(), b.doubleValue());
    }
    return a.isTextual()
        ? a.textValue().compareTo(b.textValue())
        : a.asText().compareTo(b.asText());
  }

  private static int rank(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return 0;
    }
    if (node.isNumber()) {
      return 1;
    }
    return node.isTextual() ? 2 : 3;
  }

  private static Predicate<String> containing(String part) {
    String wanted = part.toLowerCase(Locale.ROOT);
    return name -> name.toLowerCase(Locale.ROOT).contains(wanted);
  }

  private static Predicate<String> matching(String expression) {
    if (expression.length() > PATTERN_LENGTH_MAX) {
      throw ApiException.badRequest("name: the regular expression is too long");
    }
    BoundedPattern pattern;
    try {
      pattern = BoundedPattern.of(expression, true, PATTERN_LENGTH_MAX);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("name: '" + expression + "' " + e.getMessage());
    }
    if (!pattern.isLinear()) {
      throw ApiException.badRequest(
          "name: look-around, possessive quantifiers and back-references are not known here");
    }
    long[] left = {PATTERN_STEPS_MAX};
    return name -> {
      left[0] -= pattern.size() * (name.length() + 1);
      if (left[0] < 0) {
        throw ApiException.badRequest("name: the regular expression takes too long");
      }
      return pattern.isFoundIn(name);
    };
  }

  private static int number(String parameter, String text, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, with the limits.
    }
    throw ApiException.badRequest(parameter + ": must be a whole number from 1 to " + max);
  }

  private static boolean flag(Request request, String parameter) {
    String text = request.parameter(parameter).orElse("false");
    return switch (text) {
      case "true" -> true;
      case "false", "" -> false;
      default -> throw ApiException.badRequest(parameter + ": must be true or false");
    };
  }

  private record Keyed<T>(T item, int index, JsonNode key) {}

  /**
   * Something to list.
   *
   * @param name what the {@code name} filter looks at
   * @param view an object as JSON
   * @param sortKeys cheap ways to a field that is often sorted by
   */
  record Listing<T>(
      List<T> items,
      Function<T, String> name,
      Function<T, ObjectNode> view,
      Map<String, Function<T, JsonNode>> sortKeys) {

    Listing(List<T> items, Function<T, String> name, Function<T, ObjectNode> view) {
      this(items, name, view, Map.of());
    }
  }
}
