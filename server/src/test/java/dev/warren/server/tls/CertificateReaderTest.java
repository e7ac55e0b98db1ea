package dev.warren.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.core.time.BrokerClock;
import dev.warren.server.tls.KeytoolAuthority.Issued;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and keys as operators have them, and what is said of those that are no good. */
class CertificateReaderTest {
  private static final TestCertificates MADE = TestCertificates.get();
  private static final String PASSWORD = "not to be shown";

  @TempDir Path directory;

  @BeforeEach
  void write() {
    TestCertificates.write(directory, "server", MADE.server);
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private static TlsOptions options(TlsOptions.Files files, Optional<Path> authorities) {
    return new TlsOptions(
        List.of(files),
        authorities.map(file -> new TlsOptions.Authorities("w.yaml:9:1: tls.ca", file)),
        TlsOptions.Version.TLS_1_2,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private TlsOptions.Files pem(String certificate, String key, KeyPassword password) {
    return new TlsOptions.Files(
        "w.yaml:2:3: tls.certificate", file(certificate), Optional.of(file(key)), password);
  }

  private TlsOptions.Files alone(String certificate, KeyPassword password) {
    return new TlsOptions.Files(
        "w.yaml:2:3: tls.certificate", file(certificate), Optional.empty(), password);
  }

  private static ServerCertificate read(TlsOptions.Files files) {
    return CertificateReader.read(files, FileContents.of(options(files, Optional.empty())));
  }

  private static String fault(TlsOptions.Files files) {
    UnusableCertificateException wrong =
        catchThrowableOfType(UnusableCertificateException.class, () -> read(files));
    assertThat(wrong).isNotNull();
    assertThat(wrong.text()).doesNotContain(PASSWORD);
    return wrong.text();
  }

  private void writeEncrypted(String name) throws Exception {
    String algorithm = "PBEWithHmacSHA256AndAES_256";
    SecretKey secret =
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec(PASSWORD.toCharArray()));
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    byte[] hidden = cipher.doFinal(MADE.server.key().getEncoded());
    // Under its general name, which is the one that JDK 17 can write.
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
    parameters.init(cipher.getParameters().getEncoded());
    byte[] info = new EncryptedPrivateKeyInfo(parameters, hidden).getEncoded();
    Files.writeString(file(name), PemFile.text("ENCRYPTED PRIVATE KEY", info));
  }

  private void writeStore(String name, Issued issued) throws Exception {
    try (OutputStream out = Files.newOutputStream(file(name))) {
      TestCertificates.store(issued, PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
    }
  }

  @Test
  void readsPemInTwoFilesOrOne() throws IOException {
    Files.writeString(
        file("both.pem"),
        "Some text.\n"
            + MADE.server.keyPem()
            + MADE.server.certificatePem()
            + MADE.server.authorityPem());

    ServerCertificate two = read(pem("server.pem", "server.key", KeyPassword.NONE));
    ServerCertificate one = read(alone("both.pem", KeyPassword.NONE));

    assertThat(two.chain()).containsExactly(MADE.server.certificate());
    assertThat(two.names()).containsExactly("localhost");
    assertThat(one.chain()).containsExactly(MADE.server.certificate(), MADE.server.authority());
    assertThat(one.key()).isEqualTo(two.key());
  }

  @Test
  void readsAnEncryptedKeyWithThePasswordOfTheFileOrOfAnother() throws Exception {
    writeEncrypted("hidden.key");
    Files.writeString(file("password"), PASSWORD + "\nand more\n");

    assertThat(read(pem("server.pem", "hidden.key", KeyPassword.of(PASSWORD))).key())
        .isEqualTo(MADE.server.key());
    assertThat(read(pem("server.pem", "hidden.key", KeyPassword.in(file("password")))).key())
        .isEqualTo(MADE.server.key());
    assertThat(fault(pem("server.pem", "hidden.key", KeyPassword.of("another"))))
        .isEqualTo(
            "the password of the private key in the file " + file("hidden.key") + " is wrong");
    assertThat(fault(pem("server.pem", "hidden.key", KeyPassword.NONE)))
        .isEqualTo("the private key in the file " + file("hidden.key") + " needs a password");
    assertThat(fault(pem("server.pem", "hidden.key", KeyPassword.in(file("none")))))
        .isEqualTo("the file " + file("none") + " does not exist");
  }

  @Test
  void readsPkcs12() throws Exception {
    writeStore("server.p12", MADE.server);

    ServerCertificate read = read(alone("server.p12", KeyPassword.of(PASSWORD)));

    assertThat(read.chain()).containsExactly(MADE.server.certificate(), MADE.server.authority());
    assertThat(read.key()).isEqualTo(MADE.server.key());
    assertThat(read).asString().doesNotContain(MADE.server.key().toString());
    assertThat(fault(alone("server.p12", KeyPassword.of("another"))))
        .isEqualTo("the password of the file " + file("server.p12") + " is wrong");
  }

  @Test
  void refusesAKeyThatIsNotTheCertificates() throws Exception {
    TestCertificates.write(directory, "other", MADE.named);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    byte[] rsa = generator.generateKeyPair().getPrivate().getEncoded();
    Files.writeString(file("rsa.key"), PemFile.text("PRIVATE KEY", rsa));

    assertThat(fault(pem("server.pem", "other.key", KeyPassword.NONE)))
        .isEqualTo(
            "the private key in the file %s does not belong to the certificate in %s"
                .formatted(file("other.key"), file("server.pem")));
    assertThat(fault(pem("server.pem", "rsa.key", KeyPassword.NONE)))
        .isEqualTo(
            "the private key in the file %s is malformed, or of another kind than the"
                    .formatted(file("rsa.key"))
                + " certificate's (EC)");
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Files.writeString(file("empty.pem"), "nothing");
    Files.writeString(file("broken.pem"), PemFile.text("CERTIFICATE", new byte[] {1, 2, 3}));
    Files.writeString(file("old.key"), PemFile.text("EC PRIVATE KEY", new byte[] {1, 2, 3}));
    Files.write(file("large.pem"), new byte[(1 << 20) + 1]);

    assertThat(fault(pem("none.pem", "server.key", KeyPassword.NONE)))
        .isEqualTo("the file " + file("none.pem") + " does not exist");
    assertThat(fault(pem("server.pem", "none.key", KeyPassword.NONE)))
        .isEqualTo("the file " + file("none.key") + " does not exist");
    assertThat(fault(alone("empty.pem", KeyPassword.NONE)))
        .isEqualTo("the file " + file("empty.pem") + " is neither PEM nor PKCS#12");
    assertThat(fault(pem("broken.pem", "server.key", KeyPassword.NONE)))
        .isEqualTo("the file " + file("broken.pem") + " has a malformed certificate");
    assertThat(fault(pem("server.key", "server.key", KeyPassword.NONE)))
        .isEqualTo(
            "the file " + file("server.key") + " has no certificate in it (BEGIN CERTIFICATE)");
    assertThat(fault(alone("server.pem", KeyPassword.NONE)))
        .isEqualTo(
            "the file " + file("server.pem") + " has no private key in it (BEGIN PRIVATE KEY)");
    assertThat(fault(pem("server.pem", "old.key", KeyPassword.NONE)))
        .contains("a key in an old form (BEGIN EC PRIVATE KEY)");
    assertThat(fault(pem("large.pem", "server.key", KeyPassword.NONE)))
        .isEqualTo("the file " + file("large.pem") + " is longer than 1 MiB");
    assertThat(fault(alone(".", KeyPassword.NONE))).contains("cannot be read");
  }

  @Test
  void namesEveryFaultWithItsPlaceInTheConfiguration() {
    TlsOptions options =
        options(
            pem("none.pem", "server.key", KeyPassword.NONE), Optional.of(file("authorities.pem")));

    UnusableCertificateException wrong =
        catchThrowableOfType(
            UnusableCertificateException.class,
            () -> CertificateStore.open(options, BrokerClock.system()));

    assertThat(wrong.text())
        .isEqualTo(
            "w.yaml:2:3: tls.certificate: the file %s does not exist\n".formatted(file("none.pem"))
                + "w.yaml:9:1: tls.ca: the file %s does not exist"
                    .formatted(file("authorities.pem")));
  }

  @Test
  void choosesByNameAndOneLabelOfAWildcard() {
    TestCertificates.write(directory, "named", MADE.named);

    ServerCertificate named = read(pem("named.pem", "named.key", KeyPassword.NONE));

    assertThat(named.isFor("a.example")).isTrue();
    assertThat(named.isFor("A.EXAMPLE")).isTrue();
    assertThat(named.isFor("x.b.example")).isTrue();
    assertThat(named.isFor("x.y.b.example")).isFalse();
    assertThat(named.isFor("b.example")).isFalse();
    assertThat(named.isFor("localhost")).isFalse();
  }
}
