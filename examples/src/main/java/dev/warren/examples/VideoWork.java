package dev.warren.examples;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of the work on one video. Thread-safe: the workers report here. */
final class VideoWork {

  private final String video;
  private final Narrator narrator;
  private final Map<String, Boolean> redeliveredByQueue = new ConcurrentHashMap<>();

  VideoWork(String video, Narrator narrator) {
    this.video = video;
    this.narrator = narrator;
  }

  boolean concerns(Object body) {
    return video.equals(body);
  }

  void tell(String line) {
    narrator.tell(line);
  }

  /**
   * One kind of work is finished.
   *
   * @throws UnexpectedTurnException if it was finished before
   */
  void finished(String queue, boolean redelivered) {
    if (redeliveredByQueue.putIfAbsent(queue, redelivered) != null) {
      throw new UnexpectedTurnException("the work of " + queue + " was done twice");
    }
  }

  boolean isFinished(String queue) {
    return redeliveredByQueue.containsKey(queue);
  }

  boolean wasRedelivered(String queue) {
    return redeliveredByQueue.getOrDefault(queue, false);
  }
}
