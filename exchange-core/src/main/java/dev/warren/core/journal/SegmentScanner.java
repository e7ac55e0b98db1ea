package dev.warren.core.journal;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads records of one segment at a time through a window, so that neighbours cost one read. Not
 * thread-safe.
 */
final class SegmentScanner {
  private final int windowBytes;
  private final RecordCodec codec = new RecordCodec();
  private ByteBuffer window;
  private int windowOffset;
  private int windowLength;
  private int readAhead;
  private Storage.StorageFile file;
  private long base;
  private int segmentBytes;
  private long reads;
  private long bytesRead;

  SegmentScanner(SegmentFile first, int windowBytes) {
    this.windowBytes = Math.min(windowBytes, first.segmentBytes());
    this.window = ByteBuffer.allocateDirect(this.windowBytes);
    this.file = first.file();
    open(first, first.segmentBytes());
  }

  /**
   * Looks at a segment, forgetting what was read before.
   *
   * @param upTo offset up to which reading ahead is useful
   */
  void open(SegmentFile segment, int upTo) {
    file = segment.file();
    base = segment.base();
    segmentBytes = segment.segmentBytes();
    readAhead = Math.min(upTo, segmentBytes);
    windowLength = 0;
  }

  /** Length of the intact record at this offset, or {@link RecordCodec#NONE}. */
  int intactLength(int offset) throws IOException {
    if (!isPlausible(offset)) {
      return RecordCodec.NONE;
    }
    int length = window.getInt(offset - windowOffset + RecordCodec.LENGTH_AT);
    if (length < RecordCodec.HEADER_BYTES || length > segmentBytes - offset) {
      return RecordCodec.NONE;
    }
    return ensure(offset, length)
        ? codec.intactLength(window, offset - windowOffset, length, base + offset)
        : RecordCodec.NONE;
  }

  /** Times something was read from a file. */
  long reads() {
    return reads;
  }

  /** Octets read. */
  long bytesRead() {
    return bytesRead;
  }

  /** Whether the header at this offset names its own position. */
  boolean isPlausible(int offset) throws IOException {
    return ensure(offset, RecordCodec.HEADER_BYTES)
        && window.getLong(offset - windowOffset + RecordCodec.POSITION_AT) == base + offset;
  }

  /** Whether the record at this offset, or what looks like one, is in the window as a whole. */
  boolean holds(int offset) {
    if (!isInWindow(offset, RecordCodec.HEADER_BYTES)) {
      return false;
    }
    int length = window.getInt(offset - windowOffset + RecordCodec.LENGTH_AT);
    boolean isPlausible = length >= RecordCodec.HEADER_BYTES && length <= segmentBytes - offset;
    return !isPlausible || isInWindow(offset, length);
  }

  /** Reads the record at this offset and what follows; then {@link #holds} it, if it is whole. */
  void load(int offset) throws IOException {
    windowLength = 0;
    intactLength(offset);
  }

  /** The window; valid for the record {@link #intactLength} was asked for last. */
  ByteBuffer buffer() {
    return window;
  }

  /** Where an offset of the file is in {@link #buffer}. */
  int indexOf(int offset) {
    return offset - windowOffset;
  }

  /** Decodes the message of the record at this offset, whose length has just been asked. */
  Message decodeMessage(int offset, int length) {
    int at = offset - windowOffset;
    int bodyAt = RecordCodec.messageBodyAt(window, at);
    window.limit(at + length).position(bodyAt);
    try {
      return MessageCodec.decode(window);
    } finally {
      window.clear();
    }
  }

  private boolean isInWindow(int offset, int bytes) {
    return offset >= windowOffset && offset + bytes <= windowOffset + windowLength;
  }

  private boolean ensure(int offset, int bytes) throws IOException {
    if (isInWindow(offset, bytes)) {
      return true;
    }
    if (offset + bytes > segmentBytes) {
      return false;
    }
    int wanted = Math.max(bytes, Math.min(windowBytes, readAhead - offset));
    if (wanted > window.capacity()) {
      window = ByteBuffer.allocateDirect(wanted);
    } else if (window.capacity() > windowBytes && wanted <= windowBytes) {
      window = ByteBuffer.allocateDirect(windowBytes);
    }
    window.clear().limit(wanted);
    windowOffset = offset;
    windowLength = 0;
    while (window.hasRemaining()) {
      reads++;
      if (file.read(window, offset + window.position()) < 0) {
        break;
      }
    }
    bytesRead += window.position();
    windowLength = window.position();
    window.clear();
    return windowLength >= bytes;
  }
}
