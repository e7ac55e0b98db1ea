package dev.warren.core.message;

import java.util.Objects;

/**
 * A view of part of an array. The array is neither copied nor to be changed.
 *
 * @param array the bytes
 * @param offset the first byte of the slice
 * @param length its length in bytes
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record ByteSlice(byte[] array, int offset, int length) {

  /**
   * Checks the range.
   *
   * @throws IndexOutOfBoundsException if it is not inside the array
   */
  public ByteSlice {
    Objects.checkFromIndexSize(offset, length, array.length);
  }

  /** The whole of an array. */
  public static ByteSlice of(byte[] array) {
    return new ByteSlice(array, 0, array.length);
  }
}
