package dev.warren.server.config;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.amqp.sasl.LoginOptions.AlternativeName;
import dev.warren.amqp.sasl.LoginOptions.ExternalName;
import dev.warren.amqp.sasl.LoginOptions.From;
import dev.warren.core.security.Authenticator;
import dev.warren.server.oauth.OAuthOptions;
import dev.warren.server.oauth.OAuthOptions.KeyFetching;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes settings of what the file says of logging in. Lives as long as the reading. */
final class LoginReader {
  private final Path file;
  private final ConfigErrors errors;

  LoginReader(Path file, ConfigErrors errors) {
    this.file = file;
    this.errors = errors;
  }

  /** Reads the section. */
  LoginSettings read(SectionValues root) {
    SectionValues login = root.section(LoginKey.LOGIN);
    Authenticator.Options defaults = Authenticator.Options.DEFAULTS;
    return new LoginSettings(
        new LoginOptions(
            mechanisms(login),
            from(login.text(LoginKey.PLAIN_TEXT)),
            from(login.text(LoginKey.ANONYMOUS_FROM)),
            externalName(login.text(LoginKey.EXTERNAL_NAME)),
            alternativeName(login.text(LoginKey.ALTERNATIVE_NAME_TYPE))),
        new Authenticator.Options(
            defaults.threads(),
            defaults.waitingMax(),
            defaults.waitingPerClientMax(),
            login.smallNumber(LoginKey.CREDENTIALS_CACHED),
            login.number(LoginKey.CREDENTIAL_CACHE_TIME)),
        login.has(LoginKey.OAUTH) ? oauth(login.section(LoginKey.OAUTH)) : Optional.empty());
  }

  /** Each once; an empty list would let nobody in. */
  private List<String> mechanisms(SectionValues login) {
    if (!login.has(LoginKey.MECHANISMS)) {
      return List.of();
    }
    Set<String> seen = new LinkedHashSet<>();
    for (SectionValues.Located name : login.list(LoginKey.MECHANISMS)) {
      if (!seen.add((String) name.value())) {
        errors.add(
            name.location(),
            login.path(LoginKey.MECHANISMS),
            name.value() + " a second time",
            "each mechanism once");
      }
    }
    if (seen.isEmpty()) {
      errors.add(
          login.location(LoginKey.MECHANISMS),
          login.path(LoginKey.MECHANISMS),
          "none",
          "at least one mechanism");
    }
    return List.copyOf(seen);
  }

  private static From from(String word) {
    return switch (word) {
      case "always" -> From.ALWAYS;
      case "never" -> From.NEVER;
      default -> From.LOOPBACK;
    };
  }

  private static ExternalName externalName(String word) {
    return switch (word) {
      case "distinguished-name" -> ExternalName.DISTINGUISHED_NAME;
      case "subject-alternative-name" -> ExternalName.SUBJECT_ALTERNATIVE_NAME;
      default -> ExternalName.COMMON_NAME;
    };
  }

  private static AlternativeName alternativeName(String word) {
    return switch (word) {
      case "email" -> AlternativeName.EMAIL;
      case "uri" -> AlternativeName.URI;
      case "ip" -> AlternativeName.IP;
      default -> AlternativeName.DNS;
    };
  }

  private Optional<OAuthOptions> oauth(SectionValues oauth) {
    Optional<URI> keys = oauth.optionalText(LoginKey.JWKS).flatMap(text -> keys(oauth, text));
    Optional<String> id = oauth.optionalText(LoginKey.RESOURCE_SERVER_ID);
    if (keys.isEmpty() || id.isEmpty()) {
      return Optional.empty();
    }
    OAuthOptions defaults = OAuthOptions.of(keys.get(), id.get());
    try {
      return Optional.of(
          new OAuthOptions(
              keys.get(),
              id.get(),
              oauth.optionalText(LoginKey.ISSUER),
              oauth.optionalText(LoginKey.SCOPE_PREFIX).orElse(defaults.scopePrefix()),
              texts(oauth, LoginKey.USERNAME_CLAIMS, defaults.usernameClaims()),
              texts(oauth, LoginKey.SCOPE_CLAIMS, defaults.scopeClaims()),
              Set.copyOf(texts(oauth, LoginKey.ALGORITHMS, List.copyOf(OAuthOptions.ALGORITHMS))),
              oauth.number(LoginKey.CLOCK_SKEW),
              new KeyFetching(
                  oauth.number(LoginKey.REFRESH_INTERVAL),
                  oauth.number(LoginKey.REFETCH_INTERVAL),
                  oauth.number(LoginKey.FETCH_TIMEOUT),
                  oauth.optionalText(LoginKey.CERTIFICATE_AUTHORITIES).map(this::path))));
    } catch (IllegalArgumentException e) {
      errors.add(oauth.location(), oauth.path(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static List<String> texts(SectionValues oauth, LoginKey key, List<String> left) {
    return oauth.has(key)
        ? oauth.list(key).stream().map(each -> (String) each.value()).toList()
        : left;
  }

  /** A path is a URI of a file, so that one name tells where the keys are. */
  private Optional<URI> keys(SectionValues oauth, String text) {
    if (!text.contains("://") && !text.startsWith("file:")) {
      return Optional.of(path(text).toUri());
    }
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      errors.add(
          oauth.location(LoginKey.JWKS),
          oauth.path(LoginKey.JWKS),
          "\"" + text + "\"",
          "an address or a path: " + e.getReason());
      return Optional.empty();
    }
  }

  private Path path(String text) {
    Path folder = file.toAbsolutePath().getParent();
    Path path = Path.of(text);
    return (folder == null ? path : folder.resolve(path)).normalize();
  }
}
