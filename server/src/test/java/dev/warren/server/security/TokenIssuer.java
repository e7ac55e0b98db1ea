package dev.warren.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** An authorization server with one key, which is asked for tokens. Immutable. */
final class TokenIssuer {
  static final String AUDIENCE = "warren";

  private final ECKey key;

  /** Makes a key with this name. */
  TokenIssuer(String keyId) {
    try {
      key = new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it publishes (RFC 7517). */
  String keySet() {
    return new JWKSet(key).toString(true);
  }

  /** Claims as they should be, to be spoilt by a test. */
  static JWTClaimsSet.Builder claims(String user, Instant end, String... scopes) {
    return new JWTClaimsSet.Builder()
        .subject(user)
        .audience(AUDIENCE)
        .expirationTime(Date.from(end))
        .claim("scope", List.of(scopes));
  }

  String token(String user, Instant end, String... scopes) {
    return sign(claims(user, end, scopes).build());
  }

  String sign(JWTClaimsSet claims) {
    try {
      return signed(JWSAlgorithm.ES256, new ECDSASigner(key), claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signed with what everybody knows, in the hope that the broker takes it for a secret. */
  String signWithThePublicKey(JWTClaimsSet claims) {
    byte[] known = key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
    try {
      return signed(JWSAlgorithm.HS256, new MACSigner(known), claims);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    JWSHeader header =
        new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).type(JOSEObjectType.JWT).build();
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  /** With {@code alg: none}. */
  static String unsigned(JWTClaimsSet claims) {
    return new PlainJWT(claims).serialize();
  }
}
