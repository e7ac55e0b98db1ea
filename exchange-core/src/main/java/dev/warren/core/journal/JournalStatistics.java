package dev.warren.core.journal;

/**
 * Figures of a journal since it was opened, but for the gauges at the end.
 *
 * @param messagesWritten {@code MessageStored} records written
 * @param messagesElided messages settled before they were written
 * @param messagesCopied messages copied forward, so that their segment could be freed
 * @param bytesCopied bytes of these copies, which {@code bytesWritten} has too
 * @param bytesWritten bytes handed to the file system
 * @param writes times something was handed to it
 * @param syncs syncs made
 * @param messagesRead messages read back
 * @param reads times something was read from a file for them
 * @param bytesRead octets read, what lies between messages too
 * @param segments segments in use (gauge)
 * @param spareSegments segments ready for reuse (gauge)
 * @param spareBytes bytes of these on disk, which need no further room (gauge)
 * @param pendingBytes bytes waiting for the writer (gauge)
 */
public record JournalStatistics(
    long messagesWritten,
    long messagesElided,
    long messagesCopied,
    long bytesCopied,
    long bytesWritten,
    long writes,
    long syncs,
    long messagesRead,
    long reads,
    long bytesRead,
    int segments,
    int spareSegments,
    long spareBytes,
    long pendingBytes) {}
