package dev.warren.core.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // a missing value shall fail the test
class AmqpCodecTest {
  private static AmqpReader reader(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return new AmqpReader(bytes, 0, bytes.length);
  }

  /** Encodings of AMQP 1.0 §1.6 and what they mean. */
  @ParameterizedTest
  @CsvSource({
    "43, 0",
    "44, 0",
    "50 ff, 255",
    "51 ff, -1",
    "53 07, 7",
    "54 80, -128",
    "60 ffff, 65535",
    "61 ffff, -1",
    "70 ffffffff, 4294967295",
    "71 ffffffff, -1",
    "80 000000000000000a, 10",
    "81 ffffffffffffffff, -1"
  })
  void readsEveryIntegerAsLong(String hex, long value) {
    assertThat(reader(hex).readValue()).isEqualTo(value);
  }

  @Test
  void readsAUlongBeyondLongAsBigInteger() {
    assertThat(reader("80 ffffffffffffffff").readValue())
        .isEqualTo(new BigInteger("18446744073709551615"));
  }

  @Test
  void readsTextAndCompounds() {
    assertThat(reader("a1 02 c3a9").readValue()).isEqualTo("é");
    assertThat(reader("a3 01 61").readValue()).isEqualTo(new Symbol("a"));
    assertThat(reader("45").readValue()).isEqualTo(List.of());
    assertThat(reader("c0 03 02 41 42").readValue()).isEqualTo(List.of(true, false));
    assertThat(reader("c1 05 02 a1 01 6b 41").readValue()).isEqualTo(Map.of("k", true));
    assertThat(reader("e0 06 02 a3 01 61 01 62").readValue())
        .isEqualTo(List.of(new Symbol("a"), new Symbol("b")));
    assertThat(reader("72 3f800000").readValue()).isEqualTo(1.0);
    assertThat(reader("00 53 24 45").readValue())
        .isEqualTo(new AmqpReader.Described(0x24L, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "a1 05 61", // shorter than it says
        "b1 ffffffff", // a negative length
        "c0 03 05 41 42", // more elements than bytes
        "c1 03 01 41", // half an entry
        "c0 04 01 41 42 42", // bytes left over
        "3f", // no such constructor
        "f0 00000009 7fffffff 41 0000000000", // 2 GiB elements of no bytes
        "00 40 40" // a null descriptor
      })
  void refusesMalformedValues(String hex) {
    assertThatThrownBy(() -> reader(hex).readValue()).isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void refusesDeepNesting() {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      hex.append("00 53 01");
    }
    assertThatThrownBy(() -> reader(hex + "40").readValue())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("nested");
  }

  @Test
  void boundsEmptyElementsOverAllArraysTogether() {
    String array = "f0 00000005 00009000 40";
    assertThat((List<?>) reader(array).readValue()).hasSize(0x9000);
    assertThatThrownBy(() -> reader("d0 00000018 00000002" + array + array).readValue())
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("no bytes");
  }

  @Test
  void readsBackWhatItWrites() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      Object value = randomValue(random, 3);
      byte[] bytes = new AmqpWriter(1).writeValue(value).toByteArray();
      AmqpReader reader = new AmqpReader(bytes, 0, bytes.length);
      assertThat(reader.readValue()).as("seed=%s i=%s", seed, i).isEqualTo(value);
      assertThat(reader.hasRemaining()).isFalse();
      AmqpReader skipping = new AmqpReader(bytes, 0, bytes.length);
      skipping.skipValue();
      assertThat(skipping.hasRemaining()).as("seed=%s i=%s", seed, i).isFalse();
    }
  }

  @Test
  void neverReadsOutsideItsRangeWhateverTheBytes() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new AmqpWriter().writeValue(randomValue(random, 3)).toByteArray();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        new AmqpReader(bytes, 0, bytes.length).readValue();
      } catch (MalformedMessageException expected) {
        assertThat(expected).as("seed=%s", seed).hasMessageContaining("at byte");
      }
    }
  }

  private static Object randomValue(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> (long) random.nextInt(-200, 200);
      case 4 -> random.nextDouble();
      case 5 -> "s".repeat(random.nextInt(300));
      case 6 -> new Symbol("y" + random.nextInt());
      case 7 -> Instant.ofEpochMilli(random.nextInt());
      case 8 -> new UUID(random.nextLong(), random.nextLong());
      case 9 -> {
        List<Object> list = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
          list.add(randomValue(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int n = random.nextInt(5); n > 0; n--) {
          map.put("k" + n, randomValue(random, depth - 1));
        }
        yield map;
      }
    };
  }

  @Test
  void writesBinaryFromArraysAndBuffers() {
    byte[] data = new byte[300];
    Arrays.fill(data, (byte) 7);
    byte[] bytes = new AmqpWriter().writeValue(data).toByteArray();
    assertThat(new AmqpReader(bytes, 0, bytes.length).readValue()).isEqualTo(ByteBuffer.wrap(data));
    assertThat(new AmqpWriter().writeValue(ByteBuffer.wrap(data)).toByteArray()).isEqualTo(bytes);
  }
}
