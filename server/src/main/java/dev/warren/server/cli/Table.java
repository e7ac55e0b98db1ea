package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text under headings, each column as wide as it has to be. */
final class Table {
  private static final int WIDTH_MAX = 60;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] isNumber;

  /** A table whose columns have these names. */
  Table(List<String> headings) {
    this.headings = headings;
    this.isNumber = new boolean[headings.size()];
    java.util.Arrays.fill(isNumber, true);
  }

  /** Adds a row, a value for each column. */
  void add(List<JsonNode> values) {
    List<String> row = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      JsonNode value = values.get(i);
      isNumber[i] &= value.isNumber() || value.isMissingNode() || value.isNull();
      row.add(text(value));
    }
    rows.add(row);
  }

  /** A value as somebody reads it. Nothing a terminal would obey is left in it. */
  static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isObject() || value.isArray()) {
      return value.isEmpty() ? "" : printable(value.toString());
    }
    return printable(value.asText());
  }

  /** Text without control characters. */
  static String printable(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().forEach(c -> kept.appendCodePoint(Character.isISOControl(c) ? '\u00b7' : c));
    return kept.toString();
  }

  /** Prints it. */
  void print(PrintStream out) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = headings.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], Math.min(WIDTH_MAX, row.get(i).length()));
      }
    }
    print(out, headings.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList(), widths);
    rows.forEach(row -> print(out, row, widths));
  }

  private void print(PrintStream out, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      int padding = widths[i] - cell.length();
      if (isNumber[i]) {
        line.append(" ".repeat(Math.max(0, padding))).append(cell);
      } else {
        line.append(cell).append(" ".repeat(Math.max(0, padding)));
      }
      line.append("  ");
    }
    out.println(line.toString().stripTrailing());
  }
}
