package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.transport.Open;

/** Section 2.2: which protocol is spoken. */
class VersionNegotiationTest extends Conformance {
  private static final byte[] SASL = RawPeer.header(3);
  private static final byte[] AMQP = RawPeer.header(0);

  @Spec(section = "2.2", says = "a header with a supported protocol is answered by the same header")
  void supportedHeaderIsEchoed() throws IOException {
    assertThat(peer.send(SASL).read(8)).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "a header with another protocol id is answered by the supported one, then closed")
  void otherProtocolId() throws IOException {
    assertThat(peer.send(header(2, 1, 0, 0)).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "a header with another major version is answered by the supported one, then closed")
  void otherMajorVersion() throws IOException {
    assertThat(peer.send(header(3, 2, 0, 0)).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "a header with another minor version is answered by the supported one, then closed")
  void otherMinorVersion() throws IOException {
    assertThat(peer.send(header(3, 1, 1, 0)).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "a header with another revision is answered by the supported one, then closed")
  void otherRevision() throws IOException {
    assertThat(peer.send(header(3, 1, 0, 1)).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "eight octets that do not begin with AMQP are answered by a header, then closed")
  void notAmqp() throws IOException {
    assertThat(peer.send(new byte[] {'H', 'T', 'T', 'P', 0, 1, 0, 0}).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "without a security layer the server asks for one, since here it is mandatory")
  void plainAmqpFirst() throws IOException {
    assertThat(peer.send(AMQP).readAll()).isEqualTo(SASL);
  }

  @Spec(
      section = "2.2",
      says = "after the security layer the header is exchanged again before any frame")
  void headerAfterSecurityLayer() throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("guest", "guest"));
    peer.readFrame();

    assertThat(peer.send(AMQP).read(8)).isEqualTo(AMQP);
    assertThat(peer.open(new Open()).next(Open.class)).isNotNull();
  }

  @Spec(section = "2.2", says = "a header may come in pieces")
  void headerInPieces() throws IOException {
    for (byte octet : SASL) {
      peer.send(new byte[] {octet});
    }

    assertThat(peer.read(8)).isEqualTo(SASL);
  }

  private static byte[] header(int protocol, int major, int minor, int revision) {
    return new byte[] {
      'A', 'M', 'Q', 'P', (byte) protocol, (byte) major, (byte) minor, (byte) revision
    };
  }
}
