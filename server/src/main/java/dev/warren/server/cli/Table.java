package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rows of text under headings, each column as wide as it has to be. Used by one thread. */
final class Table {
  private static final int GAP = 2;

  /** Columns are not made narrower than this to fit the terminal. */
  private static final int WIDTH_MIN = 8;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /** Whether a column has numbers, and whether it has anything else. */
  private final boolean[] hasNumber;

  private final boolean[] hasText;

  /** A table whose columns have these names. */
  Table(List<String> headings) {
    this.headings = headings;
    this.hasNumber = new boolean[headings.size()];
    this.hasText = new boolean[headings.size()];
  }

  /** Adds a row, a value for each column. */
  void add(List<JsonNode> values) {
    List<String> row = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      JsonNode value = values.get(i);
      hasNumber[i] |= value.isNumber() && !isTime(headings.get(i));
      hasText[i] |= !value.isNumber() && !value.isMissingNode() && !value.isNull();
      row.add(text(headings.get(i), value));
    }
    rows.add(row);
  }

  /** A value of this name as somebody reads it. Nothing a terminal would obey is left in it. */
  static String text(String name, JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isObject()) {
      return value.isEmpty() ? "" : printable(value.toString());
    }
    if (value.isArray()) {
      return list(value);
    }
    return value.isIntegralNumber() && isTime(name) ? time(value) : printable(value.asText());
  }

  private static String list(JsonNode values) {
    List<String> words = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isContainerNode()) {
        return printable(values.toString());
      }
      words.add(printable(value.asText()));
    }
    return String.join(",", words);
  }

  private static boolean isTime(String name) {
    return name.endsWith("_at") || name.equals("at") || name.equals("timestamp");
  }

  /** To the second, UTC. */
  private static String time(JsonNode ms) {
    return Instant.ofEpochMilli(ms.asLong()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Text without what a terminal would obey: no control characters, none that turn its order. */
  static String printable(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().forEach(c -> kept.appendCodePoint(isObeyed(c) ? '\u00b7' : c));
    return kept.toString();
  }

  private static boolean isObeyed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** Prints it, cut to so many columns; 0 for as wide as it is. */
  void print(PrintStream out, int columns) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = width(headings.get(i));
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    if (columns > 0) {
      fit(widths, columns);
    }
    print(out, headings.stream().map(Table::heading).toList(), widths);
    rows.forEach(row -> print(out, row, widths));
  }

  private static String heading(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  /** Takes from the column that has most to spare until all fit, or none has any. */
  private void fit(int[] widths, int columns) {
    int[] least = new int[widths.length];
    for (int i = 0; i < widths.length; i++) {
      least[i] = Math.min(widths[i], least(i));
    }
    int excess = Arrays.stream(widths).sum() + GAP * (widths.length - 1) - columns;
    while (excess-- > 0) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] - least[i] > widths[widest] - least[widest] ? i : widest;
      }
      if (widths[widest] == least[widest]) {
        return;
      }
      widths[widest]--;
    }
  }

  /** How narrow a column may become: part of a number, a time or an id would be misread. */
  private int least(int column) {
    String name = headings.get(column);
    boolean isWhole = isTime(name) || name.equals("id") || (hasNumber[column] && !hasText[column]);
    return isWhole
        ? rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0)
        : WIDTH_MIN;
  }

  private void print(PrintStream out, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cut(cells.get(i), widths[i]);
      String padding = " ".repeat(Math.max(0, widths[i] - width(cell)));
      line.append(hasNumber[i] && !hasText[i] ? padding + cell : cell + padding)
          .append(" ".repeat(GAP));
    }
    out.println(line.toString().stripTrailing());
  }

  /** At most so wide, with an ellipsis if something is missing. */
  static String cut(String text, int widthMax) {
    if (width(text) <= widthMax) {
      return text;
    }
    StringBuilder kept = new StringBuilder();
    int width = 1;
    for (int c : text.codePoints().toArray()) {
      width += width(c);
      if (width > widthMax) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept.append('\u2026').toString();
  }

  private static int width(String text) {
    return text.codePoints().map(Table::width).sum();
  }

  /** Places a character takes on a terminal: East Asian ones and pictures take two. */
  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean isWide =
        (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0xffe0 && c <= 0xffe6)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd);
    return isWide ? 2 : 1;
  }
}
