package dev.warren.core.journal;

import java.util.List;

/**
 * What a check of all records found. Immutable.
 *
 * @param segments files that are there
 * @param records intact records, of which {@code messages} hold one
 * @param places damaged places, in order; empty if all is well
 * @param endFile the file in which the log ends
 * @param endOffset where in it
 * @param cutBytes bytes of an unfinished last write behind the end, which the next start cuts off
 */
public record JournalCheck(
    int segments,
    long records,
    long messages,
    List<DamagedPlace> places,
    String endFile,
    int endOffset,
    long cutBytes) {

  /** Whether nothing is damaged. */
  public boolean isIntact() {
    return places.isEmpty();
  }
}
