package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.ByteSlice;
import java.util.Arrays;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.junit.jupiter.api.Test;

/** A message of many frames: put together right, and not held several times over. */
class MessageAssemblyTest {
  private static final int FRAME = 4096;

  private final MessageAssembly assembly = new MessageAssembly();

  private int add(byte[] message, int bytesMax) {
    int most = 0;
    for (int at = 0; at < message.length; at += FRAME) {
      byte[] frame = Arrays.copyOfRange(message, at, Math.min(at + FRAME, message.length));
      assembly.add(ReadableBuffer.ByteBufferReader.wrap(frame), bytesMax);
      most = Math.max(most, assembly.heldBytes());
      assertThat((long) assembly.heldBytes()).isLessThanOrEqualTo(4L * assembly.length() + 4);
    }
    return most;
  }

  @Test
  void aLargeMessageIsHeldOnceInAnArrayOfItsLength() {
    byte[] message = RawPeer.message("x".repeat(8 << 20));
    assertThat(add(message, 64 << 20)).isEqualTo(message.length);

    ByteSlice whole = assembly.finish();
    assertThat(whole.array()).isEqualTo(message);
    assertThat(assembly.length()).isZero();
  }

  @Test
  void aPeerWhichClaimsMuchAndSendsLittleHoldsLittle() {
    byte[] message = RawPeer.message("x".repeat(20 << 20));
    add(Arrays.copyOf(message, 10 * FRAME), 64 << 20);

    assertThat(assembly.heldBytes()).isEqualTo(10 * FRAME);
  }

  @Test
  void aBodyOfSeveralSectionsGrows() {
    byte[] one = RawPeer.message("y".repeat(3 * FRAME));
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    add(two, 64 << 20);

    ByteSlice whole = assembly.finish();
    assertThat(Arrays.copyOf(whole.array(), whole.length())).isEqualTo(two);
  }
}
