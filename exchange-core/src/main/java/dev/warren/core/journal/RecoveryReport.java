package dev.warren.core.journal;

/**
 * What a recovery found.
 *
 * @param cleanShutdown whether the last run closed the journal in order; if not, a message may have
 *     been delivered before without a trace of it
 * @param segments segments read
 * @param summaries segments of those that were replayed from their summaries
 * @param records records replayed
 * @param liveMessages references from queues to messages that are still live
 * @param tornBytes bytes of an incomplete last write which were cut off
 * @param tookMs milliseconds it took
 */
public record RecoveryReport(
    boolean cleanShutdown,
    int segments,
    int summaries,
    long records,
    long liveMessages,
    long tornBytes,
    long tookMs) {}
