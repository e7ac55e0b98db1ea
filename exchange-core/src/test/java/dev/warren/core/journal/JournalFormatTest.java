package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/journal.md} names every constant of the format with its value, and no other. */
class JournalFormatTest {
  private static final Pattern NAMED =
      Pattern.compile("`(Record|Segment|Summary)\\.([A-Z_]+)` *= *(0x[0-9A-F]+|[0-9]+)");

  @Test
  void theDocumentAndTheCodecAgree() throws Exception {
    Map<String, Long> documented = new TreeMap<>();
    Matcher matcher = NAMED.matcher(document());
    while (matcher.find()) {
      String key = matcher.group(1) + "." + matcher.group(2);
      assertThat(documented.put(key, Long.decode(matcher.group(3)))).as(key + " once").isNull();
    }
    Map<String, Long> coded = new TreeMap<>();
    addConstants(coded, "Record", RecordCodec.class);
    addConstants(coded, "Segment", SegmentFile.class);
    addConstants(coded, "Summary", SegmentSummary.class);
    coded.remove("Record.NONE"); // an answer, not a byte
    assertThat(documented).isEqualTo(coded);
  }

  private static void addConstants(Map<String, Long> to, String prefix, Class<?> type)
      throws IllegalAccessException {
    for (Field field : type.getDeclaredFields()) {
      int modifiers = field.getModifiers();
      boolean isConstant =
          Modifier.isStatic(modifiers)
              && !Modifier.isPrivate(modifiers)
              && field.getType().isPrimitive()
              && field.getType() != boolean.class;
      if (isConstant) {
        to.put(prefix + "." + field.getName(), ((Number) field.get(null)).longValue());
      }
    }
  }

  private static String document() throws IOException {
    Path file = Path.of("docs", "journal.md");
    return Files.readString(Files.exists(file) ? file : Path.of("..").resolve(file));
  }
}
