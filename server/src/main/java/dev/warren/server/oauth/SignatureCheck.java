package dev.warren.server.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** Whether a signature was made with a key. Stateless. */
final class SignatureCheck {
  private static final String ED25519 = "Ed25519";

  /** What comes before the octets of an Ed25519 key in its usual encoding (RFC 8410 §4). */
  private static final byte[] ED25519_PREFIX = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private static final int ED25519_KEY_BYTES = 32;

  private SignatureCheck() {}

  static boolean isBy(JWK key, SignedJWT token) {
    try {
      if (token.getHeader().getCriticalParams() != null) {
        // [7515 §4.1.11] Something must be understood that nobody here knows.
        return false;
      }
      if (token.getHeader().getAlgorithm().equals(JWSAlgorithm.EdDSA)) {
        return key instanceof OctetKeyPair pair && isByEd25519(pair, token);
      }
      if (!(key instanceof AsymmetricJWK pair)) {
        return false;
      }
      JWSVerifier verifier =
          new DefaultJWSVerifierFactory().createJWSVerifier(token.getHeader(), pair.toPublicKey());
      return token.verify(verifier);
    } catch (JOSEException | GeneralSecurityException e) {
      return false;
    }
  }

  /** By the JDK, since the library would need another one for it. */
  private static boolean isByEd25519(OctetKeyPair key, SignedJWT token)
      throws GeneralSecurityException {
    byte[] octets = key.getDecodedX();
    if (!key.getCurve().equals(Curve.Ed25519) || octets.length != ED25519_KEY_BYTES) {
      return false;
    }
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + ED25519_KEY_BYTES);
    System.arraycopy(octets, 0, encoded, ED25519_PREFIX.length, ED25519_KEY_BYTES);
    PublicKey known =
        KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
    Signature signature = Signature.getInstance(ED25519);
    signature.initVerify(known);
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }
}
