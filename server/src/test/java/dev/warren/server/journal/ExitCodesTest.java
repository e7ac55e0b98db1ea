package dev.warren.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.server.ExitCode;
import org.junit.jupiter.api.Test;

class ExitCodesTest {

  @Test
  void theToolsEndWithTheCodesOfTheBroker() {
    assertThat(JournalCommand.OK).isEqualTo(ExitCode.OK.code());
    assertThat(JournalCommand.USAGE).isEqualTo(ExitCode.USAGE.code());
    assertThat(JournalCommand.INTERNAL).isEqualTo(ExitCode.INTERNAL.code());
    assertThat(JournalCommand.LOCKED).isEqualTo(ExitCode.DATA_LOCKED.code());
    assertThat(JournalCommand.JOURNAL).isEqualTo(ExitCode.JOURNAL.code());
    assertThat(JournalCommand.CONFIGURATION).isEqualTo(ExitCode.CONFIGURATION.code());
  }
}
