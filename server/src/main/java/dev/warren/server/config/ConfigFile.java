package dev.warren.server.config;

import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
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
  private static final String GUEST = "guest";
  private static final String NO_USER = "none";
  private static final String REQUIRED = "required";
  private static final int PASSWORD_HASH_BYTES = 36;

  private final Path file;
  private final ConfigErrors errors;
  private final List<String> warnings = new ArrayList<>();

  private ConfigFile(Path file) {
    this.file = file;
    this.errors = new ConfigErrors(file.toString());
  }

  /**
   * Reads and checks a file.
   *
   * @throws ConfigException if it cannot be read, or if anything in it is wrong
   */
  public static ServerOptions read(Path file) {
    return new ConfigFile(file).options(text(file));
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
    SectionValues listeners = root.section(ConfigKey.LISTENERS);
    ServerOptions options =
        new ServerOptions(
            root.section(ConfigKey.NODE).text(ConfigKey.NODE_NAME),
            dataDirectory(root.section(ConfigKey.DATA)),
            amqp(listeners.section(ConfigKey.LISTENERS_AMQP)),
            webSocket(listeners.section(ConfigKey.LISTENERS_WEB_SOCKET)),
            http(listeners.section(ConfigKey.LISTENERS_HTTP)),
            trace(root.section(ConfigKey.TRACE)),
            journal(root),
            limits(root.section(ConfigKey.LIMITS)),
            access(root),
            topology,
            warnings);
    errors.throwIfAny();
    return options;
  }

  private Path dataDirectory(SectionValues data) {
    Path folder = file.toAbsolutePath().getParent();
    Path directory = Path.of(data.text(ConfigKey.DATA_DIRECTORY));
    return (folder == null ? directory : folder.resolve(directory)).normalize();
  }

  private static ServerOptions.Amqp amqp(SectionValues amqp) {
    return new ServerOptions.Amqp(
        amqp.texts(ConfigKey.AMQP_HOST),
        amqp.smallNumber(ConfigKey.AMQP_PORT),
        amqp.text(ConfigKey.AMQP_PROXY_PROTOCOL).equals(REQUIRED),
        amqp.smallNumber(ConfigKey.AMQP_IDLE_TIMEOUT),
        amqp.smallNumber(ConfigKey.AMQP_MAX_FRAME_SIZE),
        amqp.smallNumber(ConfigKey.AMQP_SESSIONS_MAX),
        amqp.smallNumber(ConfigKey.AMQP_LINKS_MAX),
        amqp.number(ConfigKey.AMQP_HANDSHAKE_TIMEOUT),
        amqp.number(ConfigKey.AMQP_LOGIN_FAILURE_DELAY),
        amqp.smallNumber(ConfigKey.AMQP_OUTBOUND_BUFFER),
        amqp.flag(ConfigKey.AMQP_BARE_QUEUE_NAMES),
        amqp.flag(ConfigKey.AMQP_RABBITMQ_IDENTITY));
  }

  private static ServerOptions.WebSocket webSocket(SectionValues webSocket) {
    return new ServerOptions.WebSocket(
        webSocket.texts(ConfigKey.WEB_SOCKET_HOST),
        webSocket.has(ConfigKey.WEB_SOCKET_PORT)
            ? Optional.of(webSocket.smallNumber(ConfigKey.WEB_SOCKET_PORT))
            : Optional.empty(),
        webSocket.text(ConfigKey.WEB_SOCKET_PROXY_PROTOCOL).equals(REQUIRED),
        webSocket.flag(ConfigKey.WEB_SOCKET_ON_HTTP_PORT),
        names(webSocket, ConfigKey.WEB_SOCKET_ORIGINS));
  }

  private static ServerOptions.Trace trace(SectionValues trace) {
    return new ServerOptions.Trace(
        names(trace, ConfigKey.TRACE_USERS),
        names(trace, ConfigKey.TRACE_ADDRESSES),
        trace.smallNumber(ConfigKey.TRACE_PAYLOAD));
  }

  private static Set<String> names(SectionValues section, ConfigKey key) {
    Set<String> names = new LinkedHashSet<>();
    section.list(key).forEach(name -> names.add((String) name.value()));
    return names;
  }

  private static ServerOptions.Http http(SectionValues http) {
    return new ServerOptions.Http(
        http.text(ConfigKey.HTTP_HOST), http.smallNumber(ConfigKey.HTTP_PORT));
  }

  private ServerOptions.JournalLimits journal(SectionValues root) {
    SectionValues journal = root.section(ConfigKey.JOURNAL);
    int segment = journal.smallNumber(ConfigKey.JOURNAL_SEGMENT_SIZE);
    if (segment % 4096 != 0) {
      errors.add(
          journal.location(ConfigKey.JOURNAL_SEGMENT_SIZE),
          journal.path(ConfigKey.JOURNAL_SEGMENT_SIZE),
          segment + " bytes",
          "a multiple of 4KiB");
    }
    SectionValues limits = root.section(ConfigKey.LIMITS);
    long message = limits.number(ConfigKey.LIMITS_MAX_MESSAGE_SIZE);
    if (message > segment / 4) {
      errors.add(
          limits.location(ConfigKey.LIMITS_MAX_MESSAGE_SIZE),
          limits.path(ConfigKey.LIMITS_MAX_MESSAGE_SIZE),
          ConfigType.Units.bytes(message),
          "a quarter of journal.segment-size at most: " + ConfigType.Units.bytes(segment / 4));
    }
    return new ServerOptions.JournalLimits(
        segment, journal.number(ConfigKey.JOURNAL_PENDING_MAX), false);
  }

  private static ServerOptions.Limits limits(SectionValues limits) {
    return new ServerOptions.Limits(
        limits.smallNumber(ConfigKey.LIMITS_MAX_MESSAGE_SIZE),
        limits.smallNumber(ConfigKey.LIMITS_LINK_CREDIT),
        limits.smallNumber(ConfigKey.LIMITS_PARKED_PER_PUBLISHER),
        limits.number(ConfigKey.LIMITS_PAYLOAD_MEMORY),
        limits.number(ConfigKey.LIMITS_DISK_FREE),
        limits.ratio(ConfigKey.LIMITS_MEMORY_RATIO),
        new TransactionLimits(
            limits.smallNumber(ConfigKey.LIMITS_TRANSACTION_OPERATIONS),
            limits.number(ConfigKey.LIMITS_TRANSACTION_SIZE),
            limits.smallNumber(ConfigKey.LIMITS_TRANSACTIONS_PER_CONNECTION),
            limits.smallNumber(ConfigKey.LIMITS_TRANSACTIONS_PER_NODE),
            limits.number(ConfigKey.LIMITS_TRANSACTION_TIMEOUT)),
        new ServerOptions.SuspendedLinks(
            limits.number(ConfigKey.LIMITS_SUSPENDED_LINK_TIMEOUT),
            limits.smallNumber(ConfigKey.LIMITS_SUSPENDED_LINKS),
            limits.smallNumber(ConfigKey.LIMITS_SUSPENDED_LINKS_PER_USER),
            limits.smallNumber(ConfigKey.LIMITS_UNSETTLED_PER_SUSPENDED_LINK),
            limits.smallNumber(ConfigKey.LIMITS_UNSETTLED_SUSPENDED)),
        limits.number(ConfigKey.LIMITS_CONSUMER_TIMEOUT));
  }

  private ServerOptions.Access access(SectionValues root) {
    Map<String, User> users = new LinkedHashMap<>();
    if (root.has(ConfigKey.USERS)) {
      root.sections(ConfigKey.USERS).forEach(section -> addUser(section, users));
    } else {
      users.put(GUEST, User.of(GUEST, PasswordHash.compatible(GUEST), Set.of(User.ADMINISTRATOR)));
    }
    Set<String> loopback = new LinkedHashSet<>();
    if (root.has(ConfigKey.LOOPBACK_USERS)) {
      int index = 0;
      for (SectionValues.Located name : root.list(ConfigKey.LOOPBACK_USERS)) {
        String path = root.path(ConfigKey.LOOPBACK_USERS) + "[" + index++ + "]";
        checkUser(name.location(), path, (String) name.value(), users);
        loopback.add((String) name.value());
      }
    } else {
      loopback.add(GUEST);
    }
    return new ServerOptions.Access(List.copyOf(users.values()), loopback, anonymous(root, users));
  }

  private Optional<String> anonymous(SectionValues root, Map<String, User> users) {
    Optional<String> name = root.optionalText(ConfigKey.ANONYMOUS_USER);
    if (name.isEmpty()) {
      return Optional.of(GUEST).filter(users::containsKey);
    }
    if (name.get().equals(NO_USER)) {
      return Optional.empty();
    }
    ConfigKey key = ConfigKey.ANONYMOUS_USER;
    checkUser(root.location(key), root.path(key), name.get(), users);
    return name;
  }

  private void checkUser(Location location, String path, String name, Map<String, User> users) {
    if (!users.containsKey(name)) {
      errors.add(
          location,
          path,
          "the user \"" + name + "\", who is not among users",
          "the name of one who is" + Suggestion.didYouMean(name, users.keySet()));
    }
  }

  private void addUser(SectionValues section, Map<String, User> users) {
    Optional<String> name = section.optionalText(ConfigKey.USER_NAME);
    Optional<String> password = section.optionalText(ConfigKey.USER_PASSWORD);
    Optional<String> hash = section.optionalText(ConfigKey.USER_PASSWORD_HASH);
    if (section.has(ConfigKey.USER_PASSWORD) && section.has(ConfigKey.USER_PASSWORD_HASH)) {
      errors.add(
          section.location(), section.path(), "both password and password-hash", "one of them");
    } else if (password.isEmpty() && hash.isEmpty()) {
      errors.add(section.location(), section.path(), "no password", "password or password-hash");
    }
    if (hash.isPresent() && !isHash(hash.get())) {
      errors.add(
          section.location(ConfigKey.USER_PASSWORD_HASH),
          section.path(ConfigKey.USER_PASSWORD_HASH),
          "other text",
          "base64 of " + PASSWORD_HASH_BYTES + " bytes");
    }
    if (name.isEmpty()) {
      return;
    }
    Set<String> tags = new LinkedHashSet<>();
    section.list(ConfigKey.USER_TAGS).forEach(tag -> tags.add((String) tag.value()));
    PasswordHash stored =
        hash.filter(ConfigFile::isHash)
            .map(text -> PasswordHash.parse(text, "rabbit_password_hashing_sha256"))
            .orElseGet(() -> PasswordHash.compatible(password.orElse("")));
    User user = new User(name.get(), stored, tags, UserLimits.NONE, true);
    if (users.putIfAbsent(name.get(), user) != null) {
      errors.add(
          section.location(ConfigKey.USER_NAME),
          section.path(ConfigKey.USER_NAME),
          "the user \"" + name.get() + "\" a second time",
          "a name of its own");
    }
  }

  private static boolean isHash(String hash) {
    try {
      return Base64.getDecoder().decode(hash).length == PASSWORD_HASH_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<TopologyDeclaration> topology(SectionValues root) {
    if (!root.has(ConfigKey.VIRTUAL_HOSTS)) {
      return List.of(new TopologyDeclaration("/", List.of(), List.of(), List.of()));
    }
    Map<String, TopologyDeclaration> hosts = new LinkedHashMap<>();
    for (SectionValues section : root.sections(ConfigKey.VIRTUAL_HOSTS)) {
      String name = section.optionalText(ConfigKey.VIRTUAL_HOST_NAME).orElse("");
      TopologyDeclaration host = new TopologyReader(section, errors, warnings).read(name);
      if (hosts.putIfAbsent(name, host) != null && !name.isEmpty()) {
        errors.add(
            section.location(ConfigKey.VIRTUAL_HOST_NAME),
            section.path(ConfigKey.VIRTUAL_HOST_NAME),
            "the virtual host \"" + name + "\" a second time",
            "a name of its own");
      }
    }
    if (hosts.isEmpty()) {
      errors.add(
          root.location(ConfigKey.VIRTUAL_HOSTS),
          root.path(ConfigKey.VIRTUAL_HOSTS),
          "an empty list",
          "at least one virtual host");
    }
    return List.copyOf(hosts.values());
  }
}
