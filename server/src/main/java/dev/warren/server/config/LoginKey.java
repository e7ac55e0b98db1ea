package dev.warren.server.config;

import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import dev.warren.server.oauth.OAuthOptions;
import java.util.List;

/** The keys of logging in: by which mechanisms, from where, and by whose tokens. */
enum LoginKey implements ConfigKey {
  LOGIN(
      ConfigSection.ROOT,
      "login",
      new Section(ConfigSection.LOGIN),
      "By what clients show who they are."),

  MECHANISMS(
      ConfigSection.LOGIN,
      "mechanisms",
      new ListOf(new OneOf(Mechanisms.KNOWN)),
      "SASL mechanisms offered over AMQP, in this order, as far as plain-text, anonymous-from, TLS"
          + " and oauth allow each. Left out: PLAIN and its like where secrets may come, SCRAM"
          + " elsewhere."),
  PLAIN_TEXT(
      ConfigSection.LOGIN,
      "plain-text",
      new OneOf(Words.FROM),
      "loopback",
      "From where passwords and tokens may come over AMQP without TLS."),
  ANONYMOUS_FROM(
      ConfigSection.LOGIN,
      "anonymous-from",
      new OneOf(Words.FROM),
      "loopback",
      "From where clients may log in as anonymous-user."),
  EXTERNAL_NAME(
      ConfigSection.LOGIN,
      "external-name",
      new OneOf(List.of("common-name", "distinguished-name", "subject-alternative-name")),
      "common-name",
      "What of a client's certificate is the user's name (SASL EXTERNAL)."),
  ALTERNATIVE_NAME_TYPE(
      ConfigSection.LOGIN,
      "alternative-name-type",
      new OneOf(List.of("dns", "email", "uri", "ip")),
      "dns",
      "Which of its alternative names, if it is one; the first of this type."),
  CREDENTIALS_CACHED(
      ConfigSection.LOGIN,
      "credentials-cached",
      new Whole(0, 1_000_000),
      "10000",
      "Good passwords remembered (as hashes with a key of this run), so that not every connection"
          + " costs the time of a slow hash; 0 for none."),
  CREDENTIAL_CACHE_TIME(
      ConfigSection.LOGIN,
      "credential-cache-time",
      new Duration(0, 86_400_000),
      "5m",
      "For how long; a changed password is forgotten at once."),
  OAUTH(
      ConfigSection.LOGIN,
      "oauth",
      new Section(ConfigSection.OAUTH),
      "Tokens of an authorization server (JWT), as password or as bearer. Left out: no token is"
          + " good."),

  JWKS(
      ConfigSection.OAUTH,
      "jwks",
      new Text("a path, an https address, or http on this machine", 1, 4096),
      ConfigKey.REQUIRED,
      "Where the server's public keys are (RFC 7517); a relative path starts from the folder of the"
          + " configuration file."),
  RESOURCE_SERVER_ID(
      ConfigSection.OAUTH,
      "resource-server-id",
      new Text("a name", 1, 255),
      ConfigKey.REQUIRED,
      "What this broker is called in a token's aud."),
  ISSUER(
      ConfigSection.OAUTH,
      "issuer",
      new Text("the issuer's name, often an address", 1, 4096),
      "What a token's iss must be. Left out: it is not looked at."),
  SCOPE_PREFIX(
      ConfigSection.OAUTH,
      "scope-prefix",
      new Text("the start of scopes", 0, 255),
      "What scopes for this broker begin with. Left out: resource-server-id and a full stop."),
  USERNAME_CLAIMS(
      ConfigSection.OAUTH,
      "username-claims",
      new ListOf(new Text("the name of a claim", 1, 255)),
      "The first of these that a token has is the user's name. Left out: sub, client_id."),
  SCOPE_CLAIMS(
      ConfigSection.OAUTH,
      "scope-claims",
      new ListOf(new Text("the name of a claim", 1, 255)),
      "Where a token's scopes are. Left out: scope."),
  ALGORITHMS(
      ConfigSection.OAUTH,
      "algorithms",
      new ListOf(new OneOf(OAuthOptions.ALGORITHMS.stream().sorted().toList())),
      "Signatures that count. Left out: all of these."),
  CLOCK_SKEW(
      ConfigSection.OAUTH,
      "clock-skew",
      new Duration(0, 300_000),
      "30s",
      "By how much the issuer's clock may differ."),
  REFRESH_INTERVAL(
      ConfigSection.OAUTH,
      "refresh-interval",
      new Duration(10_000, 86_400_000),
      "10m",
      "How old keys may become before they are fetched again."),
  REFETCH_INTERVAL(
      ConfigSection.OAUTH,
      "refetch-interval",
      new Duration(1_000, 3_600_000),
      "30s",
      "Least time between two fetches, whatever keys tokens name."),
  FETCH_TIMEOUT(
      ConfigSection.OAUTH,
      "fetch-timeout",
      new Duration(100, 30_000),
      "5s",
      "How long a fetch may take."),
  CERTIFICATE_AUTHORITIES(
      ConfigSection.OAUTH,
      "certificate-authorities",
      new Text("a path", 1, 4096),
      "File with the authorities that the key server's certificate is judged by (PEM). Left out:"
          + " those of the JDK.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  LoginKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  LoginKey(ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }

  /** Constants of an enum cannot use the enum's own. */
  private static final class Words {
    static final List<String> FROM = List.of("always", "loopback", "never");
  }
}
