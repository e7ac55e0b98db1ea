package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reading back in turns. */
final class JournalReaderTest {
  private final StepExecutor readers = new StepExecutor();
  private final JournalFixture fixture =
      new JournalFixture(new SimStorage(), new RecordingTarget(), readers);
  private final List<String> answers = new ArrayList<>();

  @Test
  void manyPositionsAreReadInTurns() {
    long[] positions = store(300, 20);
    List<@Nullable Message> found = read("all", positions);
    int turns = readers.runAll();
    assertThat(turns).isEqualTo(5);
    assertThat(found).hasSize(300).doesNotContainNull();
    assertThat(found.get(299)).isEqualTo(JournalFixture.message("m299", 20));
  }

  @Test
  void messagesFarApartDoNotHoldUpOthers() {
    // A segment of 16 KiB holds two of them, which are read in one run.
    long[] positions = store(120, 5_000);
    read("far apart", positions);
    read("one", positions[7]);
    readers.runOne();
    assertThat(answers).isEmpty();
    readers.runOne();
    assertThat(answers).containsExactly("one");
    readers.runAll();
    assertThat(answers).containsExactly("one", "far apart");
  }

  @Test
  void twoLargeReadsTakeTurns() {
    long[] positions = store(400, 20);
    read("first", positions);
    read("second", Arrays.copyOf(positions, 100));
    readers.runAll();
    assertThat(answers).containsExactly("second", "first");
  }

  @Test
  void aReadUnderWayIsAnsweredWhileTheJournalCloses() {
    long[] positions = store(300, 20);
    List<@Nullable Message> found = read("all", positions);
    readers.closing = true;
    readers.runOne();
    assertThat(answers).containsExactly("all");
    assertThat(found).hasSize(300).doesNotContainNull();
  }

  private long[] store(int count, int bytes) {
    long[] positions = new long[count];
    for (int i = 0; i < count; i++) {
      StoredMessage stored = fixture.store("m" + i, bytes, 1);
      positions[i] = stored.position();
    }
    return positions;
  }

  private List<@Nullable Message> read(String name, long... positions) {
    List<@Nullable Message> found = new ArrayList<>();
    fixture.journal.read(
        positions,
        (messages, failure) -> {
          assertThat(failure).isNull();
          found.addAll(Arrays.asList(messages));
          answers.add(name);
        });
    return found;
  }

  /** A reader thread which the test steps. */
  private static final class StepExecutor implements Executor {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean closing;

    @Override
    public void execute(Runnable work) {
      if (closing) {
        throw new RejectedExecutionException();
      }
      waiting.add(work);
    }

    void runOne() {
      waiting.remove().run();
    }

    int runAll() {
      int steps = 0;
      while (!waiting.isEmpty()) {
        runOne();
        steps++;
      }
      return steps;
    }
  }
}
