package dev.warren.core.journal;

/**
 * A place of the log which was durable once and cannot be read any more. Immutable.
 *
 * @param file the file, as told to the operator
 * @param segment number of the segment
 * @param kind what is wrong
 * @param offset where in the file it begins
 * @param bytes how many bytes up to the next intact record, or to the end of the segment
 * @param remains what can be told of the records in it
 * @param term the term of the record at which reading goes on
 */
public record DamagedPlace(
    String file, long segment, Kind kind, int offset, int bytes, Remains remains, long term) {

  /** What is wrong with a place. */
  public enum Kind {
    /** The file is not there at all. */
    MISSING_SEGMENT,
    /** The segment's header does not name it, or its file is too short; records may be intact. */
    HEADER,
    /** No intact record is there, though one was. */
    RECORDS
  }

  /**
   * Records in a damaged place whose header can still be read, by what they were. There may have
   * been more.
   *
   * @param topology changes of exchanges, queues and bindings
   * @param others marks of the log itself
   */
  public record Remains(int messages, int settlements, int counts, int topology, int others) {
    static final Remains NOTHING = new Remains(0, 0, 0, 0, 0);

    /** How many records these are. */
    public int records() {
      return messages + settlements + counts + topology + others;
    }
  }

  /** The place in one line: file, offset, bytes, what it was. */
  public String text() {
    String where = "file=" + file + " offset=" + offset;
    return switch (kind) {
      case MISSING_SEGMENT -> where + " bytes=" + bytes + ": the segment is missing";
      case HEADER -> where + ": the segment's header or length is damaged";
      case RECORDS ->
          where + " bytes=" + bytes + ": no intact record here, but one follows" + remainsText();
    };
  }

  private String remainsText() {
    if (remains.records() == 0) {
      return "; what it held cannot be told";
    }
    return "; headers that can be read: messages="
        + remains.messages()
        + " settlements="
        + remains.settlements()
        + " counts="
        + remains.counts()
        + " topology="
        + remains.topology()
        + " others="
        + remains.others();
  }
}
