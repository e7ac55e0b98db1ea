package dev.warren.core.journal;

/**
 * The thread of the writer. It cannot be interrupted, because a file channel closes when a thread
 * is interrupted in it.
 */
final class JournalThread extends Thread {

  JournalThread(Runnable work, String name) {
    super(work, name);
    setDaemon(true);
  }

  @Override
  public void interrupt() {
    // See the class comment. It ends by being told to.
  }
}
