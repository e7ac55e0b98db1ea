package dev.warren.server.oauth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.warren.core.security.TokenClaims;
import dev.warren.core.security.TokenRefusedException;
import dev.warren.core.security.TokenScopes;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON Web Tokens (RFC 7519): a signature by one of the issuer's keys, for this broker, from
 * this issuer, and at this time. A token without an end is not good. Thread-safe.
 */
public final class JwtVerifier implements TokenVerifier {
  private static final int LENGTH_MAX = 16_384;
  private static final int NAME_LENGTH_MAX = 255;

  private final OAuthOptions options;
  private final KeySet keys;
  private final BrokerClock clock;

  JwtVerifier(OAuthOptions options, KeySource source, BrokerClock clock) {
    this.options = options;
    this.clock = clock;
    this.keys = new KeySet(source, options.keys(), clock);
    var unused = keys.fetch();
    if (options.isFile() && keys.isEmpty()) {
      throw new IllegalArgumentException("no keys for tokens can be read from " + options.jwks());
    }
  }

  /**
   * A verifier with the keys the options name.
   *
   * @throws IllegalArgumentException if they are in a file that cannot be read; a server need not
   *     be up yet
   */
  public static JwtVerifier open(OAuthOptions options, BrokerClock clock) {
    KeySource source =
        options.isFile()
            ? new KeyFile(Path.of(options.jwks()))
            : new KeyServer(options.jwks(), options.keys());
    return new JwtVerifier(options, source, clock);
  }

  @Override
  public CompletionStage<TokenClaims> verify(String token) {
    try {
      if (token.length() > LENGTH_MAX) {
        throw new TokenRefusedException("the token is longer than " + LENGTH_MAX + " characters");
      }
      SignedJWT signed = SignedJWT.parse(token);
      String algorithm = signed.getHeader().getAlgorithm().getName();
      if (!options.algorithms().contains(algorithm)) {
        throw new TokenRefusedException("its algorithm is not allowed");
      }
      return keys.keysFor(signed.getHeader()).thenApply(found -> claims(signed, found));
    } catch (ParseException e) {
      return CompletableFuture.failedFuture(new TokenRefusedException("not a signed JWT"));
    } catch (TokenRefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private TokenClaims claims(SignedJWT token, List<JWK> found) {
    if (found.isEmpty()) {
      throw new TokenRefusedException("it is signed with a key nobody here knows");
    }
    if (found.stream().noneMatch(key -> SignatureCheck.isBy(key, token))) {
      throw new TokenRefusedException("its signature is wrong");
    }
    try {
      return checked(token.getJWTClaimsSet());
    } catch (ParseException e) {
      throw new TokenRefusedException("its claims are malformed");
    }
  }

  private TokenClaims checked(JWTClaimsSet claims) throws ParseException {
    long nowMs = clock.epochMs();
    OptionalLong endsMs = epochMs(claims.getExpirationTime());
    if (endsMs.isEmpty()) {
      throw new TokenRefusedException("it never expires");
    }
    // The same moment as the one at which a connection is closed that has logged in by it.
    long expiresAtMs = endsMs.getAsLong() + options.clockSkewMs();
    if (nowMs >= expiresAtMs) {
      throw new TokenRefusedException("it has expired");
    }
    OptionalLong beginsMs = epochMs(claims.getNotBeforeTime());
    if (beginsMs.isPresent() && nowMs + options.clockSkewMs() < beginsMs.getAsLong()) {
      throw new TokenRefusedException("it is not valid yet");
    }
    if (!claims.getAudience().contains(options.resourceServerId())) {
      throw new TokenRefusedException("it is meant for another resource server");
    }
    if (options.issuer().isPresent() && !options.issuer().get().equals(claims.getIssuer())) {
      throw new TokenRefusedException("it is from another issuer");
    }
    TokenScopes scopes = TokenScopes.parse(scopes(claims), options.scopePrefix());
    return new TokenClaims(name(claims), scopes.tags(), scopes, expiresAtMs);
  }

  private static OptionalLong epochMs(@Nullable Date date) {
    return date == null ? OptionalLong.empty() : OptionalLong.of(date.toInstant().toEpochMilli());
  }

  private String name(JWTClaimsSet claims) {
    for (String claim : options.usernameClaims()) {
      if (claims.getClaim(claim) instanceof String name && !name.isBlank()) {
        if (name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
          throw new TokenRefusedException("the name of its user is not usable");
        }
        return name;
      }
    }
    throw new TokenRefusedException("it names no user");
  }

  private List<String> scopes(JWTClaimsSet claims) {
    List<String> scopes = new ArrayList<>();
    for (String claim : options.scopeClaims()) {
      Object value = claims.getClaim(claim);
      if (value instanceof String text) {
        scopes.addAll(List.of(text.trim().split("\\s+")));
      } else if (value instanceof Collection<?> list) {
        list.stream().filter(String.class::isInstance).forEach(one -> scopes.add((String) one));
      }
    }
    return scopes;
  }
}
