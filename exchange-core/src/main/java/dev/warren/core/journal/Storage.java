package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The port under the journal: one flat directory of files. Names never contain separators.
 *
 * <p>Content is durable after {@link StorageFile#force}, names after {@link #syncDirectory}.
 * Thread-safe.
 */
public interface Storage extends AutoCloseable {

  /** Opens a file for reading and writing, creating it empty if it is missing. */
  StorageFile open(String name) throws IOException;

  /** Names of all files, in no order. */
  List<String> list() throws IOException;

  /** Renames a file, replacing none. An open file stays open under its new name. */
  void rename(String from, String to) throws IOException;

  /** Removes a file. */
  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions so far durable. */
  void syncDirectory() throws IOException;

  /** Bytes that may still be stored, as far as known. */
  long availableBytes() throws IOException;

  /** How to name a file in a message to the operator. */
  String describe(String name);

  /** Releases what the storage holds; files are closed on their own. */
  @Override
  void close();

  /** One open file. Thread-safe: positions are given with each call. */
  interface StorageFile {
    /**
     * Reads at most {@code to.remaining()} bytes.
     *
     * @return bytes read, or -1 at the end of the file
     */
    int read(ByteBuffer to, long at) throws IOException;

    /** Writes all remaining bytes. */
    void write(ByteBuffer from, long at) throws IOException;

    /** Makes everything written durable; after a failure nothing may be assumed. */
    void force() throws IOException;

    /** Length in bytes. */
    long size() throws IOException;

    /** Closes the file without making anything durable. */
    void close() throws IOException;
  }
}
