package dev.warren.amqp;

import dev.warren.core.filter.AllOf;
import dev.warren.core.filter.ApplicationPropertiesFilter;
import dev.warren.core.filter.InvalidFilterException;
import dev.warren.core.filter.JmsSelector;
import dev.warren.core.filter.MessageFilter;
import dev.warren.core.filter.NoLocal;
import dev.warren.core.filter.PropertiesFilter;
import dev.warren.core.filter.SqlFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/**
 * The filters of a source (contract §6): those that can be had, as one condition on messages and as
 * the entries to echo, and why the others cannot. Immutable.
 *
 * <p>There is at most one filter of each kind. SQL and property filters exclude each other: the one
 * that comes first in the map is kept, as RabbitMQ does. Whatever else is wrong with a filter, it
 * is left out and the link opens all the same, as AMQP wants it (§3.5.1).
 */
final class FilterSet {
  /** The link property of an attach reply which says why filters were left out. */
  static final Symbol ERRORS = Symbol.valueOf("warren:filter-errors");

  /** Filters whose errors are told; a peer could send thousands. */
  static final int ERRORS_MAX = 8;

  private static final Symbol NO_KEY = Symbol.valueOf("unnamed");
  private static final int NAME_CHARS_MAX = 64;
  private static final FilterSet NONE = new FilterSet();

  /** What a descriptor stands for, by its name or its code. */
  private enum Kind {
    PROPERTIES("amqp:properties-filter", 0x173),
    APPLICATION_PROPERTIES("amqp:application-properties-filter", 0x174),
    SQL("amqp:sql-filter", 0x120),
    SELECTOR("apache.org:selector-filter:string", 0x0000468C00000004L),
    NO_LOCAL("apache.org:no-local-filter:list", 0x0000468C00000003L);

    private static final Kind[] ALL = values();
    private final String name;
    private final long code;

    Kind(String name, long code) {
      this.name = name;
      this.code = code;
    }

    static @Nullable Kind of(Object descriptor) {
      for (Kind kind : ALL) {
        if (descriptor instanceof Symbol symbol
            ? kind.name.equals(symbol.toString())
            : descriptor instanceof UnsignedLong number && kind.code == number.longValue()) {
          return kind;
        }
      }
      return null;
    }

    /** Whether a filter of this kind cannot be had together with those. */
    boolean isExcludedBy(Set<Kind> kept) {
      return switch (this) {
        case SQL -> kept.contains(PROPERTIES) || kept.contains(APPLICATION_PROPERTIES);
        case PROPERTIES, APPLICATION_PROPERTIES -> kept.contains(SQL);
        case SELECTOR, NO_LOCAL -> false;
      };
    }
  }

  private final List<MessageFilter> filters = new ArrayList<>();
  private final Map<Symbol, Object> accepted = new LinkedHashMap<>();
  private final Map<Symbol, Object> errors = new LinkedHashMap<>();
  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
  private MessageFilter filter = MessageFilter.ALL;

  private FilterSet() {}

  /**
   * Reads the filters of a source.
   *
   * @param asked the map as proton-j decodes it; null or empty for none
   * @param connectionId the consumer's connection, for no-local
   */
  static FilterSet of(@Nullable Map<?, ?> asked, long connectionId) {
    if (asked == null || asked.isEmpty()) {
      return NONE;
    }
    FilterSet set = new FilterSet();
    asked.forEach(
        (key, value) -> {
          if (key instanceof Symbol symbol && value != null) {
            set.add(symbol, value, connectionId);
          } else if (value != null) {
            set.fail(NO_KEY, "the key of a filter must be a symbol");
          }
        });
    set.filter = AllOf.of(set.filters);
    return set;
  }

  private void add(Symbol key, Object value, long connectionId) {
    try {
      if (!(value instanceof DescribedType described)) {
        throw new IllegalArgumentException("a filter must be a described value");
      }
      Kind kind = Kind.of(described.getDescriptor());
      if (kind == null) {
        throw new IllegalArgumentException(
            "unsupported filter " + printable(described.getDescriptor()));
      }
      if (kinds.contains(kind)) {
        throw new IllegalArgumentException("there is a filter of this kind already");
      }
      if (kind.isExcludedBy(kinds)) {
        throw new IllegalArgumentException("SQL and property filters exclude each other");
      }
      filters.add(filter(kind, described.getDescribed(), connectionId));
      kinds.add(kind);
      accepted.put(key, value);
    } catch (IllegalArgumentException | InvalidFilterException e) {
      fail(key, String.valueOf(e.getMessage()));
    }
  }

  private void fail(Symbol key, String reason) {
    if (errors.size() < ERRORS_MAX) {
      errors.put(key, reason);
    }
  }

  private static MessageFilter filter(Kind kind, @Nullable Object value, long connectionId) {
    return switch (kind) {
      case PROPERTIES -> PropertiesFilter.of(fields(value));
      case APPLICATION_PROPERTIES -> ApplicationPropertiesFilter.of(fields(value));
      case SQL -> SqlFilter.parse(text(value));
      case SELECTOR -> JmsSelector.parse(text(value));
      case NO_LOCAL -> new NoLocal(connectionId);
    };
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("the filter must be a string");
  }

  private static Map<String, @Nullable Object> fields(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("the filter must be a map");
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    map.forEach(
        (name, reference) -> {
          if (!(name instanceof Symbol || name instanceof String)) {
            throw new IllegalArgumentException("the name of a field must be a symbol or string");
          }
          fields.put(name.toString(), FilterValues.decoded(reference));
        });
    return fields;
  }

  /** A name a client chose, as it may stand in a log: not too long, and on one line. */
  static String printable(@Nullable Object name) {
    String text = String.valueOf(name);
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < NAME_CHARS_MAX; i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return shown.toString();
  }

  /** The condition on messages: {@link MessageFilter#ALL} if there is none. */
  MessageFilter filter() {
    return filter;
  }

  /**
   * The filters in force, as they were asked for, for the reply; null if none was asked for. If
   * none of several is in force the map is empty, not absent: RabbitMQ's Java client takes it that
   * way.
   */
  @Nullable Map<Symbol, Object> echo() {
    return this == NONE ? null : Collections.unmodifiableMap(accepted);
  }

  /** The text of the filter of this class, or null if there is none. */
  @Nullable String text(Class<? extends MessageFilter> kind) {
    for (MessageFilter each : filters) {
      if (kind.isInstance(each)) {
        return each.toString();
      }
    }
    return null;
  }

  /** Whether the consumer does not want what its own connection publishes. */
  boolean isNoLocal() {
    return kinds.contains(Kind.NO_LOCAL);
  }

  /** Why filters were left out, by their keys; at most {@value #ERRORS_MAX} of them. */
  Map<Symbol, Object> errors() {
    return Collections.unmodifiableMap(errors);
  }
}
