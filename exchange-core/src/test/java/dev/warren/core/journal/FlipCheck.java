package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Flips bits on a copy of a disk and starts a journal on it. Either the journal names file and
 * offset, changing nothing, or it recovers what it would have recovered anyway; a message that was
 * hit is named when it is read. Only behind everything of which a record proves that it was durable
 * the log may be cut instead.
 */
final class FlipCheck {
  private final SimStorage disk;
  private final UnaryOperator<Storage> mutation;
  private final RecordingTarget sound;
  private final Map<Long, Message> contents = new HashMap<>();

  /** The records of the log, by position: where they end, and what they prove to be durable. */
  private final TreeMap<Long, long[]> records = new TreeMap<>();

  /**
   * The record without which a message is not there, by the message's name: its copy, or the end of
   * the transaction it was stored in. Only of those of which it is another than its own.
   */
  private final Map<Long, Long> neededRecords = new HashMap<>();

  /** Of a disk whose log can be recovered. */
  FlipCheck(SimStorage disk, UnaryOperator<Storage> mutation) {
    this.disk = disk;
    this.mutation = mutation;
    this.sound = new RecordingTarget();
    FileJournal journal = recover(disk.copy(), sound);
    for (RecoveryTarget.RecoveredMessage message : sound.messages) {
      contents.put(message.position(), JournalSimulation.read(journal, message.position()));
    }
    readRecords();
  }

  private FileJournal recover(SimStorage from, RecordingTarget target) {
    FileJournal journal =
        new FileJournal(
            mutation.apply(from),
            JournalSimulation.OPTIONS,
            new SimClock(),
            FileJournal.Threads.callers(),
            null);
    journal.recover(target);
    return journal;
  }

  /** Goes along the log as an undamaged one is read. */
  private void readRecords() {
    RecordCodec codec = new RecordCodec();
    int segmentBytes = JournalSimulation.OPTIONS.segmentBytes();
    long term = 0;
    List<Long> uncommitted = new ArrayList<>();
    for (String name : new TreeSet<>(disk.list())) {
      long number = SegmentFile.numberOf(name);
      if (number < 0) {
        continue;
      }
      ByteBuffer bytes = ByteBuffer.wrap(disk.bytes(name));
      byte type = RecordCodec.OPENED;
      int at = SegmentFile.DATA_START;
      while (type != RecordCodec.SEGMENT_END && at + RecordCodec.HEADER_BYTES <= segmentBytes) {
        long position = number * segmentBytes + at;
        int length = codec.intactLength(bytes, at, segmentBytes - at, position);
        if (length == RecordCodec.NONE || bytes.getLong(at + RecordCodec.TERM_AT) < term) {
          return;
        }
        term = bytes.getLong(at + RecordCodec.TERM_AT);
        type = bytes.get(at + RecordCodec.TYPE_AT);
        records.put(position, new long[] {position + length, RecordCodec.durableBefore(bytes, at)});
        boolean isFlagged =
            (bytes.getShort(at + RecordCodec.FLAGS_AT) & RecordCodec.IN_TRANSACTION) != 0;
        if (type == RecordCodec.MESSAGE_COPIED) {
          neededRecords.putIfAbsent(RecordCodec.messageName(bytes, at, position), position);
        } else if (isFlagged) {
          uncommitted.add(position);
        } else if (type == RecordCodec.TRANSACTION_COMMITTED) {
          uncommitted.forEach(flagged -> neededRecords.put(flagged, position));
          uncommitted.clear();
        }
        at += RecordCodec.aligned(length);
      }
    }
  }

