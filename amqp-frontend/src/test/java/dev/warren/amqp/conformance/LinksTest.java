package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.BeforeEach;

/** Section 2.6: attaching and detaching links, their credit, and deliveries on them. */
class LinksTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @BeforeEach
  void begin() throws IOException {
    empty(QUEUE);
    peer.begin();
  }

  @Spec(section = "2.6.1", says = "the same name may be used once in each direction")
  void oneNameInBothDirections() throws IOException {
    peer.send(0, LinksAttach.sender("twin", 0, QUEUE));
    assertThat(peer.next(Attach.class).getRole()).isEqualTo(Role.RECEIVER);
    peer.send(0, LinksAttach.receiver("twin", 1, QUEUE));

    assertThat(peer.next(Attach.class).getRole()).isEqualTo(Role.SENDER);
  }

  @Spec(section = "2.6.1", says = "peers of different containers may use the same link name")
  void oneNameInTwoContainers() throws IOException {
    peer.send(0, LinksAttach.sender("same", 0, QUEUE));
    peer.next(Attach.class);
    try (RawPeer other = connected().begin()) {
      other.send(0, LinksAttach.sender("same", 0, QUEUE));
      assertThat(other.next(Attach.class).getTarget()).isNotNull();
    }
  }

  @Spec(section = "2.6.2", says = "a handle in use ends the session")
  void handleInUse() throws IOException {
    peer.send(0, LinksAttach.sender("a", 0, QUEUE)).send(0, LinksAttach.sender("b", 0, QUEUE));

    assertThat(condition(peer.next(End.class).getError())).isEqualTo("amqp:session:handle-in-use");
  }

  @Spec(section = "2.6.2", says = "a handle can be used again after its link was detached")
  void handleIsUsedAgain() throws IOException {
    peer.send(0, LinksAttach.sender("a", 0, QUEUE));
    peer.next(Attach.class);
    peer.send(0, detach(0, true));
    peer.next(Detach.class);
    peer.send(0, LinksAttach.sender("b", 0, QUEUE));

    assertThat(peer.next(Attach.class).getName()).isEqualTo("b");
  }

  @Spec(section = "2.6.2", says = "a handle means nothing once its link was detached")
  void handleAfterDetach() throws IOException {
    peer.send(0, LinksAttach.sender("a", 0, QUEUE));
    peer.next(Attach.class);
    peer.send(0, detach(0, true));
    peer.next(Detach.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("late"));

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:unattached-handle");
  }

  @Spec(section = "2.6.3", says = "an attach is answered by one of the same name and other role")
  void attachIsAnswered() throws IOException {
    peer.send(0, LinksAttach.receiver("mine", 0, QUEUE));

    Attach answer = peer.next(Attach.class);
    assertThat(answer.getName()).isEqualTo("mine");
    assertThat(answer.getRole()).isEqualTo(Role.SENDER);
    assertThat(answer.getInitialDeliveryCount()).isNotNull();
  }

  @Spec(section = "2.6.3", says = "the answer tells the source that is in force")
  void answerTellsTheSource() throws IOException {
    peer.send(0, LinksAttach.receiver("mine", 0, QUEUE));

    Source source = (Source) peer.next(Attach.class).getSource();
    assertThat(source).isNotNull();
    assertThat(source.getAddress()).isEqualTo(QUEUE);
  }

  @Spec(section = "2.6.3", says = "the answer tells the target that is in force")
  void answerTellsTheTarget() throws IOException {
    peer.send(0, LinksAttach.sender("mine", 0, QUEUE));

    Target target = (Target) peer.next(Attach.class).getTarget();
    assertThat(target).isNotNull();
    assertThat(target.getAddress()).isEqualTo(QUEUE);
  }

  @Spec(
      section = "2.6.3",
      says = "a link to no node is answered without a target, then detached with the reason")
  void refusedTarget() throws IOException {
    peer.send(0, LinksAttach.sender("lost", 0, "/queues/none"));

    assertThat(peer.next(Attach.class).getTarget()).isNull();
    Detach detach = peer.next(Detach.class);
    assertThat(detach.getClosed()).isTrue();
    assertThat(condition(detach.getError())).isEqualTo("amqp:not-found");
  }

  @Spec(
      section = "2.6.3",
      says = "a link from no node is answered without a source, then detached with the reason")
  void refusedSource() throws IOException {
    peer.send(0, LinksAttach.receiver("lost", 0, "/queues/none"));

    assertThat(peer.next(Attach.class).getSource()).isNull();
    Detach detach = peer.next(Detach.class);
    assertThat(detach.getClosed()).isTrue();
    assertThat(condition(detach.getError())).isEqualTo("amqp:not-found");
  }

  @Spec(section = "2.6.3", says = "the peer's answer to a refusal frees handle and name")
  void refusedLinkIsForgotten() throws IOException {
    peer.send(0, LinksAttach.sender("lost", 0, "/queues/none"));
    peer.next(Detach.class);
    peer.send(0, detach(0, true)).send(0, LinksAttach.sender("lost", 0, QUEUE));

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.6.4", says = "a detach is answered by a detach that does not close either")
  void detachIsAnswered() throws IOException {
    peer.send(0, LinksAttach.sender("a", 0, QUEUE));
    peer.next(Attach.class);
    peer.send(0, detach(0, false));

    assertThat(peer.next(Detach.class).getClosed()).isFalse();
  }

  @Spec(section = "2.6.5", says = "a detached link may be attached again by its name")
  void reattach() throws IOException {
    peer.send(0, LinksAttach.sender("again", 0, QUEUE));
    peer.next(Attach.class);
    peer.send(0, detach(0, false));
    peer.next(Detach.class);
    peer.send(0, LinksAttach.sender("again", 4, QUEUE));

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Spec(section = "2.6.6", says = "a closing detach is answered by a closing one")
  void closeIsAnswered() throws IOException {
    peer.send(0, LinksAttach.sender("a", 0, QUEUE));
    peer.next(Attach.class);
    peer.send(0, detach(0, true));

    assertThat(peer.next(Detach.class).getClosed()).isTrue();
  }

  @Spec(section = "2.6.7", says = "nothing is sent on a link without credit")
  void nothingWithoutCredit() throws IOException {
    publish(QUEUE, "waits");
    peer.attachReceiver(0, QUEUE);
    peer.next(Attach.class);
    peer.credit(0, 0, 0, false, true);

    Flow state = peer.next(Flow.class);
    assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.6.7", says = "no more is sent than there is credit")
  void noMoreThanCredit() throws IOException {
    publish(QUEUE, "one");
    publish(QUEUE, "two");
    publish(QUEUE, "three");
    peer.attachReceiver(0, QUEUE).credit(0, 0, 2, false, false);
    peer.next(Transfer.class);
    peer.next(Transfer.class);
    peer.credit(0, 2, 0, false, true);

    Flow state = peer.next(Flow.class);
    assertThat(state.getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(2));
    assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.6.7", says = "credit is counted from the delivery-count the receiver knew")
  void creditFromAnOldDeliveryCount() throws IOException {
    publish(QUEUE, "one");
    publish(QUEUE, "two");
    peer.attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    // The receiver gives one credit in all, not having seen the first delivery yet.
    peer.credit(0, 0, 1, false, true);

    Flow state = peer.next(Flow.class);
    assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
    assertThat(state.getDeliveryCount()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "2.6.7", says = "a sender is given credit when its link is attached")
  void senderGetsCredit() throws IOException {
    peer.attachSender(0, QUEUE);

    Flow credit = peer.next(Flow.class);
    assertThat(credit.getHandle()).isNotNull();
    assertThat(credit.getLinkCredit().intValue()).isEqualTo(10);
  }

  @Spec(section = "2.6.7", says = "the sender's initial delivery-count is where credit begins")
  void initialDeliveryCount() throws IOException {
    Attach attach = LinksAttach.sender("late", 0, QUEUE);
    attach.setInitialDeliveryCount(UnsignedInteger.valueOf(41));
    peer.send(0, attach);

    assertThat(peer.next(Flow.class).getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(41));
  }

  @Spec(section = "2.6.7", says = "a transfer without credit detaches the link")
  void transferWithoutCredit() throws IOException {
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.flood(100);

    assertThat(condition(peer.next(Detach.class).getError()))
        .isEqualTo("amqp:link:transfer-limit-exceeded");
  }

  @Spec(section = "2.6.7", says = "an echo on a link is answered with the link's state")
  void echoOnALink() throws IOException {
    peer.attachReceiver(0, QUEUE);
    peer.next(Attach.class);
    peer.credit(0, 0, 7, false, true);

    Flow state = peer.next(Flow.class);
    assertThat(state.getHandle()).isNotNull();
    assertThat(state.getLinkCredit()).isEqualTo(UnsignedInteger.valueOf(7));
    assertThat(state.getDeliveryCount()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.6.7", says = "a drained sender uses up its credit and says so")
  void drainOfAnEmptyQueue() throws IOException {
    peer.attachReceiver(0, QUEUE).credit(0, 0, 5, true, false);

    Flow state = drained();
    assertThat(state.getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(5));
  }

  @Spec(section = "2.6.8", says = "one credit with drain gets the message that is there")
  void synchronousGet() throws IOException {
    publish(QUEUE, "there");
    peer.attachReceiver(0, QUEUE).credit(0, 0, 1, true, false);

    assertThat(peer.next(Transfer.class)).isNotNull();
  }

  @Spec(section = "2.6.8", says = "drain sends what is there before it gives credit back")
  void drainSendsFirst() throws IOException {
    publish(QUEUE, "one");
    publish(QUEUE, "two");
    peer.attachReceiver(0, QUEUE).credit(0, 0, 5, true, false);
    peer.next(Transfer.class);
    peer.next(Transfer.class);

    assertThat(drained().getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(5));
  }

  @Spec(section = "2.6.9", says = "a message that comes later goes out to waiting credit at once")
  void asynchronousNotification() throws IOException {
    peer.attachReceiver(0, QUEUE).credit(0, 0, 1, false, true);
    peer.next(Flow.class);
    publish(QUEUE, "news");

    assertThat(peer.nextFrame(Transfer.class).payload()).isNotEmpty();
  }

  @Spec(section = "2.6.10", says = "a link whose credit is taken back is sent nothing more")
  void stopping() throws IOException {
    peer.attachReceiver(0, QUEUE).credit(0, 0, 5, false, true);
    peer.next(Flow.class);
    peer.credit(0, 0, 0, false, true);
    peer.next(Flow.class);
    publish(QUEUE, "stays");
    peer.credit(0, 0, 0, false, true);

    assertThat(peer.readFrame().body()).isInstanceOf(Flow.class);
  }

  @Spec(section = "2.6.12", says = "delivery-tags of unsettled deliveries of a link differ")
  void tagsDiffer() throws IOException {
    publish(QUEUE, "one");
    publish(QUEUE, "two");
    peer.attachReceiver(0, QUEUE).credit(0, 0, 2, false, false);

    Transfer first = peer.next(Transfer.class);
    Transfer second = peer.next(Transfer.class);
    assertThat(first.getDeliveryTag()).isNotEqualTo(second.getDeliveryTag());
  }

  @Spec(section = "2.6.12", says = "a settled delivery is not spoken of again")
  void settledDeliveryIsForgotten() throws IOException {
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    Transfer settled = RawPeer.transfer(0, 0);
    settled.setSettled(true);
    peer.transfer(settled, RawPeer.message("one way"))
        .transfer(RawPeer.transfer(0, 1), RawPeer.message("with answer"));

    assertThat(peer.next(Disposition.class).getFirst()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "2.6.12", says = "an unsettled delivery gets an outcome and is settled")
  void unsettledDeliveryGetsAnOutcome() throws IOException {
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("news"));

    Disposition told = peer.next(Disposition.class);
    assertThat(told.getRole()).isEqualTo(Role.RECEIVER);
    assertThat(told.getSettled()).isTrue();
    assertThat(told.getState()).hasToString("Accepted{}");
  }

  @Spec(section = "2.6.14", says = "a message may come in several transfers")
  void severalTransfers() throws IOException {
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    byte[] message = RawPeer.message("in three parts");
    sendInParts(message, 3);

    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
    assertThat(received()).isEqualTo(message.length);
  }

  @Spec(
      section = "2.6.14",
      says = "transfers of one message may stand between those of another link")
  void interleavedLinks() throws IOException {
    peer.attachSender(0, QUEUE).attachSender(1, QUEUE);
    peer.next(Flow.class);
    peer.next(Flow.class);
    byte[] message = RawPeer.message("halves");
    peer.transfer(more(0, 0), half(message, 0))
        .transfer(more(1, 1), half(message, 0))
        .transfer(last(0), half(message, 1))
        .transfer(last(1), half(message, 1));

    int outcomes = 0;
    while (outcomes < 2) {
      Disposition told = peer.next(Disposition.class);
      assertThat(told.getState()).hasToString("Accepted{}");
      outcomes +=
          told.getLast() == null ? 1 : 1 + told.getLast().intValue() - told.getFirst().intValue();
    }
  }

  @Spec(section = "2.6.14", says = "an aborted message counts as never sent")
  void abortedMessage() throws IOException {
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(more(0, 0), RawPeer.message("never mind"));
    Transfer aborted = last(0);
    aborted.setAborted(true);
    peer.transfer(aborted, new byte[0])
        .transfer(RawPeer.transfer(0, 1), RawPeer.message("this one"));

    assertThat(peer.next(Disposition.class).getFirst()).isEqualTo(UnsignedInteger.ONE);
    assertThat(received()).isEqualTo(RawPeer.message("this one").length);
  }

  /** Octets of the one message in the queue, without the sections the broker adds. */
  private int received() throws IOException {
    try (RawPeer reader = connected().begin()) {
      reader.attachReceiver(0, QUEUE).credit(0, 0, 2, true, false);
      RawPeer.Frame frame = reader.nextFrame(Transfer.class);
      reader.send(0, SessionsTest.accepted(0));
      assertThat(reader.readFrame().body()).as("only one message").isInstanceOf(Flow.class);
      int at = frame.payload().length;
      for (int i = 0; i < frame.payload().length - 2; i++) {
        boolean data = frame.payload()[i] == 0 && frame.payload()[i + 2] == 0x75;
        at = data && at == frame.payload().length ? i : at;
      }
      return frame.payload().length - at;
    }
  }

  private void sendInParts(byte[] message, int parts) throws IOException {
    int step = message.length / parts;
    for (int i = 0; i < parts; i++) {
      int end = i == parts - 1 ? message.length : (i + 1) * step;
      Transfer transfer = i == 0 ? more(0, 0) : last(0);
      transfer.setMore(i < parts - 1);
      peer.transfer(transfer, java.util.Arrays.copyOfRange(message, i * step, end));
    }
  }

  private static byte[] half(byte[] message, int which) {
    int middle = message.length / 2;
    return which == 0
        ? java.util.Arrays.copyOf(message, middle)
        : java.util.Arrays.copyOfRange(message, middle, message.length);
  }

  static Transfer more(int handle, int id) {
    Transfer transfer = RawPeer.transfer(handle, id);
    transfer.setMore(true);
    return transfer;
  }

  /** The rest of a message, with nothing that its first transfer has told. */
  static Transfer last(int handle) {
    Transfer transfer = new Transfer();
    transfer.setHandle(UnsignedInteger.valueOf(handle));
    return transfer;
  }

  private Flow drained() throws IOException {
    Flow flow = peer.next(Flow.class);
    while (flow.getHandle() == null || flow.getLinkCredit().intValue() != 0) {
      flow = peer.next(Flow.class);
    }
    return flow;
  }

  static Detach detach(int handle, boolean closed) {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(closed);
    return detach;
  }
}
