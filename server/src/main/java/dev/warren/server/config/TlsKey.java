package dev.warren.server.config;

import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.Flag;
import dev.warren.server.config.ConfigType.OneOf;
import dev.warren.server.config.ConfigType.Secret;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Sections;
import dev.warren.server.config.ConfigType.Text;
import dev.warren.server.config.ConfigType.Whole;
import java.util.List;

/** The keys of TLS: the certificates, and the ports that speak it. */
enum TlsKey implements ConfigKey {
  TLS(
      ConfigSection.ROOT,
      "tls",
      new Section(ConfigSection.TLS),
      "Certificates of the listeners that speak TLS."),
  AMQP(
      ConfigSection.AMQP,
      "tls",
      new Section(ConfigSection.AMQP_TLS),
      "A port with TLS from the first byte on. Left out: there is none."),
  WEB_SOCKET(
      ConfigSection.WEB_SOCKET,
      "tls",
      new Section(ConfigSection.WEB_SOCKET_TLS),
      "A port of its own with TLS. Left out: there is none."),
  HTTP(
      ConfigSection.HTTP,
      "tls",
      new Section(ConfigSection.HTTP_TLS),
      "A port with TLS, for WebSockets too if on-http-port says so. Left out: there is none."),

  CERTIFICATE(
      ConfigSection.TLS,
      "certificate",
      new Text("a path", 1, 4096),
      "File with the certificate and those between it and its authority (PEM), or with the"
          + " certificate and its key (PKCS#12). A relative path starts from the folder of the"
          + " configuration file, here and below. Needed if any listener speaks TLS."),
  KEY(
      ConfigSection.TLS,
      "key",
      new Text("a path", 1, 4096),
      "File with the private key (PEM, PKCS#8). Left out: it is in the file of the certificate."),
  KEY_PASSWORD(
      ConfigSection.TLS,
      "key-password",
      new Secret("what the key is encrypted with", 1),
      "Password of the key or of the PKCS#12 file. Left out: the key is not encrypted."),
  KEY_PASSWORD_FILE(
      ConfigSection.TLS,
      "key-password-file",
      new Text("a path", 1, 4096),
      "File whose first line is that password."),
  SNI(
      ConfigSection.TLS,
      "sni",
      new Sections(ConfigSection.TLS_SNI),
      "Certificates for clients that ask for a server by one of their names; the one above is for"
          + " all others."),
  CA(
      ConfigSection.TLS,
      "ca",
      new Text("a path", 1, 4096),
      "File with the authorities that client certificates are judged by (PEM)."),
  CLIENT_CERTIFICATES(
      ConfigSection.TLS,
      "client-certificates",
      new OneOf(Words.CLIENT_CERTIFICATES),
      "none",
      "Whether clients show a certificate; requested: one that is shown must be good."),
  MIN_VERSION(
      ConfigSection.TLS,
      "min-version",
      new OneOf(List.of("TLSv1.2", "TLSv1.3")),
      "TLSv1.2",
      "Oldest version that is spoken."),
  RELOAD_INTERVAL(
      ConfigSection.TLS,
      "reload-interval",
      new Duration(0, 86_400_000),
      "10s",
      "How often the files are looked at; 0: only when the HTTP API asks for it."),

  SNI_CERTIFICATE(
      ConfigSection.TLS_SNI,
      "certificate",
      new Text("a path", 1, 4096),
      REQUIRED,
      "As in tls. Its DNS names are those it is chosen by; a * stands for one label."),
  SNI_KEY(ConfigSection.TLS_SNI, "key", new Text("a path", 1, 4096), "As in tls."),
  SNI_KEY_PASSWORD(
      ConfigSection.TLS_SNI,
      "key-password",
      new Secret("what the key is encrypted with", 1),
      "As in tls."),
  SNI_KEY_PASSWORD_FILE(
      ConfigSection.TLS_SNI, "key-password-file", new Text("a path", 1, 4096), "As in tls."),

  AMQP_PORT(
      ConfigSection.AMQP_TLS,
      "port",
      new Whole(0, 65_535),
      "5671",
      "Port to bind, on the addresses of listeners.amqp; 0 lets the system choose a free one."),
  AMQP_ONLY(
      ConfigSection.AMQP_TLS,
      "only",
      new Flag(),
      "false",
      "Whether the port without TLS stays closed."),
  AMQP_CLIENT_CERTIFICATES(
      ConfigSection.AMQP_TLS,
      "client-certificates",
      new OneOf(Words.CLIENT_CERTIFICATES),
      "As in tls, for this port. Left out: what is said there."),

  WEB_SOCKET_PORT(
      ConfigSection.WEB_SOCKET_TLS,
      "port",
      new Whole(0, 65_535),
      REQUIRED,
      "Port to bind, on the addresses of listeners.websocket; 0 lets the system choose a free"
          + " one."),
  WEB_SOCKET_CLIENT_CERTIFICATES(
      ConfigSection.WEB_SOCKET_TLS,
      "client-certificates",
      new OneOf(Words.CLIENT_CERTIFICATES),
      "As in tls, for this port. Left out: what is said there."),

  HTTP_PORT(
      ConfigSection.HTTP_TLS,
      "port",
      new Whole(0, 65_535),
      "15671",
      "Port to bind, on the address of listeners.http; 0 lets the system choose a free one."),
  HTTP_ONLY(
      ConfigSection.HTTP_TLS,
      "only",
      new Flag(),
      "false",
      "Whether the port without TLS stays closed."),
  HTTP_CLIENT_CERTIFICATES(
      ConfigSection.HTTP_TLS,
      "client-certificates",
      new OneOf(Words.CLIENT_CERTIFICATES),
      "As in tls, for this port. Left out: what is said there.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  TlsKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  TlsKey(ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }

  /** Constants of an enum cannot use the enum's own. */
  private static final class Words {
    static final List<String> CLIENT_CERTIFICATES = List.of("none", "requested", "required");
  }
}
