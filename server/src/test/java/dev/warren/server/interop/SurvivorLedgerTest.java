package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.server.interop.SurvivorLedger.Seen;
import org.junit.jupiter.api.Test;

/** The judge of {@link HostileKillTest} must itself be able to say no. */
class SurvivorLedgerTest {

  private final SurvivorLedger ledger = new SurvivorLedger("q", 2);

  @Test
  void agreesWithWhatMayHappen() {
    ledger.reconnected();
    accept(deliver(0, 0, false, 0));
    Seen failed = deliver(0, 1, false, 0);
    ledger.fails(failed);
    deliver(0, 2, false, 0);
    deliver(0, 1, true, 1);
    deliver(0, 3, false, 0);
    deliver(1, 0, false, 0);
    for (int number = 0; number < 3; number++) {
      ledger.confirmed(0, number);
    }
    ledger.reconnected();
    deliver(0, 1, true, 1);
    deliver(0, 2, true, 1);
    deliver(0, 9, false, 0); // 3 was never confirmed and is gone
    assertThat(ledger.violations()).isEmpty();
    assertThat(ledger.missing()).isZero();
    assertThat(ledger.left(0)).containsExactly(1, 2, 9);
    assertThat(ledger.left(1)).containsExactly(0);
  }

  @Test
  void objectsToAMessageThatIsGoneThoughItWasNotAccepted() {
    ledger.reconnected();
    ledger.confirmed(0, 4);
    deliver(0, 4, false, 0);
    ledger.reconnected();
    deliver(0, 5, false, 0);
    assertThat(ledger.violations()).singleElement().asString().contains("is gone: 5 is here");
  }

  @Test
  void objectsToAConfirmationOfAMessageThatIsGone() {
    ledger.reconnected();
    deliver(0, 5, false, 0);
    ledger.confirmed(0, 4);
    assertThat(ledger.violations()).singleElement().asString().contains("is gone");
  }

  @Test
  void objectsToASettledMessageThatComesBackLater() {
    ledger.reconnected();
    accept(deliver(0, 4, false, 0));
    ledger.reconnected();
    deliver(0, 5, false, 0);
    ledger.reconnected();
    deliver(0, 4, true, 0);
    assertThat(ledger.violations()).singleElement().asString().contains("came back");
  }

  @Test
  void agreesWithASettlementThatAKillUndid() {
    ledger.reconnected();
    accept(deliver(0, 4, false, 0));
    ledger.reconnected();
    deliver(0, 4, true, 0);
    assertThat(ledger.violations()).isEmpty();
  }

  @Test
  void objectsToAnotherOrder() {
    ledger.reconnected();
    deliver(0, 5, false, 0);
    deliver(0, 4, false, 0);
    assertThat(ledger.violations()).anyMatch(violation -> violation.contains("came after 5"));
  }

  @Test
  void objectsToAnUnmarkedDuplicate() {
    ledger.reconnected();
    deliver(0, 5, false, 0);
    ledger.reconnected();
    deliver(0, 5, false, 0);
    assertThat(ledger.violations()).singleElement().asString().contains("not marked");
  }

  @Test
  void objectsToACountThatDidNotRise() {
    ledger.reconnected();
    ledger.fails(deliver(0, 5, false, 0));
    deliver(0, 5, true, 0);
    assertThat(ledger.violations()).singleElement().asString().contains("was sent back");
  }

  @Test
  void objectsToACountFromNowhere() {
    ledger.reconnected();
    deliver(0, 5, true, 2);
    assertThat(ledger.violations()).singleElement().asString().contains("after 1 failures");
  }

  private Seen deliver(int publisher, int number, boolean redelivered, long deliveryCount) {
    Seen seen = new Seen(publisher, number, redelivered, deliveryCount);
    ledger.delivered(seen);
    return seen;
  }

  private void accept(Seen seen) {
    ledger.accepts(seen);
  }
}
