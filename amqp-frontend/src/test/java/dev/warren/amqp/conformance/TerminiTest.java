package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.BeforeEach;

/** Section 3.5: what sources and targets may ask for, and what the answer tells of it. */
class TerminiTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @BeforeEach
  void emptyQueue() throws IOException {
    empty(QUEUE);
    peer.begin();
  }

  @Spec(section = "3.5.1", says = "a source in the answer has the address that was asked for")
  void sourceAddress() throws IOException {
    assertThat(source(new Source()).getAddress()).isEqualTo(QUEUE);
  }

  @Spec(section = "3.5.3", says = "the answer names the outcomes a consumer may use")
  void outcomesAreTold() throws IOException {
    assertThat(source(new Source()).getOutcomes())
        .contains(
            Symbol.valueOf("amqp:accepted:list"),
            Symbol.valueOf("amqp:rejected:list"),
            Symbol.valueOf("amqp:released:list"),
            Symbol.valueOf("amqp:modified:list"));
  }

  @Spec(
      section = "3.5.3",
      says = "the answer names the default outcome, released if none was asked")
  void defaultOutcomeIsTold() throws IOException {
    assertThat(source(new Source()).getDefaultOutcome()).isInstanceOf(Released.class);
  }

  @Spec(section = "3.5.3", says = "a default outcome that was asked for is told again")
  void askedDefaultOutcomeIsTold() throws IOException {
    Source source = new Source();
    source.setDefaultOutcome(Accepted.getInstance());

    assertThat(source(source).getDefaultOutcome()).isInstanceOf(Accepted.class);
  }

  @Spec(section = "3.5.3", says = "the answer says whether messages move or are copied")
  void distributionModeIsTold() throws IOException {
    assertThat((Object) source(new Source()).getDistributionMode())
        .isEqualTo(Symbol.valueOf("move"));
  }

  @Spec(section = "3.5.4", says = "a source that copies leaves the messages where they are")
  void copies() throws IOException {
    publish(QUEUE, "seen");
    Source source = new Source();
    source.setDistributionMode(Symbol.valueOf("copy"));
    assertThat((Object) source(source).getDistributionMode()).isEqualTo(Symbol.valueOf("copy"));
    peer.credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    peer.send(0, SessionsTest.accepted(0)).credit(0, 1, 0, false, true);
    peer.next(Flow.class);

    assertThat(empty(QUEUE)).isEqualTo(1);
  }

  @Spec(section = "3.5.8", says = "only the filters in force stand in the answer")
  void filtersInForce() throws IOException {
    Source source = new Source();
    source.setFilter(
        Map.of(
            Symbol.valueOf("good"),
            selector("colour = 'red'"),
            Symbol.valueOf("unheard"),
            new UnknownDescribedType(Symbol.valueOf("x:y"), "z")));

    assertThat((Object) source(source).getFilter().keySet())
        .isEqualTo(java.util.Set.of(Symbol.valueOf("good")));
  }

  @Spec(section = "3.5.8", says = "a message the filter does not let through stays in the queue")
  void filteredMessagesStay() throws IOException {
    publish(QUEUE, "no colour");
    Source source = new Source();
    source.setFilter(Map.of(Symbol.valueOf("good"), selector("colour = 'red'")));
    source(source);
    peer.credit(0, 0, 5, true, false);
    Object body = peer.readFrame().body();
    assertThat(body).as("no delivery").isInstanceOf(Flow.class);

    peer.send(0, LinksTest.detach(0, true));
    peer.next(Detach.class);
    assertThat(empty(QUEUE)).isEqualTo(1);
  }

  @Spec(
      section = "3.5.6",
      says = "what is not kept is told: no durability, no time after the session")
  void nothingIsKeptByDefault() throws IOException {
    Source answer = source(new Source());

    assertThat(answer.getDurable()).isEqualTo(TerminusDurability.NONE);
    assertThat(answer.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.SESSION_END);
    assertThat(answer.getTimeout().intValue()).isZero();
  }

  @Spec(section = "3.5.2", says = "a dynamic target gets a node of its own, whose address is told")
  void dynamicTarget() throws IOException {
    Attach attach = LinksAttach.sender("dynamic", 0, null);
    Target target = new Target();
    target.setDynamic(true);
    attach.setTarget(target);
    peer.send(0, attach);
    Target answer = (Target) Objects.requireNonNull(peer.next(Attach.class).getTarget());
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("to my own"));

    assertThat(answer.getAddress()).startsWith("/queues/");
    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
  }

  @Spec(section = "3.5.1", says = "a dynamic node is gone with the link that made it")
  void dynamicNodeEnds() throws IOException {
    Source dynamic = new Source();
    dynamic.setDynamic(true);
    Attach attach = LinksAttach.receiver("dynamic", 0, null);
    attach.setSource(dynamic);
    peer.send(0, attach);
    Source answer = (Source) Objects.requireNonNull(peer.next(Attach.class).getSource());
    peer.send(0, LinksTest.detach(0, true));
    peer.next(Detach.class);

    org.awaitility.Awaitility.await()
        .until(
            () ->
                harness
                    .broker
                    .virtualHost("/")
                    .orElseThrow()
                    .queue(answer.getAddress().substring("/queues/".length()))
                    .isEmpty());
  }

  private Source source(Source asked) throws IOException {
    Attach attach = LinksAttach.receiver("reader", 0, QUEUE);
    asked.setAddress(QUEUE);
    attach.setSource(asked);
    peer.send(0, attach);
    return (Source) Objects.requireNonNull(peer.next(Attach.class).getSource());
  }

  private static DescribedType selector(String text) {
    return new UnknownDescribedType(Symbol.valueOf("apache.org:selector-filter:string"), text);
  }
}
