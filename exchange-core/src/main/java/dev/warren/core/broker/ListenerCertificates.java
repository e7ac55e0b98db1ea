package dev.warren.core.broker;

import java.util.List;
import java.util.Optional;

/**
 * The certificates a listener shows to its clients, and those it judges them by. Immutable.
 *
 * @param files where they are from; the default certificate comes first
 * @param trouble why the files as they are now are not in use: an earlier state of them is
 */
public record ListenerCertificates(List<CertificateFile> files, Optional<String> trouble) {
  /** Copies the list. */
  public ListenerCertificates {
    files = List.copyOf(files);
  }

  /**
   * A file and what was read from it.
   *
   * @param isAuthority whether it holds authorities, which client certificates are judged by
   */
  public record CertificateFile(String path, boolean isAuthority, List<Validity> certificates) {
    /** Copies the list. */
    public CertificateFile {
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * One certificate of a file.
   *
   * @param subject distinguished name in the form of RFC 2253
   * @param names the server names it is for; none of an authority
   * @param validFromMs milliseconds since the epoch
   * @param validToMs milliseconds since the epoch
   */
  public record Validity(String subject, List<String> names, long validFromMs, long validToMs) {
    /** Copies the list. */
    public Validity {
      names = List.copyOf(names);
    }
  }
}
