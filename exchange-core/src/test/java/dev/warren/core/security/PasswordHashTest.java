package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.warren.core.security.ScramSecrets.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of passwords. */
class PasswordHashTest {
  /** From RabbitMQ's documentation of password hashing: "test12" with the salt 908D C60A. */
  private static final String DOCUMENTED = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";

  @Test
  void knowsRabbitMqsHash() {
    PasswordHash hash = PasswordHash.parse(DOCUMENTED, "rabbit_password_hashing_sha256");

    assertThat(hash.matches("test12")).isTrue();
    assertThat(hash.matches("test13")).isFalse();
    assertThat(hash.text()).isEqualTo(DOCUMENTED);
    assertThat(hash.algorithm()).isEqualTo("rabbit_password_hashing_sha256");
  }

  @Test
  void saltsEachHash() {
    PasswordHash one = PasswordHash.compatible("secret");
    PasswordHash other = PasswordHash.compatible("secret");

    assertThat(one).isNotEqualTo(other);
    assertThat(one.matches("secret")).isTrue();
    assertThat(PasswordHash.parse(other.text(), other.algorithm())).isEqualTo(other);
  }

  @Test
  void letsNobodyInWithoutAHash() {
    assertThat(PasswordHash.parse("", "rabbit_password_hashing_sha256"))
        .isEqualTo(PasswordHash.NONE);
    assertThat(PasswordHash.NONE.matches("")).isFalse();
  }

  @Test
  void checksAPasswordAgainstItsStrongHash() {
    PasswordHash hash = ScramSecrets.of("pässword", 4096);

    assertThat(hash.matches("pässword")).isTrue();
    // The same letters, composed of two characters each: SASLprep makes them one.
    assertThat(hash.matches("pa\u0308ssword")).isTrue();
    assertThat(hash.matches("password")).isFalse();
    assertThat(PasswordHash.parse(hash.text(), hash.algorithm())).isEqualTo(hash);
    assertThat(PasswordHash.parse(hash.text(), hash.algorithm()).matches("pässword")).isTrue();
  }

  @Test
  void keepsTheKeysOfRfc7677() {
    // The exchange of RFC 7677 §3: user "user", password "pencil".
    byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    ScramSecrets.Keys keys = ScramSecrets.Keys.of(Digest.SHA256, "pencil", salt, 4096);
    String authMessage =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,"
            + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    byte[] signature =
        Digest.SHA256.hmac(keys.serverKey(), authMessage.getBytes(StandardCharsets.UTF_8));

    assertThat(Base64.getEncoder().encodeToString(signature))
        .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  @Test
  void showsNoSecretAsText() {
    PasswordHash strong = ScramSecrets.of("secret", 4096);
    User user = User.of("anna", PasswordHash.compatible("secret"), java.util.Set.of());

    assertThat(strong.toString()).isEqualTo(ScramSecrets.ALGORITHM);
    assertThat(user.toString()).doesNotContain(user.password().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$1:AAAA$AAAA:AAAA,SCRAM-SHA-512$1:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$99999999999:AAAA$AAAA:AAAA,SCRAM-SHA-512$1:AAAA$AAAA:AAAA"
      })
  void refusesMalformedStrongHashes(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PasswordHash.parse(text, ScramSecrets.ALGORITHM))
        .withMessageContaining("password hash");
  }

  @Test
  void refusesHashesOfAnotherLengthOrAlgorithm() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PasswordHash.parse("AAAA", "rabbit_password_hashing_sha256"))
        .withMessage(
            "a password hash of 3 bytes: 36 were expected for rabbit_password_hashing_sha256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PasswordHash.parse(DOCUMENTED, "bcrypt"))
        .withMessageContaining("unknown hashing_algorithm 'bcrypt'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PasswordHash.parse("ä", "rabbit_password_hashing_md5"))
        .withMessage("a password hash that is not base64");
  }
}
