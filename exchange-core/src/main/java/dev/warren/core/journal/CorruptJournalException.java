package dev.warren.core.journal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records which were complete once are damaged: names files and offsets. Nothing was changed. */
public final class CorruptJournalException extends JournalException {
  private static final long serialVersionUID = 1L;
  private static final int TOLD_MAX = 50;

  private final transient List<DamagedPlace> places;

  /** Creates the exception for a place of which nothing more is known. */
  public CorruptJournalException(String file, long offset, String what) {
    super("corrupt journal: file=" + file + " offset=" + offset + " " + what, null);
    places = List.of();
  }

  /** Creates the exception for all damaged places of a log, at least one. */
  public CorruptJournalException(List<DamagedPlace> places, @Nullable Throwable cause) {
    super(text(places), cause);
    this.places = List.copyOf(places);
  }

  /** All damaged places of the log, in order; empty if only one was looked for. */
  public List<DamagedPlace> places() {
    return places;
  }

  private static String text(List<DamagedPlace> places) {
    StringBuilder text = new StringBuilder(100);
    for (DamagedPlace place : places.subList(0, Math.min(TOLD_MAX, places.size()))) {
      text.append(text.length() == 0 ? "" : "\n").append("corrupt journal: ").append(place.text());
    }
    if (places.size() > TOLD_MAX) {
      text.append("\nand ").append(places.size() - TOLD_MAX).append(" more places");
    }
    return text.toString();
  }
}
