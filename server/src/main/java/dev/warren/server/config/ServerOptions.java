package dev.warren.server.config;

import dev.warren.amqp.ConnectionLimits;
import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.User;
import dev.warren.server.tls.TlsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything the configuration file says, checked. Immutable.
 *
 * @param nodeName what the node is called
 * @param dataDirectory absolute
 * @param topology one for each virtual host
 * @param metrics the listener for Prometheus, if there is one
 * @param warnings what is accepted but has no effect or is not safe, for the log
 */
public record ServerOptions(
    String nodeName,
    Path dataDirectory,
    Amqp amqp,
    WebSocket webSocket,
    Http http,
    Optional<Metrics> metrics,
    TlsOptions tls,
    Trace trace,
    JournalLimits journal,
    Limits limits,
    LoginSettings logins,
    Access access,
    Audit audit,
    List<TopologyDeclaration> topology,
    List<String> warnings) {
  private static final String LOOPBACK = "127.0.0.1";

  /** Copies the lists. */
  public ServerOptions {
    topology = List.copyOf(topology);
    warnings = List.copyOf(warnings);
  }

  /** The same with what the command line names instead. */
  public ServerOptions with(Overrides overrides) {
    return new ServerOptions(
        nodeName,
        overrides.dataDirectory().map(Path::toAbsolutePath).orElse(dataDirectory).normalize(),
        amqp.withPort(overrides.amqpPort().orElse(amqp.port())),
        webSocket,
        http.withPort(overrides.httpPort().orElse(http.port())),
        metrics
            .or(() -> overrides.metricsPort().map(named -> new Metrics(LOOPBACK, named)))
            .map(listener -> listener.with(overrides)),
        tls,
        trace,
        new JournalLimits(
            journal.segmentBytes(), journal.pendingBytesMax(), overrides.acceptJournalDamage()),
        limits,
        logins,
        access,
        audit,
        topology,
        warnings);
  }

  /** The AMQP listener; sizes in bytes, times in milliseconds. */
  public record Amqp(
      List<String> hosts,
      int port,
      boolean proxyProtocol,
      int idleTimeoutMs,
      int maxFrameSize,
      int sessionsMax,
      int linksMax,
      long handshakeTimeoutMs,
      long loginFailureDelayMs,
      int outboundBytesMax,
      boolean bareQueueNames,
      boolean rabbitMqIdentity) {
    /** Copies the list. */
    public Amqp {
      hosts = List.copyOf(hosts);
    }

    Amqp withPort(int newPort) {
      return new Amqp(
          hosts,
          newPort,
          proxyProtocol,
          idleTimeoutMs,
          maxFrameSize,
          sessionsMax,
          linksMax,
          handshakeTimeoutMs,
          loginFailureDelayMs,
          outboundBytesMax,
          bareQueueNames,
          rabbitMqIdentity);
    }
  }

  /**
   * AMQP over WebSocket.
   *
   * @param port of its own, or empty if it has none
   * @param onHttpPort whether the HTTP listener takes WebSockets too
   * @param origins of pages which may connect, besides the listener's own
   */
  public record WebSocket(
      List<String> hosts,
      Optional<Integer> port,
      boolean proxyProtocol,
      boolean onHttpPort,
      Set<String> origins) {
    /** Copies the collections. */
    public WebSocket {
      hosts = List.copyOf(hosts);
      origins = Set.copyOf(origins);
    }
  }

  /** Connections whose frames are traced, and how many octets of each payload. */
  public record Trace(Set<String> users, Set<String> addresses, int payloadBytes) {
    /** Copies the sets. */
    public Trace {
      users = Set.copyOf(users);
      addresses = Set.copyOf(addresses);
    }
  }

  /** The listener for Prometheus. */
  public record Metrics(String host, int port) {
    /** A broker whose HTTP port is any free one does not take a certain one for its metrics. */
    Metrics with(Overrides overrides) {
      boolean isAny = overrides.httpPort().filter(http -> http == 0).isPresent();
      return new Metrics(host, overrides.metricsPort().orElse(isAny ? 0 : port));
    }
  }

  /**
   * The HTTP listener.
   *
   * @param corsOrigins of other sites whose pages may use the API
   * @param statisticsIntervalMs between two samples of the counters
   */
  public record Http(String host, int port, Set<String> corsOrigins, long statisticsIntervalMs) {
    /** Copies the set. */
    public Http {
      corsOrigins = Set.copyOf(corsOrigins);
    }

    Http withPort(int newPort) {
      return new Http(host, newPort, corsOrigins, statisticsIntervalMs);
    }
  }

  /**
   * Sizes of the journal.
   *
   * @param acceptDamage whether what is damaged may be given up at this start
   */
  public record JournalLimits(int segmentBytes, long pendingBytesMax, boolean acceptDamage) {}

  /** What keeps the broker within its means. */
  public record Limits(
      int messageBytesMax,
      int linkCredit,
      int parkedPerPublisher,
      long payloadBytesMax,
      long diskFreeLimitBytes,
      double memoryLimitRatio,
      TransactionLimits transactions,
      SuspendedLinks suspendedLinks,
      long consumerTimeoutMs,
      int connectionsMax,
      PublishRate userPublishRate,
      ConnectionLimits connections) {}

  /** What is kept of links that are detached. */
  public record SuspendedLinks(
      long timeoutMsMax,
      int linksMax,
      int linksPerUserMax,
      int deliveriesPerLinkMax,
      int deliveriesMax) {}

  /**
   * Who may log in, and from where.
   *
   * @param users those of the file, or the default one, which the file does not declare
   * @param permissions of those users: {@link AccessChange.PutPermissions} and {@link
   *     AccessChange.PutTopicPermissions}
   * @param loopbackOnly names of users
   */
  public record Access(
      List<User> users,
      List<AccessChange> permissions,
      Set<String> loopbackOnly,
      Optional<String> anonymous) {
    /** Copies the collections. */
    public Access {
      users = List.copyOf(users);
      permissions = List.copyOf(permissions);
      loopbackOnly = Set.copyOf(loopbackOnly);
    }
  }

  /**
   * The record of what was changed and refused.
   *
   * @param path of the file, absolute or from the data directory; empty if there is none
   * @param rollBytes length at which a new file begins
   * @param filesKept older files kept
   */
  public record Audit(Optional<String> path, long rollBytes, int filesKept) {}

  /** The audit file, if there is one. */
  public Optional<Path> auditFile() {
    return audit.path().map(path -> dataDirectory.resolve(path).normalize());
  }

  /** What the command line or the environment names in place of the file. */
  public record Overrides(
      Optional<Path> dataDirectory,
      Optional<Integer> amqpPort,
      Optional<Integer> httpPort,
      Optional<Integer> metricsPort,
      boolean acceptJournalDamage) {
    /** Nothing is named. */
    public static final Overrides NONE =
        new Overrides(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
  }
}
