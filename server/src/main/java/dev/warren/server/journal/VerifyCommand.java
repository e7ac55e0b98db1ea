package dev.warren.server.journal;

import dev.warren.core.journal.DamagedPlace;
import dev.warren.core.journal.JournalCheck;
import dev.warren.core.journal.StoppedJournal;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren journal verify}: reads every record and says what is damaged. */
@Command(
    name = "verify",
    description = "Reads every record of every segment; exits with 74 if something is damaged.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = JournalCommand.USAGE)
final class VerifyCommand implements Callable<Integer> {
  private final JournalCommand command;

  @Mixin private JournalCommand.DataOptions data = new JournalCommand.DataOptions();

  @Option(names = "--json", description = "one JSON object instead of text")
  private boolean json;

  VerifyCommand(JournalCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    try (StoppedJournal journal = data.open(command)) {
      JournalCheck check = journal.check();
      if (json) {
        command.out().println(JournalJson.text(JournalJson.check(check)));
      } else {
        print(check);
      }
      return check.isIntact() ? JournalCommand.OK : JournalCommand.JOURNAL;
    }
  }

  private void print(JournalCheck check) {
    PrintStream out = command.out();
    for (DamagedPlace place : check.places()) {
      out.println("damaged " + place.text());
      out.println("        lost: " + lost(place));
    }
    out.println(
        "segments=%d records=%d messages=%d damaged-places=%d"
            .formatted(check.segments(), check.records(), check.messages(), check.places().size()));
    out.println("the log ends at file=%s offset=%d".formatted(check.endFile(), check.endOffset()));
    if (check.cutBytes() > 0) {
      out.println(
          "behind it an unfinished write, never confirmed, which the next start cuts off: bytes="
              + check.cutBytes());
    }
    out.println(
        check.isIntact()
            ? "the journal is intact"
            : "the journal is damaged; warren --accept-journal-damage starts without these places");
  }

  static String lost(DamagedPlace place) {
    if (place.kind() == DamagedPlace.Kind.HEADER) {
      return "nothing, if no other place of this segment is named";
    }
    DamagedPlace.Remains remains = place.remains();
    if (place.kind() == DamagedPlace.Kind.RECORDS
        && remains.records() > 0
        && remains.records() == remains.others()) {
      return "marks of the log itself only, as far as headers tell";
    }
    return "messages (gone), settlements (their messages come again), counts, declarations";
  }
}
