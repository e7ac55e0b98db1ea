package dev.warren.core.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A message on its way through the journal: shared by the queues that hold it and the journal
 * writer, and the place where they agree whether it needs to be written at all.
 *
 * <p>Thread-safe. The state goes from <i>unwritten</i> either to <i>written</i> (the writer took it
 * into a batch) or to <i>elided</i> (every queue settled it first, so nobody will ever read it).
 */
public final class StoredMessage {
  /** The position of a message which is not in the journal. */
  public static final long NO_POSITION = -1;

  private static final long[] NO_QUEUES = {};
  private static final int UNWRITTEN = 0;
  private static final int WRITTEN = 1;
  private static final int ELIDED = 2;
  private static final VarHandle STATE;
  private static final VarHandle UNSETTLED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(StoredMessage.class, "state", int.class);
      UNSETTLED = lookup.findVarHandle(StoredMessage.class, "unsettled", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Message message;
  private final long[] queueIds;
  private volatile int state;

  @SuppressWarnings("UnusedVariable") // through UNSETTLED only
  private volatile int unsettled;

  private volatile long position = NO_POSITION;

  private StoredMessage(Message message, long[] queueIds) {
    this.message = message;
    this.queueIds = queueIds;
    this.unsettled = queueIds.length;
  }

  /** A message which the journal never sees: not durable, or for queues that are not. */
  public static StoredMessage unjournalled(Message message) {
    return new StoredMessage(message, NO_QUEUES);
  }

  /**
   * A message to be appended to the journal on behalf of the given durable queues.
   *
   * @param queueIds identifiers of the queues it was routed to, at least one; not copied
   */
  public static StoredMessage journalled(Message message, long[] queueIds) {
    assert queueIds.length > 0;
    return new StoredMessage(message, queueIds);
  }

  /** The message itself. */
  public Message message() {
    return message;
  }

  /** The durable queues it is stored for; empty if it is not journalled. Must not be changed. */
  public long[] queueIds() {
    return queueIds;
  }

  /** Whether this message goes through the journal. */
  public boolean isJournalled() {
    return queueIds.length > 0;
  }

  /**
   * One of its queues has settled it. Called once for each queue, by that queue's owner.
   *
   * @return true if the message will not be written, so that no settlement needs recording
   */
  public boolean settleUnwritten() {
    if (state != UNWRITTEN) {
      return state == ELIDED;
    }
    int left = queueIds.length == 1 ? 0 : (int) UNSETTLED.getAndAdd(this, -1) - 1;
    return left == 0 && STATE.compareAndSet(this, UNWRITTEN, ELIDED);
  }

  /**
   * The journal writer takes the message into a batch.
   *
   * @return false if it was elided and must be skipped
   */
  public boolean claimForWrite() {
    return STATE.compareAndSet(this, UNWRITTEN, WRITTEN);
  }

  /** Whether it was settled everywhere before it was written. */
  public boolean isElided() {
    return state == ELIDED;
  }

  /**
   * The journal writer has given the record this position but not yet written it. Called by the
   * writer only, before {@link #written}; until then {@link #position} does not show it.
   */
  public void assigned(long at) {
    position = NO_POSITION - 1 - at;
  }

  /**
   * The position the writer has assigned, written or not, or {@link #NO_POSITION}. For the writer,
   * which may have to record a settlement in the same batch.
   */
  public long assignedPosition() {
    long at = position;
    return at >= NO_POSITION ? at : NO_POSITION - 1 - at;
  }

  /**
   * The journal writer has handed the record to the file system at this position, so that it can be
   * read back from now on (durable it is only after the sync).
   */
  public void written(long at) {
    position = at;
  }

  /** Where its record is in the journal, or {@link #NO_POSITION} if it is not there (yet). */
  public long position() {
    long at = position;
    return at < 0 ? NO_POSITION : at;
  }
}
