package dev.warren.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Where the group-id is in the properties section (AMQP 1.0 §3.2.4), in all its encodings. */
final class GroupIdTest {
  private static final byte[] GROUP = {(byte) 0xa1, 1, 'g'};

  /** A properties section with so many fields, all null but the one at index 10, if that exists. */
  private static long hash(int constructor, int fields, byte[] group) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (int i = 0; i < fields; i++) {
      list.writeBytes(i == 10 ? group : new byte[] {0x40});
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {0, 0x53, 0x73, (byte) constructor});
    int width = constructor == 0xc0 ? 1 : 4;
    for (int value : new int[] {list.size() + width, fields}) {
      bytes.writeBytes(new byte[width - 1]);
      bytes.write(value);
    }
    bytes.writeBytes(list.toByteArray());
    bytes.writeBytes(new byte[] {0, 0x53, 0x75, (byte) 0xa0, 0});
    return GroupId.hash(bytes.toByteArray(), 0, bytes.size());
  }

  @Test
  void groupIsFoundInShortAndLongLists() {
    long hash = hash(0xc0, 11, GROUP);
    assertThat(hash).isNotEqualTo(Message.NO_GROUP);
    assertThat(hash(0xd0, 11, GROUP)).isEqualTo(hash);
    assertThat(hash(0xd0, 13, GROUP)).isEqualTo(hash);
    assertThat(hash(0xc0, 12, new byte[] {(byte) 0xb1, 0, 0, 0, 1, 'g'})).isEqualTo(hash);
    assertThat(hash(0xc0, 12, new byte[] {(byte) 0xa1, 1, 'h'})).isNotEqualTo(hash);
  }

  @Test
  void listThatEndsBeforeTheFieldHasNone() {
    assertThat(hash(0xc0, 10, GROUP)).isEqualTo(Message.NO_GROUP);
    assertThat(hash(0xd0, 10, GROUP)).isEqualTo(Message.NO_GROUP);
    assertThat(hash(0xc0, 0, GROUP)).isEqualTo(Message.NO_GROUP);
  }

  @Test
  void nullAndEmptyAreNoGroup() {
    assertThat(hash(0xc0, 11, new byte[] {0x40})).isEqualTo(Message.NO_GROUP);
    assertThat(hash(0xc0, 11, new byte[] {(byte) 0xa1, 0})).isEqualTo(Message.NO_GROUP);
  }

  @Test
  void messageWithoutPropertiesOrMalformedHasNone() {
    byte[] data = {0, 0x53, 0x75, (byte) 0xa0, 0};
    assertThat(GroupId.hash(data, 0, data.length)).isEqualTo(Message.NO_GROUP);
    assertThat(GroupId.hash(new byte[0], 0, 0)).isEqualTo(Message.NO_GROUP);
    byte[] noise = "\0Ss\u00c0 not a list at all".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(GroupId.hash(noise, 0, noise.length)).isEqualTo(Message.NO_GROUP);
    assertThat(hash(0xc0, 11, new byte[] {(byte) 0xa1, 100, 'g'})).isEqualTo(Message.NO_GROUP);
  }
}
