package dev.warren.server.tls;

import dev.warren.server.tls.PemFile.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Makes certificates and keys of the contents of files: PEM (RFC 7468) with PKCS#8 keys, and
 * PKCS#12. Stateless. What is wrong is said with the file's name, and never with its content.
 */
final class CertificateReader {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

  private CertificateReader() {}

  /** A certificate with its key, which are found to belong together. */
  static ServerCertificate read(TlsOptions.Files files, FileContents contents) {
    String file = files.certificate().toString();
    byte[] content = contents.of(files.certificate());
    if (PemFile.parts(content).isEmpty()) {
      return readStore(files, file, content);
    }
    List<X509Certificate> chain = certificates(file, content);
    String keyFile = files.key().orElse(files.certificate()).toString();
    byte[] keyContent = files.key().map(contents::of).orElse(content);
    PrivateKey key = key(keyFile, keyContent, files.password(), chain.get(0).getPublicKey());
    return checked(file, keyFile, chain, key);
  }

  /** The certificates of authorities. */
  static List<X509Certificate> authorities(TlsOptions.Authorities authorities, FileContents files) {
    return certificates(authorities.file().toString(), files.of(authorities.file()));
  }

  private static List<X509Certificate> certificates(String file, byte[] content) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Part part : PemFile.parts(content)) {
        if (part.label().equals(CERTIFICATE)
            && factory.generateCertificate(new ByteArrayInputStream(part.content()))
                instanceof X509Certificate certificate) {
          certificates.add(certificate);
        }
      }
    } catch (CertificateException e) {
      throw new UnusableCertificateException("the file " + file + " has a malformed certificate");
    }
    if (certificates.isEmpty()) {
      throw new UnusableCertificateException(
          "the file " + file + " has no certificate in it (BEGIN CERTIFICATE)");
    }
    return certificates;
  }

  private static PrivateKey key(
      String file, byte[] content, KeyPassword password, PublicKey certified) {
    for (Part part : PemFile.parts(content)) {
      if (part.label().equals(KEY)) {
        return key(file, new PKCS8EncodedKeySpec(part.content()), certified);
      }
      if (part.label().equals(ENCRYPTED_KEY)) {
        return key(file, decrypt(file, part.content(), password), certified);
      }
      if (part.label().endsWith(KEY)) {
        throw new UnusableCertificateException(
            "the file %s has a key in an old form (BEGIN %s): openssl pkcs8 -topk8 makes PKCS#8 of it"
                .formatted(file, part.label()));
      }
    }
    throw new UnusableCertificateException(
        "the file " + file + " has no private key in it (BEGIN " + KEY + ")");
  }

  private static PrivateKey key(String file, PKCS8EncodedKeySpec encoded, PublicKey certified) {
    try {
      return KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(encoded);
    } catch (InvalidKeySpecException e) {
      throw new UnusableCertificateException(
          "the private key in the file %s is malformed, or of another kind than the certificate's (%s)"
              .formatted(file, certified.getAlgorithm()));
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificateException(
          "keys such as that of the file %s are not known here: %s"
              .formatted(file, certified.getAlgorithm()));
    }
  }

  private static PKCS8EncodedKeySpec decrypt(String file, byte[] content, KeyPassword password) {
    char[] secret =
        password
            .read()
            .orElseThrow(
                () ->
                    new UnusableCertificateException(
                        "the private key in the file " + file + " needs a password"));
    try {
      EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(content);
      // With PBES2 (RFC 8018) the algorithm is among the parameters.
      String algorithm =
          encrypted.getAlgParameters() == null
              ? encrypted.getAlgName()
              : encrypted.getAlgParameters().toString();
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(secret)),
          encrypted.getAlgParameters());
      return encrypted.getKeySpec(cipher);
    } catch (InvalidKeyException | InvalidKeySpecException e) {
      throw new UnusableCertificateException(
          "the password of the private key in the file " + file + " is wrong");
    } catch (IOException | GeneralSecurityException e) {
      throw new UnusableCertificateException(
          "the private key in the file "
              + file
              + " is encrypted in a way that is not known here: openssl pkcs8 -topk8 -v2 aes256 is");
    }
  }

  private static ServerCertificate readStore(TlsOptions.Files files, String file, byte[] content) {
    char[] secret = files.password().read().orElse(new char[0]);
    if (files.key().isPresent()) {
      throw new UnusableCertificateException(
          "the file %s is not PEM, so its key is not in a file of its own".formatted(file));
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), secret);
      List<String> keys = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          keys.add(alias);
        }
      }
      if (keys.size() != 1) {
        throw new UnusableCertificateException(
            "the file %s holds %d private keys, not one".formatted(file, keys.size()));
      }
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : store.getCertificateChain(keys.get(0))) {
        chain.add((X509Certificate) certificate);
      }
      PrivateKey key = (PrivateKey) store.getKey(keys.get(0), secret);
      return checked(file, file, chain, key);
    } catch (IOException e) {
      // The JDK says no more than this; a wrong password is told by its cause.
      throw new UnusableCertificateException(
          e.getCause() instanceof GeneralSecurityException
              ? "the password of the file " + file + " is wrong"
              : "the file " + file + " is neither PEM nor PKCS#12");
    } catch (GeneralSecurityException e) {
      throw new UnusableCertificateException(
          "the file " + file + " cannot be used: " + e.getMessage());
    }
  }

  private static ServerCertificate checked(
      String file, String keyFile, List<X509Certificate> chain, PrivateKey key) {
    if (!belongTogether(key, chain.get(0).getPublicKey()).orElse(true)) {
      throw new UnusableCertificateException(
          "the private key in the file %s does not belong to the certificate in %s"
              .formatted(keyFile, file));
    }
    return new ServerCertificate(file, chain, key);
  }

  /** Whether a signature of one is confirmed by the other; empty if that cannot be tried. */
  private static Optional<Boolean> belongTogether(PrivateKey key, PublicKey certified) {
    if (key instanceof RSAPrivateKey secret && certified instanceof RSAPublicKey shown) {
      return Optional.of(secret.getModulus().equals(shown.getModulus()));
    }
    try {
      String algorithm = certified.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA";
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(certified.getEncoded());
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(certified.getEncoded());
      return Optional.of(signature.verify(signed));
    } catch (InvalidKeyException e) {
      return Optional.of(false);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
