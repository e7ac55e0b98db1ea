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
    SectionValues listeners = root.section(FileKey.LISTENERS);
    ServerOptions options =
        new ServerOptions(
            root.section(FileKey.NODE).text(FileKey.NODE_NAME),
            dataDirectory(root.section(FileKey.DATA)),
            amqp(listeners.section(ListenerKey.AMQP)),
            webSocket(listeners.section(ListenerKey.WEB_SOCKET)),
            http(listeners.section(ListenerKey.HTTP)),
            new TlsReader(file, errors).read(root),
            trace(root.section(FileKey.TRACE)),
            journal(root),
            limits(root.section(FileKey.LIMITS)),
            access(root),
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

  private static ServerOptions.Http http(SectionValues http) {
    return new ServerOptions.Http(
        http.text(ListenerKey.HTTP_HOST), http.smallNumber(ListenerKey.HTTP_PORT));
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
            limits.smallNumber(LimitKey.TRANSACTIONS_PER_NODE),
            limits.number(LimitKey.TRANSACTION_TIMEOUT)),
        new ServerOptions.SuspendedLinks(
            limits.number(LimitKey.SUSPENDED_LINK_TIMEOUT),
            limits.smallNumber(LimitKey.SUSPENDED_LINKS),
            limits.smallNumber(LimitKey.SUSPENDED_LINKS_PER_USER),
            limits.smallNumber(LimitKey.UNSETTLED_PER_SUSPENDED_LINK),
            limits.smallNumber(LimitKey.UNSETTLED_SUSPENDED)),
        limits.number(LimitKey.CONSUMER_TIMEOUT));
  }

  private ServerOptions.Access access(SectionValues root) {
    Map<String, User> users = new LinkedHashMap<>();
    if (root.has(FileKey.USERS)) {
      root.sections(FileKey.USERS).forEach(section -> addUser(section, users));
    } else {
      users.put(GUEST, User.of(GUEST, PasswordHash.compatible(GUEST), Set.of(User.ADMINISTRATOR)));
    }
    Set<String> loopback = new LinkedHashSet<>();
    if (root.has(FileKey.LOOPBACK_USERS)) {
      int index = 0;
      for (SectionValues.Located name : root.list(FileKey.LOOPBACK_USERS)) {
        String path = root.path(FileKey.LOOPBACK_USERS) + "[" + index++ + "]";
        checkUser(name.location(), path, (String) name.value(), users);
        loopback.add((String) name.value());
      }
    } else {
      loopback.add(GUEST);
    }
    return new ServerOptions.Access(List.copyOf(users.values()), loopback, anonymous(root, users));
  }

  private Optional<String> anonymous(SectionValues root, Map<String, User> users) {
    Optional<String> name = root.optionalText(FileKey.ANONYMOUS_USER);
    if (name.isEmpty()) {
      return Optional.of(GUEST).filter(users::containsKey);
    }
    if (name.get().equals(NO_USER)) {
      return Optional.empty();
    }
    ConfigKey key = FileKey.ANONYMOUS_USER;
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
    Optional<String> name = section.optionalText(AccessKey.USER_NAME);
    Optional<String> password = section.optionalText(AccessKey.USER_PASSWORD);
    Optional<String> hash = section.optionalText(AccessKey.USER_PASSWORD_HASH);
    if (section.has(AccessKey.USER_PASSWORD) && section.has(AccessKey.USER_PASSWORD_HASH)) {
      errors.add(
          section.location(), section.path(), "both password and password-hash", "one of them");
    } else if (password.isEmpty() && hash.isEmpty()) {
      errors.add(section.location(), section.path(), "no password", "password or password-hash");
    }
    if (hash.isPresent() && !isHash(hash.get())) {
      errors.add(
          section.location(AccessKey.USER_PASSWORD_HASH),
          section.path(AccessKey.USER_PASSWORD_HASH),
          "other text",
          "base64 of " + PASSWORD_HASH_BYTES + " bytes");
    }
    if (name.isEmpty()) {
      return;
    }
    Set<String> tags = new LinkedHashSet<>();
    section.list(AccessKey.USER_TAGS).forEach(tag -> tags.add((String) tag.value()));
    PasswordHash stored =
        hash.filter(ConfigFile::isHash)
            .map(text -> PasswordHash.parse(text, "rabbit_password_hashing_sha256"))
            .orElseGet(() -> PasswordHash.compatible(password.orElse("")));
    User user = new User(name.get(), stored, tags, UserLimits.NONE, true);
    if (users.putIfAbsent(name.get(), user) != null) {
      errors.add(
          section.location(AccessKey.USER_NAME),
          section.path(AccessKey.USER_NAME),
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
    if (!root.has(FileKey.VIRTUAL_HOSTS)) {
      return List.of(new TopologyDeclaration("/", List.of(), List.of(), List.of()));
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
