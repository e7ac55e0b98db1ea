package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.TlsSession.PeerCertificate;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.ScramSecrets.Digest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The SASL mechanisms, and which of them a client is offered (contract §1.2). Thread-safe. */
public final class Mechanisms {
  static final String PLAIN = "PLAIN";
  static final String ANONYMOUS = "ANONYMOUS";
  static final String EXTERNAL = "EXTERNAL";
  static final String SCRAM_SHA_256 = "SCRAM-SHA-256";
  static final String SCRAM_SHA_512 = "SCRAM-SHA-512";
  static final String OAUTHBEARER = "OAUTHBEARER";
  static final String XOAUTH2 = "XOAUTH2";

  /** All there are. */
  public static final List<String> KNOWN =
      List.of(PLAIN, EXTERNAL, ANONYMOUS, SCRAM_SHA_512, SCRAM_SHA_256, OAUTHBEARER, XOAUTH2);

  /** A client which prefers SCRAM would fail with a user whose hash is RabbitMQ's. */
  private static final List<String> WHERE_SECRETS_ARE_SAFE =
      List.of(PLAIN, EXTERNAL, ANONYMOUS, OAUTHBEARER, XOAUTH2);

  private static final List<String> ELSEWHERE = List.of(SCRAM_SHA_512, SCRAM_SHA_256, ANONYMOUS);

  private final AccessAdministration access;
  private final Authenticator authenticator;
  private final LoginOptions options;

  /** The mechanisms for these users. */
  public Mechanisms(
      AccessAdministration access, Authenticator authenticator, LoginOptions options) {
    this.access = access;
    this.authenticator = authenticator;
    this.options = options;
  }

  /** Who checks what the client says. */
  public Authenticator authenticator() {
    return authenticator;
  }

  /** What this client is offered, best first; may be empty. */
  public List<String> offered(SaslPeer peer) {
    List<String> wanted = options.mechanisms();
    if (wanted.isEmpty()) {
      wanted = mayTellSecrets(peer) ? WHERE_SECRETS_ARE_SAFE : ELSEWHERE;
    }
    return wanted.stream().filter(mechanism -> isPossible(mechanism, peer)).toList();
  }

  private boolean mayTellSecrets(SaslPeer peer) {
    return peer.tls().isPresent() || options.plainText().includes(peer.loopback());
  }

  private boolean isPossible(String mechanism, SaslPeer peer) {
    return switch (mechanism) {
      case PLAIN -> mayTellSecrets(peer);
      case OAUTHBEARER, XOAUTH2 -> authenticator.takesTokens() && mayTellSecrets(peer);
      case EXTERNAL -> peer.certificate().isPresent();
      case ANONYMOUS ->
          options.anonymousFrom().includes(peer.loopback()) && access.anonymousUser().isPresent();
      default -> true;
    };
  }

  /** Begins a login by this mechanism; one that is not offered refuses. */
  public SaslMechanism start(String mechanism, SaslPeer peer) {
    LoginClient client = peer.client();
    SaslMechanism.Refusals refusals = text -> refusal(client, "", Reason.MALFORMED, text);
    if (!offered(peer).contains(mechanism)) {
      return new NotOffered(refusals, client);
    }
    return switch (mechanism) {
      case PLAIN -> new PlainMechanism(refusals, authenticator, client);
      case ANONYMOUS -> new AnonymousMechanism(refusals, access, authenticator, client);
      case EXTERNAL -> new ExternalMechanism(refusals, authenticator, peer, options);
      case SCRAM_SHA_256 -> new ScramMechanism(refusals, authenticator, client, Digest.SHA256);
      case SCRAM_SHA_512 -> new ScramMechanism(refusals, authenticator, client, Digest.SHA512);
      case OAUTHBEARER -> new OAuthBearerMechanism(refusals, authenticator, client);
      case XOAUTH2 -> new XOAuth2Mechanism(refusals, authenticator, client);
      default -> new NotOffered(refusals, client);
    };
  }

  private SaslAnswer refusal(LoginClient client, String user, Reason reason, String text) {
    return new Outcome(authenticator.refuse(client, new Refused(user, reason, text)));
  }

  /** Says no to whatever comes. */
  private final class NotOffered extends SaslMechanism {
    private final LoginClient client;

    NotOffered(Refusals refusals, LoginClient client) {
      super(refusals);
      this.client = client;
    }

    @Override
    boolean isOptional() {
      return true;
    }

    @Override
    CompletionStage<SaslAnswer> step(byte[] response) {
      return now(refusal(client, "", Reason.MECHANISM, "the mechanism is not offered"));
    }
  }

  /** The name, if there is a certificate with what is wanted of it. */
  static Optional<String> externalName(PeerCertificate certificate, LoginOptions options) {
    return switch (options.externalName()) {
      case DISTINGUISHED_NAME -> Optional.of(certificate.subject());
      case COMMON_NAME -> certificate.commonName();
      case SUBJECT_ALTERNATIVE_NAME ->
          certificate.alternativeNames().stream()
              .filter(name -> name.startsWith(options.alternativeNameType().prefix()))
              .map(name -> name.substring(options.alternativeNameType().prefix().length()))
              .findFirst();
    };
  }
}
