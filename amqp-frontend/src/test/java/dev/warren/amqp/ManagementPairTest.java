package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer.Frame;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pair of links with the management node, frame by frame (contract §4.1 to §4.3). */
class ManagementPairTest {
  private static final org.apache.qpid.proton.amqp.Symbol PAIRED =
      org.apache.qpid.proton.amqp.Symbol.valueOf("paired");

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private BrokerHarness harness;

  @SuppressWarnings("NullAway.Init")
  private RawPeer peer;

  private int sent;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.server.port());
    peer.begin();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private static Attach end(Role role, String clientAddress) {
    Attach attach = RawPeer.attach(role == Role.SENDER ? 0 : 1, role);
    attach.setName("pair");
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    attach.setProperties(new HashMap<>(Map.of(PAIRED, true)));
    Source source = new Source();
    Target target = new Target();
    source.setAddress(role == Role.SENDER ? clientAddress : "/management");
    target.setAddress(role == Role.SENDER ? "/management" : clientAddress);
    attach.setSource(source);
    attach.setTarget(target);
    if (role == Role.SENDER) {
      attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    }
    return attach;
  }

  private void pair() throws IOException {
    peer.send(0, end(Role.SENDER, "me"));
    peer.next(Attach.class);
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isEqualTo(8);
    peer.send(0, end(Role.RECEIVER, "me"));
    peer.next(Attach.class);
    peer.credit(1, 0, 100, false, false);
  }

  private static byte[] message(
      @Nullable Object id, String method, String path, @Nullable Object body) {
    AmqpWriter writer = new AmqpWriter();
    writer.writeSectionDescriptor(Sections.PROPERTIES);
    java.util.ArrayList<@Nullable Object> properties = new java.util.ArrayList<>();
    properties.add(id);
    properties.add(null);
    properties.addAll(List.of(path, method, "$me"));
    writer.writeValue(properties);
    return writer.writeSectionDescriptor(Sections.VALUE).writeValue(body).toByteArray();
  }

  private void request(@Nullable Object id, String method, String path, @Nullable Object body)
      throws IOException {
    transfer(message(id, method, path, body));
  }

  private void transfer(byte[] message) throws IOException {
    Transfer transfer = RawPeer.transfer(0, sent++);
    transfer.setSettled(true);
    peer.transfer(transfer, message);
  }

  private static Map<Long, Object> sections(Frame frame) {
    byte[] payload = frame.payload();
    AmqpReader reader = new AmqpReader(payload, 0, payload.length);
    Map<Long, Object> sections = new HashMap<>();
    while (reader.hasRemaining()) {
      sections.put(reader.readDescriptor(), reader.readValue());
    }
    return sections;
  }

  private Map<Long, Object> response() throws IOException {
    Frame frame = peer.nextFrame(Transfer.class);
    assertThat(((Transfer) Objects.requireNonNull(frame.body())).getSettled()).isTrue();
    return sections(frame);
  }

  private static @Nullable Object property(Map<Long, Object> response, int index) {
    return ((List<?>) Objects.requireNonNull(response.get((long) Sections.PROPERTIES))).get(index);
  }

  private static Map<?, ?> body(Map<Long, Object> response) {
    return (Map<?, ?>) Objects.requireNonNull(response.get((long) Sections.VALUE));
  }

  private void assertEnded(String condition) throws IOException {
    assertThat(peer.next(End.class).getError().getCondition().toString()).isEqualTo(condition);
  }

  @Test
  void eitherEndMayComeFirstAndBothAreAnsweredAsPaired() throws IOException {
    peer.send(0, end(Role.RECEIVER, "anything"));
    Attach first = peer.next(Attach.class);
    peer.send(0, end(Role.SENDER, "anything"));
    Attach second = peer.next(Attach.class);

    assertThat(first.getProperties().get(PAIRED)).isEqualTo(true);
    assertThat(second.getProperties().get(PAIRED)).isEqualTo(true);
    assertThat(((Source) first.getSource()).getAddress()).isEqualTo("/management");
    assertThat(((Target) second.getTarget()).getAddress()).isEqualTo("/management");
    assertThat(second.getSndSettleMode()).isEqualTo(SenderSettleMode.SETTLED);
  }

  @Test
  void aResponseHasStatusAsTextAndTheIdAsItCame() throws IOException {
    pair();
    UUID id = UUID.randomUUID();
    request(id, "GET", "/queues/none", null);

    Map<Long, Object> response = response();
    assertThat(property(response, 3)).isEqualTo("404");
    assertThat(property(response, 5)).isEqualTo(id);
    assertThat(response.get((long) Sections.APPLICATION_PROPERTIES))
        .isEqualTo(Map.of("http:response", "1.1"));
    assertThat(response.get((long) Sections.VALUE))
        .isEqualTo("queue 'none' in vhost '/' not found");
  }

  @Test
  void anIdKeepsItsType() throws IOException {
    pair();
    for (Object id : List.of("text", 7L, UUID.randomUUID())) {
      byte[] encoded = new AmqpWriter().writeValue(id).toByteArray();
      request(id, "GET", "/queues/none", null);
      byte[] payload = peer.nextFrame(Transfer.class).payload();
      assertThat(new String(payload, java.nio.charset.StandardCharsets.ISO_8859_1))
          .contains(new String(encoded, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void figuresHaveTheTypesClientsExpect() throws IOException {
    pair();
    request(
        "1", "PUT", "/queues/typed", Map.of("arguments", Map.of(new Symbol("x-max-length"), 9L)));

    Frame frame = peer.nextFrame(Transfer.class);
    Map<?, ?> queue = body(sections(frame));
    assertThat(property(sections(frame), 3)).isEqualTo("201");
    assertThat(queue.get("arguments"))
        .isEqualTo(Map.of("x-max-length", 9L, "x-queue-type", "classic"));
    assertThat(queue.get("leader")).isEqualTo("warren@test");
    // smallulong 0, uint0, and an array of str32: what a decoder makes of them is not enough.
    assertThat(after(frame, "message_count")).isEqualTo(0x53);
    assertThat(after(frame, "consumer_count")).isEqualTo(0x43);
    assertThat(after(frame, "replicas")).isEqualTo(0xf0);
    assertThat(after(frame, "durable")).isEqualTo(0x41);
  }

  /** The constructor of the value that follows a key. */
  private static int after(Frame frame, String key) {
    String octets = new String(frame.payload(), java.nio.charset.StandardCharsets.ISO_8859_1);
    return octets.charAt(octets.indexOf(key) + key.length());
  }

  @Test
  void requestsAreAnsweredInTheirOrderAndSeeEachOther() throws IOException {
    pair();
    request(0L, "PUT", "/queues/ordered", null);
    request(1L, "GET", "/queues/ordered", null);
    request(2L, "DELETE", "/queues/ordered", null);
    request(3L, "GET", "/queues/ordered", null);

    List<String> statuses = List.of("201", "200", "200", "404");
    for (long i = 0; i < statuses.size(); i++) {
      Map<Long, Object> response = response();
      assertThat(property(response, 5)).isEqualTo(i);
      assertThat(property(response, 3)).isEqualTo(statuses.get((int) i));
    }
  }

  @Test
  void creditIsRefilledWhenFourRemain() throws IOException {
    pair();
    for (int i = 0; i < 4; i++) {
      request(i, "GET", "/queues/q", null);
      if (i < 3) {
        response();
      }
    }
    Flow flow = peer.next(Flow.class);
    assertThat(flow.getLinkCredit().intValue()).isEqualTo(8);
    assertThat(flow.getDeliveryCount().intValue()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"SENDER, false", "SENDER,", "RECEIVER, false", "RECEIVER,"})
  void anEndThatIsNotPairedIsRefused(String role, @Nullable Boolean paired) throws IOException {
    Attach attach = end(role.equals("SENDER") ? Role.SENDER : Role.RECEIVER, "me");
    attach.setProperties(paired == null ? null : new HashMap<>(Map.of(PAIRED, paired)));
    peer.send(0, attach);
    assertThat(peer.next(Detach.class).getError().getCondition().toString())
        .isEqualTo("amqp:invalid-field");
  }

  @Test
  void endsWhoseAddressesDifferAreNoPair() throws IOException {
    peer.send(0, end(Role.SENDER, "me"));
    peer.next(Attach.class);
    peer.send(0, end(Role.RECEIVER, "you"));
    assertThat(peer.next(Detach.class).getError().getCondition().toString())
        .isEqualTo("amqp:precondition-failed");
  }

  @Test
  void anEndThatDoesNotSettleIsRefused() throws IOException {
    for (Role role : Role.values()) {
      Attach attach = end(role, "me");
      attach.setSndSettleMode(SenderSettleMode.UNSETTLED);
      peer.send(0, attach);
      Detach refusal = peer.next(Detach.class);
      assertThat(refusal.getError().getCondition().toString())
          .isEqualTo("amqp:precondition-failed");
      Detach answer = new Detach();
      answer.setHandle(attach.getHandle());
      answer.setClosed(true);
      peer.send(0, answer);
    }
  }

  @Test
  void aRequestBeforeThePairIsCompleteEndsTheSession() throws IOException {
    peer.send(0, end(Role.SENDER, "me"));
    peer.next(Flow.class);
    request("1", "GET", "/queues/q", null);
    assertEnded("amqp:precondition-failed");
  }

  @Test
  void aRequestWithoutCreditForItsResponseEndsTheSession() throws IOException {
    pair();
    peer.credit(1, 0, 0, false, false);
    request("1", "GET", "/queues/q", null);
    assertEnded("amqp:precondition-failed");
  }

  @Test
  void moreRequestsThanResponsesHaveCreditEndTheSession() throws IOException {
    pair();
    peer.credit(1, 0, 1, false, false);
    request("1", "PUT", "/queues/one", null);
    request("2", "PUT", "/queues/two", null);
    assertEnded("amqp:precondition-failed");
  }

  @Test
  void aRequestWithoutCreditEndsTheSession() throws IOException {
    pair();
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    for (int i = 0; i < 9; i++) {
      // One tick: no refill can come between them.
      byte[] message = message(i, "PUT", "/queues/flood" + i, null);
      Transfer transfer = RawPeer.transfer(0, i);
      transfer.setSettled(true);
      flood.writeBytes(peer.frame(0, 0, transfer, message));
    }
    peer.send(flood.toByteArray());
    assertEnded("amqp:link:transfer-limit-exceeded");
  }

  @Test
  void anUnsettledRequestEndsTheSession() throws IOException {
    pair();
    peer.transfer(RawPeer.transfer(0, 0), message("1", "GET", "/queues/q", null));
    assertEnded("amqp:invalid-field");
  }

  @Test
  void aRequestOfSeveralFramesEndsTheSession() throws IOException {
    pair();
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setSettled(true);
    transfer.setMore(true);
    peer.transfer(transfer, new byte[] {0, 0x53});
    assertEnded("amqp:not-implemented");
  }

  @Test
  void aMalformedRequestEndsTheSession() throws IOException {
    pair();
    transfer(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 9});
    assertEnded("amqp:decode-error");
  }

  @Test
  void aResponseBeyondWhatTheClientTakesEndsTheSession() throws IOException {
    peer.send(0, end(Role.SENDER, "me"));
    peer.next(Flow.class);
    Attach small = end(Role.RECEIVER, "me");
    small.setMaxMessageSize(org.apache.qpid.proton.amqp.UnsignedLong.valueOf(100));
    peer.send(0, small);
    peer.next(Attach.class);
    peer.credit(1, 0, 10, false, false);
    request("1", "GET", "/queues/q", null);
    assertEnded("amqp:link:message-size-exceeded");
  }

  @Test
  void drainGivesBackTheCreditAfterTheResponses() throws IOException {
    pair();
    request("1", "PUT", "/queues/drained", null);
    peer.credit(1, 0, 5, true, false);
    assertThat(property(response(), 3)).isEqualTo("201");
    Flow flow = peer.next(Flow.class);
    while (flow.getHandle().intValue() != 1) {
      flow = peer.next(Flow.class);
    }
    assertThat(flow.getLinkCredit().intValue()).isZero();
    assertThat(flow.getDeliveryCount().intValue()).isEqualTo(5);
  }

  @Test
  void anExclusiveQueueGoesWithAConnectionThatDidNotWaitForIt() throws Exception {
    RawPeer first = peer;
    for (int i = 0; i < 20; i++) {
      sent = 0;
      try (RawPeer hasty = new RawPeer(harness.server.port())) {
        peer = hasty;
        peer.begin();
        pair();
        request("1", "PUT", "/queues/hasty" + i, Map.of("exclusive", true));
      }
    }
    peer = first;
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (harness.broker.connections().all().size() > 1 && System.nanoTime() < deadlineNs) {
      Thread.onSpinWait();
    }
    VirtualHost host = harness.broker.virtualHost("/").orElseThrow();
    // Whatever the control thread has to do comes before this.
    host.by(Actor.BROKER).deleteExchange("none").toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(host.topology().queues()).noneMatch(queue -> queue.name().startsWith("hasty"));
  }

  @Test
  void aPairCanBeCompletedAgain() throws IOException {
    pair();
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ONE);
    detach.setClosed(true);
    peer.send(0, detach);
    peer.next(Detach.class);
    peer.send(0, end(Role.RECEIVER, "me"));
    peer.next(Attach.class);
    peer.credit(1, 0, 5, false, false);
    request("again", "GET", "/queues/q", null);
    assertThat(property(response(), 3)).isEqualTo("200");
  }

  @Test
  void aSecondPairOnTheSessionIsAnotherOne() throws IOException {
    pair();
    Attach sender = end(Role.SENDER, "me");
    sender.setName("other");
    sender.setHandle(UnsignedInteger.valueOf(5));
    peer.send(0, sender);
    peer.next(Attach.class);
    request("1", "GET", "/queues/q", null);
    assertThat(property(response(), 3)).isEqualTo("200");

    Transfer unpaired = RawPeer.transfer(5, sent);
    unpaired.setSettled(true);
    peer.transfer(unpaired, message("2", "GET", "/queues/q", null));
    assertEnded("amqp:precondition-failed");
  }
}
