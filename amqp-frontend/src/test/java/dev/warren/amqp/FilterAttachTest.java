package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the reply to an attach says of the filters asked for (contract §2.4, §6). */
@SuppressWarnings("NullAway.Init")
class FilterAttachTest {
  private static final Symbol SQL = Symbol.valueOf("amqp:sql-filter");

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.port());
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private Attach attach(Map<?, ?> filters) throws IOException {
    Source source = new Source();
    source.setAddress("/queues/q");
    source.setFilter(filters);
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setSource(source);
    peer.begin().send(0, attach);
    return peer.next(Attach.class);
  }

  @SuppressWarnings("unchecked") // proton-j's raw map
  private static Map<Symbol, Object> inForce(Attach answer) {
    return ((Source) answer.getSource()).getFilter();
  }

  @SuppressWarnings("unchecked") // proton-j's raw map
  private static Map<Symbol, Object> properties(Attach answer) {
    return answer.getProperties();
  }

  private static void assertEchoed(Attach answer, String key, Object descriptor, Object value) {
    assertThat(inForce(answer).get(Symbol.valueOf(key)))
        .isInstanceOfSatisfying(
            DescribedType.class,
            filter -> {
              assertThat(filter.getDescriptor()).isEqualTo(descriptor);
              assertThat(filter.getDescribed()).isEqualTo(value);
            });
  }

  @Test
  void echoesFiltersInForceAsTheyWereAskedFor() throws IOException {
    Map<Symbol, Object> filters = new LinkedHashMap<>();
    filters.put(Symbol.valueOf("sql-filter"), new UnknownDescribedType(SQL, "a.x = 1"));
    filters.put(
        Symbol.valueOf("jms-selector"),
        new UnknownDescribedType(UnsignedLong.valueOf(0x0000468C00000004L), "x > 0"));
    Attach answer = attach(filters);

    assertThat(inForce(answer)).hasSize(2);
    assertEchoed(answer, "sql-filter", SQL, "a.x = 1");
    assertEchoed(answer, "jms-selector", UnsignedLong.valueOf(0x0000468C00000004L), "x > 0");
    assertThat(properties(answer)).isNull();
  }

  @Test
  void leavesOutAMalformedFilterAndSaysWhereItIsWrong() throws IOException {
    Attach answer =
        attach(Map.of(Symbol.valueOf("sql-filter"), new UnknownDescribedType(SQL, "a.x = = 1")));

    assertThat(answer.getSource()).isNotNull();
    assertThat(inForce(answer)).isEmpty();
    assertThat(properties(answer))
        .isEqualTo(
            Map.of(
                Symbol.valueOf("warren:filter-errors"),
                Map.of(
                    Symbol.valueOf("sql-filter"),
                    "line 1, column 7 (position 6): found =, expected a literal, a name or '('")));
  }

  @Test
  void opensALinkWithoutFiltersAsBefore() throws IOException {
    Attach answer = attach(Map.of());
    assertThat(inForce(answer)).isNull();
    assertThat(properties(answer)).isNull();
  }

  @Test
  void offersTheContentFiltersOnEveryQueue() throws IOException {
    assertThat(attach(Map.of()).getOfferedCapabilities())
        .contains(Symbol.valueOf("AMQP_FILTEX_PROP_V1_0"), Symbol.valueOf("AMQP_FILTEX_SQL_V1_0"));
  }
}
