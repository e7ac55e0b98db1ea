package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslChallenge;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.security.SaslResponse;
import org.apache.qpid.proton.amqp.transport.Open;

/** Section 5.3: logging in. */
class SaslTest extends Conformance {

  @Spec(section = "5.3.2", says = "after the header the server names its mechanisms")
  void mechanisms() throws IOException {
    peer.send(RawPeer.header(3)).read(8);

    assertThat(peer.next(SaslMechanisms.class).getSaslServerMechanisms())
        .contains(Symbol.valueOf("PLAIN"));
  }

  @Spec(section = "5.3.2", says = "the outcome of a login is told by a code")
  void outcomeOk() throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("guest", "guest"));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.OK);
  }

  @Spec(section = "5.3.2", says = "a failed login is told, then the socket is closed")
  void outcomeAuth() throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("guest", "guess"));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "5.3.2", says = "a user nobody knows and a wrong password are told alike")
  void unknownUser() throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("nobody", "guest"));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
  }

  @Spec(section = "5.3.3.2", says = "a mechanism that was not offered fails the login")
  void mechanismNotOffered() throws IOException {
    peer.sasl("X-MAGIC", new byte[0]);

    assertThat(peer.next(SaslOutcome.class).getCode()).isNotEqualTo(SaslCode.OK);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "5.3.3.2", says = "without an initial response the server asks for one")
  void challenge() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    peer.send(peer.frame(1, 0, init, new byte[0]));
    peer.next(SaslChallenge.class);
    SaslResponse response = new SaslResponse();
    response.setResponse(new Binary(RawPeer.plain("guest", "guest")));
    peer.send(peer.frame(1, 0, response, new byte[0]));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.OK);
  }

  @Spec(section = "5.3.3.2", says = "the host a client names does not matter to the login")
  void hostname() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    init.setHostname("somewhere");
    init.setInitialResponse(new Binary(RawPeer.plain("guest", "guest")));
    peer.send(peer.frame(1, 0, init, new byte[0]));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.OK);
  }

  @Spec(section = "5.3.1", says = "a frame of the login larger than allowed ends the connection")
  void oversizedSaslFrame() throws IOException {
    byte[] response = new byte[6000];
    Arrays.fill(response, (byte) 'x');
    peer.sasl("PLAIN", response);

    assertThat(saysOk()).isFalse();
  }

  @Spec(section = "5.3.1", says = "a frame that is no frame of the login ends the connection")
  void amqpFrameInTheLogin() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    peer.send(peer.frame(0, 0, new Open(), new byte[0]));

    assertThat(saysOk()).isFalse();
  }

  @Spec(section = "5.3.1", says = "a second choice of mechanism after the first is not looked at")
  void secondInit() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    sendAtOnce(init("wrong"), init("guest"));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "5.3.3", says = "nothing of AMQP is spoken before the login has ended well")
  void amqpBeforeTheOutcome() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    sendAtOnce(init("wrong"), RawPeer.header(0), peer.frame(0, 0, new Open(), new byte[0]));

    assertThat(saysOk()).isFalse();
  }

  @Spec(section = "5.3.2", says = "a client that goes on before it is told is told the outcome")
  void pipelinedAndRefused() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    sendAtOnce(init("wrong"), RawPeer.header(0), peer.frame(0, 0, new Open(), new byte[0]));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "5.3.2", says = "what a client sends along with a good login is answered")
  void pipelinedAndTaken() throws IOException {
    peer.send(RawPeer.header(3)).read(8);
    peer.readFrame();
    Open open = new Open();
    open.setContainerId("in a hurry");
    sendAtOnce(init("guest"), RawPeer.header(0), peer.frame(0, 0, open, new byte[0]));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.OK);
    assertThat(peer.read(8)).isEqualTo(RawPeer.header(0));
    peer.next(Open.class);
  }

  private byte[] init(String password) {
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    init.setInitialResponse(new Binary(RawPeer.plain("guest", password)));
    return peer.frame(1, 0, init, new byte[0]);
  }

  /** Whether a login outcome of ok comes before the connection ends. */
  private boolean saysOk() throws IOException {
    byte[] rest = peer.readAll();
    // The code 0 of an outcome: described list 0x44 with one ubyte.
    for (int i = 0; i + 7 < rest.length; i++) {
      if (rest[i] == 0x53 && rest[i + 1] == 0x44 && rest[i + 5] == 0x50 && rest[i + 6] == 0) {
        return true;
      }
    }
    return false;
  }
}
