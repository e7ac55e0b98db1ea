package dev.warren.amqp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A stream of frames and what is done to it, all of it drawn from one number. The mutations can be
 * left out one by one to find those that matter.
 */
final class FuzzInput {
  private static final int MUTATIONS_MAX = 4;
  private static final int LENGTH_MAX = 64 * 1024;

  /** Constructors of AMQP types, and bytes at the edges. */
  private static final int[] BYTES = {
    0x00, 0x01, 0x7f, 0x80, 0xff, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x52, 0x53, 0x54, 0x55,
    0x56, 0x60, 0x61, 0x70, 0x71, 0x72, 0x73, 0x74, 0x82, 0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3,
    0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0, 0x10, 0x11, 0x14, 0x24, 0x30, 0x75, 0x77,
  };

  private enum Kind {
    FLIP_BIT,
    SET_BYTE,
    SET_FOUR_BYTES,
    CUT,
    GROW,
    LENGTH_FIELD,
    CHANNEL,
    DROP_FRAME,
    REPEAT_FRAME,
    SWAP_FRAMES,
    SPLICE
  }

  private record Mutation(Kind kind, int frame, int position, int value, boolean fixLength) {}

  private final List<List<byte[]>> seeds;
  private final int base;
  private final List<Mutation> mutations;
  private final int pieceLength;

  private FuzzInput(List<List<byte[]>> seeds, int base, List<Mutation> mutations, int pieceLength) {
    this.seeds = seeds;
    this.base = base;
    this.mutations = mutations;
    this.pieceLength = pieceLength;
  }

  static FuzzInput of(List<List<byte[]>> seeds, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int base = random.nextInt(seeds.size());
    List<Mutation> mutations = new ArrayList<>();
    int count = 1 + random.nextInt(MUTATIONS_MAX);
    Kind[] kinds = Kind.values();
    for (int i = 0; i < count; i++) {
      mutations.add(
          new Mutation(
              kinds[random.nextInt(kinds.length)],
              random.nextInt(1 << 20),
              random.nextInt(1 << 20),
              random.nextInt(),
              random.nextInt(4) != 0));
    }
    int piece = random.nextInt(4) == 0 ? 1 + random.nextInt(200) : LENGTH_MAX;
    return new FuzzInput(seeds, base, mutations, piece);
  }

  int pieceLength() {
    return pieceLength;
  }

  /** The same with fewer mutations: one half of them, the other, and all but one. */
  List<FuzzInput> smaller() {
    List<FuzzInput> smaller = new ArrayList<>();
    int half = mutations.size() / 2;
    if (half > 0) {
      smaller.add(with(mutations.subList(0, half)));
      smaller.add(with(mutations.subList(half, mutations.size())));
      for (int i = 0; i < mutations.size(); i++) {
        List<Mutation> rest = new ArrayList<>(mutations);
        rest.remove(i);
        smaller.add(with(rest));
      }
    }
    return smaller;
  }

  private FuzzInput with(List<Mutation> fewer) {
    return new FuzzInput(seeds, base, List.copyOf(fewer), pieceLength);
  }

  byte[] bytes() {
    List<byte[]> frames = new ArrayList<>(seeds.get(base));
    for (Mutation mutation : mutations) {
      apply(mutation, frames);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      if (out.size() + frame.length <= LENGTH_MAX) {
        out.writeBytes(frame);
      }
    }
    return out.toByteArray();
  }

  private void apply(Mutation mutation, List<byte[]> frames) {
    if (frames.isEmpty()) {
      return;
    }
    // Seven times of eight past the handshake, where there is more to break.
    int first = (mutation.value & 7) == 0 || frames.size() <= 4 ? 0 : 4;
    int index = first + mutation.frame % (frames.size() - first);
    byte[] frame = frames.get(index);
    switch (mutation.kind) {
      case DROP_FRAME -> frames.remove(index);
      case REPEAT_FRAME -> frames.add(index, frame);
      case SWAP_FRAMES -> {
        int other = first + mutation.position % (frames.size() - first);
        frames.set(index, frames.set(other, frame));
      }
      case SPLICE -> {
        List<byte[]> donor = seeds.get(Math.floorMod(mutation.value, seeds.size()));
        frames.add(index, donor.get(mutation.position % donor.size()));
      }
      default -> frames.set(index, damaged(mutation, frame.clone()));
    }
  }

  private static byte[] damaged(Mutation mutation, byte[] frame) {
    if (frame.length == 0) {
      return frame;
    }
    int at = mutation.position % frame.length;
    int value = mutation.value;
    byte[] result = frame;
    switch (mutation.kind) {
      case FLIP_BIT -> frame[at] ^= (byte) (1 << (value & 7));
      case SET_BYTE -> frame[at] = (byte) BYTES[Math.floorMod(value >> 3, BYTES.length)];
      case SET_FOUR_BYTES -> {
        for (int i = at; i < Math.min(frame.length, at + 4); i++) {
          frame[i] = (byte) ((value & 8) == 0 ? 0xff : value >> (8 * (i - at)));
        }
      }
      case CUT -> result = Arrays.copyOf(frame, at);
      case GROW -> {
        int more = 1 + Math.floorMod(value >> 3, 64);
        result = Arrays.copyOf(frame, frame.length + more);
        System.arraycopy(frame, at, result, at + more, frame.length - at);
      }
      case LENGTH_FIELD -> {
        if (frame.length > 3) {
          frame[(value & 8) == 0 ? 3 : value >> 4 & 3] = (byte) (value >> 8);
          return frame;
        }
      }
      case CHANNEL -> {
        if (frame.length > 7) {
          frame[7] = (byte) (value >> 8 & 15);
        }
      }
      default -> throw new AssertionError(mutation.kind);
    }
    // Else the frame parser takes most of them, and what is behind it sees nothing.
    if (mutation.fixLength && result.length >= 8 && result[0] != 'A') {
      result[0] = 0;
      result[1] = 0;
      result[2] = (byte) (result.length >> 8);
      result[3] = (byte) result.length;
    }
    return result;
  }

  @Override
  public String toString() {
    return "stream " + base + " in pieces of " + pieceLength + " with " + mutations;
  }
}
