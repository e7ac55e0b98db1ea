package dev.warren.server.config;

import dev.warren.amqp.ConnectionLimits;
import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.UserLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the configuration file. All of it is checked before anything is used, and everything that
 * is wrong is told at once, each with file, line, column and path.
 */
public final class ConfigFile {
  private static final long BYTES_MAX = 16L << 20;
  private static final String NONE = "none";
  private static final String REQUIRED = "required";

  private final Path file;
  private final ConfigErrors errors;
  private final List<String> warnings = new ArrayList<>();

  private final PasswordReader passwords;

  private ConfigFile(Path file, Map<String, String> environment) {
    this.file = file;
    this.errors = new ConfigErrors(file.toString());
    this.passwords = new PasswordReader(file, environment, errors, warnings);
  }

  /**
   * Reads and checks a file; passwords may be in this process's environment.
   *
   * @throws ConfigException if it cannot be read, or if anything in it is wrong
   */
  public static ServerOptions read(Path file) {
    return read(file, System.getenv());
  }

  /** The same with another environment. */
  static ServerOptions read(Path file, Map<String, String> environment) {
    return new ConfigFile(file, environment).options(text(file));
  }

  private static String text(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new ConfigException(List.of(file + ": no such file"));
      }
      long size = Files.size(file);
      if (size > BYTES_MAX) {
        throw new ConfigException(
            List.of(file + ": found " + size + " bytes, expected " + BYTES_MAX + " at most"));
      }
      byte[] bytes = Files.readAllBytes(file);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ConfigException(List.of(file + ": found other bytes, expected text in UTF-8"));
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read: " + e));
    }
  }

  private ServerOptions options(String text) {
    Optional<YamlNode> node = YamlReader.read(text, errors);
    if (node.isEmpty()) {
      errors.throwIfAny();
    }
    YamlNode top = node.orElseGet(() -> new YamlNode.Mapping(Location.START, List.of()));
    SectionValues root = new SectionReader(errors).read(ConfigSection.ROOT, top, "");
    List<TopologyDeclaration> topology = topology(root);
    SectionValues listeners = root.section(FileKey.LISTENERS);
    ServerOptions options =
        new ServerOptions(
            root.section(FileKey.NODE).text(FileKey.NODE_NAME),
            dataDirectory(root.section(FileKey.DATA)),
            amqp(listeners.section(ListenerKey.AMQP)),
            webSocket(listeners.section(ListenerKey.WEB_SOCKET)),
            http(listeners.section(ListenerKey.HTTP)),
            metrics(listeners.section(ListenerKey.METRICS)),
            new TlsReader(file, errors).read(root),
            trace(root.section(FileKey.TRACE)),
            journal(root),
            limits(root.section(FileKey.LIMITS)),
            new LoginReader(file, errors).read(root),
            new AccessReader(root, topology, passwords, errors, warnings).read(),
            audit(root.section(FileKey.AUDIT)),
            topology,
            warnings);
    errors.throwIfAny();
    return options;
  }

  private Path dataDirectory(SectionValues data) {
    Path folder = file.toAbsolutePath().getParent();
    Path directory = Path.of(data.text(FileKey.DATA_DIRECTORY));
    return (folder == null ? directory : folder.resolve(directory)).normalize();
  }

  private static ServerOptions.Amqp amqp(SectionValues amqp) {
    return new ServerOptions.Amqp(
        amqp.texts(ListenerKey.AMQP_HOST),
        amqp.smallNumber(ListenerKey.AMQP_PORT),
        amqp.text(ListenerKey.AMQP_PROXY_PROTOCOL).equals(REQUIRED),
        amqp.smallNumber(ListenerKey.AMQP_IDLE_TIMEOUT),
        amqp.smallNumber(ListenerKey.AMQP_MAX_FRAME_SIZE),
        amqp.smallNumber(ListenerKey.AMQP_SESSIONS_MAX),
        amqp.smallNumber(ListenerKey.AMQP_LINKS_MAX),
        amqp.number(ListenerKey.AMQP_HANDSHAKE_TIMEOUT),
        amqp.number(ListenerKey.AMQP_LOGIN_FAILURE_DELAY),
        amqp.smallNumber(ListenerKey.AMQP_OUTBOUND_BUFFER),
        amqp.flag(ListenerKey.AMQP_BARE_QUEUE_NAMES),
        amqp.flag(ListenerKey.AMQP_RABBITMQ_IDENTITY));
  }

  private static ServerOptions.WebSocket webSocket(SectionValues webSocket) {
    return new ServerOptions.WebSocket(
        webSocket.texts(ListenerKey.WEB_SOCKET_HOST),
        webSocket.has(ListenerKey.WEB_SOCKET_PORT)
            ? Optional.of(webSocket.smallNumber(ListenerKey.WEB_SOCKET_PORT))
            : Optional.empty(),
        webSocket.text(ListenerKey.WEB_SOCKET_PROXY_PROTOCOL).equals(REQUIRED),
        webSocket.flag(ListenerKey.WEB_SOCKET_ON_HTTP_PORT),
        names(webSocket, ListenerKey.WEB_SOCKET_ORIGINS));
  }

  private static ServerOptions.Trace trace(SectionValues trace) {
    return new ServerOptions.Trace(
        names(trace, FileKey.TRACE_USERS),
        names(trace, FileKey.TRACE_ADDRESSES),
        trace.smallNumber(FileKey.TRACE_PAYLOAD));
  }

  private static Set<String> names(SectionValues section, ConfigKey key) {
    Set<String> names = new LinkedHashSet<>();
    section.list(key).forEach(name -> names.add((String) name.value()));
    return names;
  }

  private static Optional<ServerOptions.Metrics> metrics(SectionValues metrics) {
    return metrics.has(ListenerKey.METRICS_PORT)
        ? Optional.of(
            new ServerOptions.Metrics(
                metrics.text(ListenerKey.METRICS_HOST),
                metrics.smallNumber(ListenerKey.METRICS_PORT)))
        : Optional.empty();
  }

  private static ServerOptions.Http http(SectionValues http) {
    return new ServerOptions.Http(
        http.text(ListenerKey.HTTP_HOST),
        http.smallNumber(ListenerKey.HTTP_PORT),
        names(http, ListenerKey.HTTP_CORS_ORIGINS),
        http.number(ListenerKey.HTTP_STATISTICS_INTERVAL));
  }

  private ServerOptions.JournalLimits journal(SectionValues root) {
    SectionValues journal = root.section(FileKey.JOURNAL);
    int segment = journal.smallNumber(FileKey.JOURNAL_SEGMENT_SIZE);
    if (segment % 4096 != 0) {
      errors.add(
          journal.location(FileKey.JOURNAL_SEGMENT_SIZE),
          journal.path(FileKey.JOURNAL_SEGMENT_SIZE),
          segment + " bytes",
          "a multiple of 4KiB");
    }
    SectionValues limits = root.section(FileKey.LIMITS);
    long message = limits.number(LimitKey.MAX_MESSAGE_SIZE);
    if (message > segment / 4) {
      errors.add(
          limits.location(LimitKey.MAX_MESSAGE_SIZE),
          limits.path(LimitKey.MAX_MESSAGE_SIZE),
          ConfigType.Units.bytes(message),
          "a quarter of journal.segment-size at most: " + ConfigType.Units.bytes(segment / 4));
    }
    return new ServerOptions.JournalLimits(
        segment, journal.number(FileKey.JOURNAL_PENDING_MAX), false);
  }

  private static ServerOptions.Limits limits(SectionValues limits) {
    return new ServerOptions.Limits(
        limits.smallNumber(LimitKey.MAX_MESSAGE_SIZE),
        limits.smallNumber(LimitKey.LINK_CREDIT),
        limits.smallNumber(LimitKey.PARKED_PER_PUBLISHER),
        limits.number(LimitKey.PAYLOAD_MEMORY),
        limits.number(LimitKey.DISK_FREE),
        limits.ratio(LimitKey.MEMORY_RATIO),
        new TransactionLimits(
            limits.smallNumber(LimitKey.TRANSACTION_OPERATIONS),
            limits.number(LimitKey.TRANSACTION_SIZE),
            limits.smallNumber(LimitKey.TRANSACTIONS_PER_CONNECTION),
            limits.smallNumber(LimitKey.TRANSACTIONS_PER_USER),
            limits.smallNumber(LimitKey.TRANSACTIONS_PER_NODE),
            limits.number(LimitKey.TRANSACTION_TIMEOUT)),
        new ServerOptions.SuspendedLinks(
            limits.number(LimitKey.SUSPENDED_LINK_TIMEOUT),
            limits.smallNumber(LimitKey.SUSPENDED_LINKS),
            limits.smallNumber(LimitKey.SUSPENDED_LINKS_PER_USER),
            limits.smallNumber(LimitKey.UNSETTLED_PER_SUSPENDED_LINK),
            limits.smallNumber(LimitKey.UNSETTLED_SUSPENDED)),
        limits.number(LimitKey.CONSUMER_TIMEOUT),
        limits.smallNumber(LimitKey.CONNECTIONS),
        new PublishRate(
            orUnlimited(limits.number(LimitKey.USER_PUBLISH_RATE)),
            orUnlimited(limits.number(LimitKey.USER_PUBLISH_OCTETS))),
        new ConnectionLimits(
            limits.smallNumber(LimitKey.LINKS_PER_CONNECTION),
            limits.smallNumber(LimitKey.UNSETTLED_PER_CONNECTION),
            limits.number(LimitKey.BUFFERED_PER_CONNECTION),
            limits.smallNumber(LimitKey.HANDSHAKES_PER_ADDRESS),
            limits.smallNumber(LimitKey.HANDSHAKES)));
  }

  private static long orUnlimited(long number) {
    return number == 0 ? UserLimits.UNLIMITED : number;
  }

  private static ServerOptions.Audit audit(SectionValues audit) {
    return new ServerOptions.Audit(
        Optional.of(audit.text(FileKey.AUDIT_FILE)).filter(path -> !path.equals(NONE)),
        audit.number(FileKey.AUDIT_ROLL_AT),
        audit.smallNumber(FileKey.AUDIT_FILES_KEPT));
  }

  private List<TopologyDeclaration> topology(SectionValues root) {
    if (!root.has(FileKey.VIRTUAL_HOSTS)) {
      return List.of(
          new TopologyDeclaration("/", Optional.empty(), List.of(), List.of(), List.of()));
    }
    Map<String, TopologyDeclaration> hosts = new LinkedHashMap<>();
    for (SectionValues section : root.sections(FileKey.VIRTUAL_HOSTS)) {
      String name = section.optionalText(TopologyKey.VIRTUAL_HOST_NAME).orElse("");
      TopologyDeclaration host = new TopologyReader(section, errors, warnings).read(name);
      if (hosts.putIfAbsent(name, host) != null && !name.isEmpty()) {
        errors.add(
            section.location(TopologyKey.VIRTUAL_HOST_NAME),
            section.path(TopologyKey.VIRTUAL_HOST_NAME),
            "the virtual host \"" + name + "\" a second time",
            "a name of its own");
      }
    }
    if (hosts.isEmpty()) {
      errors.add(
          root.location(FileKey.VIRTUAL_HOSTS),
          root.path(FileKey.VIRTUAL_HOSTS),
          "an empty list",
          "at least one virtual host");
    }
    return List.copyOf(hosts.values());
  }
}
