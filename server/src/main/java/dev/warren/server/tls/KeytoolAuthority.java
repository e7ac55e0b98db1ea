package dev.warren.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An authority that makes certificates for trying things, by the JDK's {@code keytool}. Its keys
 * are in a file that is deleted when it is closed; nobody can use the authority afterwards. Owned
 * by one thread; each certificate takes about half a second.
 */
public final class KeytoolAuthority implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;
  private static final String AUTHORITY = "ca";
  private static final String PASSWORD_VARIABLE = "WARREN_KEYTOOL_PASSWORD";

  private final Path directory;
  private final Path store;
  private final String password;
  private int issued;

  /**
   * What a certificate is to be.
   *
   * @param subject distinguished name
   * @param alternativeNames such as {@code dns:localhost} and {@code ip:127.0.0.1}
   * @param purpose {@code serverAuth} or {@code clientAuth}
   * @param start in days from now; negative for the past
   * @param days how long it is valid from then on
   */
  public record Wish(
      String subject, List<String> alternativeNames, String purpose, int start, int days) {
    /** Copies the list. */
    public Wish {
      alternativeNames = List.copyOf(alternativeNames);
    }
  }

  /** A certificate with its key and that of its authority. Never shows the key. */
  public record Issued(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
    /** The certificate as PEM. */
    public String certificatePem() {
      return pem(certificate);
    }

    /** The authority's certificate as PEM. */
    public String authorityPem() {
      return pem(authority);
    }

    /** The key as PEM, not encrypted. */
    public String keyPem() {
      return PemFile.text("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(X509Certificate shown) {
      try {
        return PemFile.text("CERTIFICATE", shown.getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("it came from its encoding", e);
      }
    }

    @Override
    public String toString() {
      return "Issued[" + certificate.getSubjectX500Principal().getName() + "]";
    }
  }

  /**
   * Makes an authority.
   *
   * @param subject its distinguished name
   * @param days how long it is valid
   */
  public KeytoolAuthority(String subject, int days) throws IOException {
    directory = Files.createTempDirectory("warren-ca");
    store = directory.resolve("keys.p12");
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    password = HexFormat.of().formatHex(random);
    // Valid from a while ago: certificates that had expired need an authority of their time.
    run(
        generate(AUTHORITY, subject, -1, days + 1),
        List.of(
            "-ext", "bc:critical=ca:true,pathlen:0", "-ext", "ku:critical=keyCertSign,cRLSign"));
  }

  /** Makes a certificate with an EC key. */
  public Issued issue(Wish wish) throws IOException {
    String alias = "c" + issued++;
    List<String> extensions = new ArrayList<>(List.of("-signer", AUTHORITY));
    extensions.addAll(List.of("-ext", "bc:critical=ca:false", "-ext", "eku=" + wish.purpose()));
    extensions.addAll(List.of("-ext", "ku:critical=digitalSignature"));
    if (!wish.alternativeNames().isEmpty()) {
      extensions.addAll(List.of("-ext", "san=" + String.join(",", wish.alternativeNames())));
    }
    run(generate(alias, wish.subject(), wish.start(), wish.days()), extensions);
    return read(alias);
  }

  private static List<String> generate(String alias, String subject, int start, int days) {
    return List.of(
        "-genkeypair",
        "-alias",
        alias,
        "-dname",
        subject,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-sigalg",
        "SHA256withECDSA",
        "-startdate",
        (start < 0 ? "" : "+") + start + "d",
        "-validity",
        Integer.toString(days));
  }

  private void run(List<String> arguments, List<String> more) throws IOException {
    List<String> command = new ArrayList<>();
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    command.add(keytool.toString());
    command.addAll(arguments);
    command.addAll(more);
    command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
    // It starts more often than it works.
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-Xshare:auto"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(PASSWORD_VARIABLE, password);
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool made no certificate: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private Issued read(String alias) throws IOException {
    char[] secret = password.toCharArray();
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, secret);
      Certificate[] chain = keys.getCertificateChain(alias);
      return new Issued(
          (PrivateKey) keys.getKey(alias, secret),
          (X509Certificate) chain[0],
          (X509Certificate) chain[1]);
    } catch (GeneralSecurityException e) {
      throw new IOException("the keys made by keytool cannot be read", e);
    }
  }

  /** Deletes the keys. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(store);
    Files.deleteIfExists(directory);
  }
}
