package dev.warren.core.journal;

/** Another process uses the directory; the message names its process id. */
public final class DataDirectoryLockedException extends JournalException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  /** Creates the exception. */
  public DataDirectoryLockedException(String directory, String holder) {
    super("the data directory is in use: directory=" + directory + " pid=" + holder, null);
    this.holder = holder;
  }

  /** Process id of the holder as text, or {@code "unknown"}. */
  public String holder() {
    return holder;
  }
}