  /** Flips something somewhere, and looks what happens. */
  void flip(SplittableRandom random) {
    List<String> files = new ArrayList<>(new TreeSet<>(disk.list()));
    files.removeIf(name -> disk.bytes(name).length == 0);
    if (files.isEmpty()) {
      return;
    }
    String name = files.get(random.nextInt(files.size()));
    int length = disk.bytes(name).length;
    int first = random.nextInt(length);
    if (SegmentFile.numberOf(name) >= 0 && random.nextInt(8) == 0) {
      first = random.nextInt(SegmentFile.HEADER_BYTES);
    }
    int last = Math.min(length - 1, first + (random.nextBoolean() ? 0 : random.nextInt(8)));
    SimStorage flipped = disk.copy();
    for (int at = first; at <= last; at++) {
      flipped.flip(
          name, at, random.nextBoolean() ? 1 << random.nextInt(8) : random.nextInt(1, 256));
    }
    check(flipped, name, first, last);
  }

  private void check(SimStorage flipped, String name, int first, int last) {
    String where = "%s %d to %d".formatted(name, first, last);
    SimStorage untouched = flipped.copy();
    RecordingTarget told = new RecordingTarget();
    FileJournal journal;
    try {
      journal = recover(flipped, told);
    } catch (CorruptJournalException e) {
      assertThat(e.places())
          .as("named: " + where)
          .anyMatch(place -> covers(place, name, first, last));
      assertThat(flipped.list()).as("unchanged").hasSameElementsAs(untouched.list());
      for (String each : flipped.list()) {
        assertThat(flipped.bytes(each)).as("unchanged").isEqualTo(untouched.bytes(each));
      }
      return;
    }
    long base = SegmentFile.numberOf(name) * JournalSimulation.OPTIONS.segmentBytes();
    Long hit = SegmentFile.numberOf(name) < 0 ? null : firstHit(base + first, base + last);
    long cutAt = hit == null || isProven(hit, base + last) ? Long.MAX_VALUE : hit;
    compare(told, cutAt, where);
    for (RecoveryTarget.RecoveredMessage message : told.messages) {
      checkContent(journal, message.position(), name, where);
    }
  }

  private static boolean covers(DamagedPlace place, String name, int first, int last) {
    int end = place.offset() + place.bytes();
    return place.file().equals("sim/" + name) && place.offset() <= last && first < end;
  }

  /** The first record that has one of these bytes. */
  private @Nullable Long firstHit(long first, long last) {
    Map.Entry<Long, long[]> before = records.floorEntry(first);
    if (before != null && before.getValue()[0] > first) {
      return before.getKey();
    }
    Long next = records.ceilingKey(first);
    return next != null && next <= last ? next : null;
  }

  /** Whether a later record proves that this one was durable. */
  private boolean isProven(long record, long last) {
    return records.tailMap(last, false).values().stream().anyMatch(each -> each[1] > record);
  }

  private void compare(RecordingTarget told, long cutAt, String where) {
    List<String> wanted = texts(sound, cutAt);
    List<String> got = texts(told, cutAt);
    if (cutAt == Long.MAX_VALUE) {
      assertThat(got).as("no effect: " + where).isEqualTo(wanted);
      assertThat(told.topology).as("no effect: " + where).isEqualTo(sound.topology);
    } else {
      assertThat(got).as("cut, no more: " + where).containsAll(wanted);
    }
  }

  /** What was told of messages whose records are before this; counts only if all are. */
  private List<String> texts(RecordingTarget target, long before) {
    boolean whole = before == Long.MAX_VALUE;
    return target.messages.stream()
        .filter(m -> neededRecords.getOrDefault(m.position(), m.position()) < before)
        .map(
            message ->
                message.queueId()
                    + "/"
                    + message.position()
                    + (whole ? "/" + message.deliveryCount() : ""))
        .toList();
  }

  private void checkContent(FileJournal journal, long name, String file, String where) {
    Message wanted = contents.get(name);
    Message read;
    try {
      read = JournalSimulation.read(journal, name);
    } catch (CorruptJournalException e) {
      assertThat(e).as("named: " + where).hasMessageContaining("file=sim/" + file + " offset=");
      return;
    }
    if (wanted != null) { // else it had been settled behind the cut
      assertThat(read).as("altered: " + where).isEqualTo(wanted);
    }
  }
}
