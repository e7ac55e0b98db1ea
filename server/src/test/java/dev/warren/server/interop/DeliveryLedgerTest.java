package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The judge of {@link KillTest} must itself be able to say no. */
class DeliveryLedgerTest {

  private final DeliveryLedger ledger = new DeliveryLedger("q", 2);

  @Test
  void agreesWithMarkedRedeliveryAfterReconnecting() {
    ledger.confirmed(0, 0);
    ledger.delivered(0, 0, false);
    ledger.delivered(0, 2, false);
    ledger.reconnected();
    ledger.delivered(0, 2, true);
    ledger.delivered(0, 3, false);
    ledger.delivered(1, 0, false);
    ledger.checkNothingSkipped();
    assertThat(ledger.violations()).isEmpty();
    assertThat(ledger.missing()).isZero();
  }

  @Test
  void objectsToAnUnmarkedDuplicate() {
    ledger.delivered(0, 5, false);
    ledger.reconnected();
    ledger.delivered(0, 5, false);
    assertThat(ledger.violations()).singleElement().asString().contains("twice");
  }

  @Test
  void objectsToARepetitionOnOneConnection() {
    ledger.delivered(0, 5, false);
    ledger.delivered(0, 5, true);
    assertThat(ledger.violations()).singleElement().asString().contains("came after 5");
  }

  @Test
  void objectsToAnOlderMessageSeenLater() {
    ledger.delivered(0, 5, false);
    ledger.reconnected();
    ledger.delivered(0, 4, true);
    assertThat(ledger.violations()).singleElement().asString().contains("for the first time");
  }

  @Test
  void objectsToAConfirmedMessageThatWasSkipped() {
    ledger.confirmed(1, 4);
    ledger.delivered(1, 5, false);
    ledger.checkNothingSkipped();
    assertThat(ledger.violations()).singleElement().asString().contains("skipped");
  }

  @Test
  void countsWhatIsMissing() {
    ledger.confirmed(0, 1);
    ledger.confirmed(1, 1);
    ledger.delivered(0, 0, false);
    ledger.checkNothingSkipped();
    assertThat(ledger.violations()).isEmpty();
    assertThat(ledger.missing()).isEqualTo(2);
  }
}
