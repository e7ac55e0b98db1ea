package dev.warren.server.config;

import dev.warren.server.tls.KeyPassword;
import dev.warren.server.tls.TlsOptions;
import dev.warren.server.tls.TlsOptions.ClientCertificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes options of what the file says of TLS. Does not look at the certificates themselves: they
 * may be missing where only the journal is looked at. Lives as long as the reading.
 */
final class TlsReader {
  private final Path file;
  private final ConfigErrors errors;

  TlsReader(Path file, ConfigErrors errors) {
    this.file = file;
    this.errors = errors;
  }

  /** Reads the section of certificates and those of the listeners. */
  TlsOptions read(SectionValues root) {
    SectionValues listeners = root.section(FileKey.LISTENERS);
    SectionValues amqp = listeners.section(ListenerKey.AMQP);
    SectionValues webSocket = listeners.section(ListenerKey.WEB_SOCKET);
    SectionValues http = listeners.section(ListenerKey.HTTP);
    SectionValues tls = root.section(TlsKey.TLS);
    TlsOptions options =
        new TlsOptions(
            certificates(tls),
            tls.optionalText(TlsKey.CA)
                .map(text -> new TlsOptions.Authorities(where(tls, TlsKey.CA), path(text))),
            tls.text(TlsKey.MIN_VERSION).equals(TlsOptions.Version.TLS_1_3.word())
                ? TlsOptions.Version.TLS_1_3
                : TlsOptions.Version.TLS_1_2,
            tls.number(TlsKey.RELOAD_INTERVAL),
            port(amqp, TlsKey.AMQP, TlsKey.AMQP_PORT, TlsKey.AMQP_CLIENT_CERTIFICATES, tls)
                .map(port -> only(port, amqp.section(TlsKey.AMQP).flag(TlsKey.AMQP_ONLY))),
            port(
                webSocket,
                TlsKey.WEB_SOCKET,
                TlsKey.WEB_SOCKET_PORT,
                TlsKey.WEB_SOCKET_CLIENT_CERTIFICATES,
                tls),
            port(http, TlsKey.HTTP, TlsKey.HTTP_PORT, TlsKey.HTTP_CLIENT_CERTIFICATES, tls)
                .map(port -> only(port, http.section(TlsKey.HTTP).flag(TlsKey.HTTP_ONLY))));
    if (options.isUsed() && !tls.has(TlsKey.CERTIFICATE)) {
      errors.add(
          tls.location(),
          tls.path(TlsKey.CERTIFICATE),
          "found nothing, expected a path: a listener speaks TLS");
    }
    return options;
  }

  private static TlsOptions.Port only(TlsOptions.Port port, boolean only) {
    return new TlsOptions.Port(port.port(), only, port.clients());
  }

  private List<TlsOptions.Files> certificates(SectionValues tls) {
    List<TlsOptions.Files> certificates = new ArrayList<>();
    files(tls, TlsKey.CERTIFICATE, TlsKey.KEY, TlsKey.KEY_PASSWORD, TlsKey.KEY_PASSWORD_FILE)
        .ifPresent(certificates::add);
    for (SectionValues more : tls.sections(TlsKey.SNI)) {
      files(
              more,
              TlsKey.SNI_CERTIFICATE,
              TlsKey.SNI_KEY,
              TlsKey.SNI_KEY_PASSWORD,
              TlsKey.SNI_KEY_PASSWORD_FILE)
          .ifPresent(certificates::add);
    }
    return certificates;
  }

  private Optional<TlsOptions.Files> files(
      SectionValues section, TlsKey certificate, TlsKey key, TlsKey password, TlsKey passwordFile) {
    if (section.has(password) && section.has(passwordFile)) {
      errors.add(
          section.location(passwordFile),
          section.path(passwordFile),
          "both " + password.keyName() + " and " + passwordFile.keyName(),
          "one of them");
    }
    KeyPassword secret =
        section
            .optionalText(password)
            .map(KeyPassword::of)
            .or(() -> section.optionalText(passwordFile).map(text -> KeyPassword.in(path(text))))
            .orElse(KeyPassword.NONE);
    return section
        .optionalText(certificate)
        .map(
            text ->
                new TlsOptions.Files(
                    where(section, certificate),
                    path(text),
                    section.optionalText(key).map(this::path),
                    secret));
  }

  private Optional<TlsOptions.Port> port(
      SectionValues listener, TlsKey section, TlsKey port, TlsKey clients, SectionValues tls) {
    SectionValues values = listener.section(section);
    if (!listener.has(section) || (port.isRequired() && !values.has(port))) {
      return Optional.empty();
    }
    String word =
        values.optionalText(clients).orElseGet(() -> tls.text(TlsKey.CLIENT_CERTIFICATES));
    ClientCertificates asked = ClientCertificates.of(word);
    if (asked != ClientCertificates.NONE && !tls.has(TlsKey.CA)) {
      boolean own = values.has(clients);
      SectionValues from = own ? values : tls;
      TlsKey key = own ? clients : TlsKey.CLIENT_CERTIFICATES;
      errors.add(
          from.location(key),
          from.path(key),
          word + " without tls.ca",
          "authorities to judge client certificates by, in tls.ca");
    }
    return Optional.of(new TlsOptions.Port(values.smallNumber(port), false, asked));
  }

  private String where(SectionValues section, TlsKey key) {
    Location location = section.location(key);
    return file + ":" + location.line() + ":" + location.column() + ": " + section.path(key);
  }

  private Path path(String text) {
    Path folder = file.toAbsolutePath().getParent();
    Path path = Path.of(text);
    return (folder == null ? path : folder.resolve(path)).normalize();
  }
}
