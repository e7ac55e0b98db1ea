package dev.warren.core.journal;

/** A record which was complete once is damaged: names file and offset. Nothing was changed. */
public final class CorruptJournalException extends JournalException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public CorruptJournalException(String file, long offset, String what) {
    super("corrupt journal: file=" + file + " offset=" + offset + " " + what, null);
  }
}
