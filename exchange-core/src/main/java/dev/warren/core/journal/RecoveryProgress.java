package dev.warren.core.journal;

/** Told how far a recovery is, about once for each segment. Called on the recovering thread. */
@FunctionalInterface
public interface RecoveryProgress {

  /**
   * More of the log has been read.
   *
   * @param segments segments read
   * @param of segments there are
   * @param records records read so far
   */
  void read(int segments, int of, long records);
}
