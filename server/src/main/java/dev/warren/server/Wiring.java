package dev.warren.server;

import dev.warren.amqp.AmqpListener;
import dev.warren.amqp.AmqpServer;
import dev.warren.amqp.AmqpServerOptions;
import dev.warren.amqp.AmqpServerOptions.Identity;
import dev.warren.amqp.ListenException;
import dev.warren.amqp.TraceRules;
import dev.warren.amqp.VertxEventLoops;
import dev.warren.amqp.WebSocketOrigins;
import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.BrokerOptions;
import dev.warren.core.broker.Management.ListenerInfo;
import dev.warren.core.journal.CorruptJournalException;
import dev.warren.core.journal.DataDirectoryLockedException;
import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalException;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.core.routing.TopologyException;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;
import dev.warren.management.HttpLogins;
import dev.warren.management.ListenFailedException;
import dev.warren.management.ManagedBroker;
import dev.warren.management.ManagementOptions;
import dev.warren.management.ManagementServer;
import dev.warren.management.Product;
import dev.warren.management.metrics.MetricsServer;
import dev.warren.management.metrics.MetricsSource;
import dev.warren.server.audit.AuditFile;
import dev.warren.server.config.LoginSettings;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.oauth.JwtVerifier;
import dev.warren.server.tls.UnusableCertificateException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Warren: builds all parts from the options, starts them in order and stops them in
 * reverse. The only class that knows every part. Owned by the thread that starts it; {@link #close}
 * may be called by another one, but never by an event loop, because it waits.
 */
public final class Wiring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
  private static final int EVENT_LOOPS_MIN = 2;
  private static final int WORKERS = 2;
  private static final long WAIT_SECONDS_MAX = 30;

  private static final String DAMAGE_ADVICE =
      """

      Nothing was changed. Restore the data directory from a backup, or start once with
      --accept-journal-damage. That gives up for good what these places held:
        messages: they are lost, in every queue they were in
        settlements: their messages come again, as if nobody had taken them
        counts of deliveries: they begin anew
        exchanges, queues and bindings: what was declared there must be declared again
      Everything else is kept. Each damaged file is copied to damaged-*.bin beside it first, and
      messages whose queue is lost to orphaned-*.bin; nothing is deleted.""";

  private final Deque<AutoCloseable> toStop = new ArrayDeque<>();
  private final Broker broker;
  private final AmqpServer amqp;
  private final List<ListenerInfo> listeners = new ArrayList<>();
  private final int amqpPort;
  private final int webSocketPort;
  private final ManagementServer management;
  private final TlsListeners tls;
  private final Optional<MetricsServer> metrics;

  private Wiring(ServerOptions options, LoginSettings logins, BrokerClock clock) {
    try {
      tls = TlsListeners.open(options.tls(), clock);
      Journal journal = stopLater(openJournal(options, clock));
      Optional<AuditFile> auditFile = openAuditFile(options, clock);
      Vertx vertx = Vertx.vertx(vertxOptions());
      stopLater(() -> await(vertx.close()));
      VertxEventLoops loops = VertxEventLoops.of(vertx);
      broker = stopLater(openBroker(options, journal, loops, clock));
      broker.connections().limit(options.limits().connectionsMax());
      auditFile.ifPresent(broker.audit()::listenToAll);
      Exposure.of(options, logins.amqp())
          .warnings(options.access(), broker.access().rules())
          .forEach(warning -> LOG.warn("not safe {}", warning));
      Authenticator authenticator = stopLater(authenticator(logins, clock));
      Mechanisms mechanisms = new Mechanisms(broker.access(), authenticator, logins.amqp());
      amqp =
          new AmqpServer(loops, broker, amqpOptions(options), clock, tracing(options), mechanisms);
      stopLater(() -> await(amqp.close()));
      amqpPort = listenForAmqp(options);
      webSocketPort = listenForWebSockets(options);
      management = management(options, authenticator, vertx, clock);
      management.allowOrigins(options.http().corsOrigins());
      tls.secure(management, vertx);
      if (options.webSocket().onHttpPort()) {
        management.delegate(
            AmqpServer.WEB_SOCKET_PATH,
            amqp.webSockets(new WebSocketOrigins(options.webSocket().origins())));
      }
      await(management.listen());
      stopLater(() -> await(management.close()));
      if (management.port() > 0) {
        listeners.add(ListenerInfo.plain("http", options.http().host(), management.port()));
      }
      tls.opened(management, options.http().host());
      metrics =
          options.metrics().map(listener -> openMetrics(listener, authenticator, vertx, clock));
      // First to stop: it must not give certificates to listeners that are closed.
      stopLater(tls).watch(broker, listeners);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything; returns when clients can connect.
   *
   * @throws StartFailedException if anything stands in the way; then nothing is left running
   */
  public static Wiring start(ServerOptions options, BrokerClock clock) {
    return start(options, options.logins(), clock);
  }

  /**
   * The same with other ways of logging in.
   *
   * @throws StartFailedException if anything stands in the way; then nothing is left running
   */
  public static Wiring start(ServerOptions options, LoginSettings logins, BrokerClock clock) {
    options.warnings().forEach(warning -> LOG.warn("configuration {}", warning));
    try {
      return new Wiring(options, logins, clock);
    } catch (UnusableCertificateException e) {
      throw new StartFailedException(ExitCode.CONFIGURATION, e.text(), e);
    } catch (DataDirectoryLockedException e) {
      String text =
          "the data directory %s is in use by process %s"
              .formatted(options.dataDirectory(), e.holder());
      throw new StartFailedException(ExitCode.DATA_LOCKED, text, e);
    } catch (CorruptJournalException e) {
      String text = e.getMessage() + (e.places().isEmpty() ? "" : DAMAGE_ADVICE);
      throw new StartFailedException(ExitCode.JOURNAL, text, e);
    } catch (JournalException e) {
      throw new StartFailedException(ExitCode.JOURNAL, withCause(e), e);
    } catch (BrokerException | TopologyException e) {
      String text = "what the journal holds differs from the configuration: " + e.getMessage();
      throw new StartFailedException(ExitCode.CONFIGURATION, text, e);
    } catch (ListenException | ListenFailedException e) {
      throw new StartFailedException(ExitCode.PORT_IN_USE, String.valueOf(e.getMessage()), e);
    }
  }

  private static FileJournal openJournal(ServerOptions options, BrokerClock clock) {
    JournalOptions defaults = JournalOptions.DEFAULTS;
    FileJournal journal =
        FileJournal.open(
            options.dataDirectory(),
            new JournalOptions(
                options.journal().segmentBytes(),
                options.journal().pendingBytesMax(),
                Math.min(defaults.batchBytesMax(), options.journal().segmentBytes()),
                defaults.readBatchMax(),
                defaults.spareSegmentsMax()),
            clock);
    if (options.journal().acceptDamage()) {
      journal.acceptDamage();
    }
    journal.onProgress(
        new RecoveryDisplay(System.out, Boolean.getBoolean("warren.terminal"), clock));
    return journal;
  }

  /** Before the broker, so that it is closed after it. */
  private Optional<AuditFile> openAuditFile(ServerOptions options, BrokerClock clock) {
    Optional<Path> path = options.auditFile();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    ServerOptions.Audit audit = options.audit();
    try {
      return Optional.of(
          stopLater(AuditFile.open(path.get(), audit.rollBytes(), audit.filesKept(), clock)));
    } catch (IOException e) {
      throw new StartFailedException(
          ExitCode.CONFIGURATION, "the audit file: " + e.getMessage(), e);
    }
  }

  private static VertxOptions vertxOptions() {
    return new VertxOptions()
        .setEventLoopPoolSize(Math.max(EVENT_LOOPS_MIN, Runtime.getRuntime().availableProcessors()))
        .setWorkerPoolSize(WORKERS)
        .setInternalBlockingPoolSize(WORKERS)
        .setPreferNativeTransport(false)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static Broker openBroker(
      ServerOptions options, Journal journal, VertxEventLoops loops, BrokerClock clock) {
    ServerOptions.Limits limits = options.limits();
    return Broker.open(
        new Broker.Parts(
            new BrokerOptions(
                options.nodeName(),
                Version.text(),
                limits.payloadBytesMax(),
                limits.parkedPerPublisher(),
                limits.diskFreeLimitBytes(),
                limits.memoryLimitRatio(),
                limits.transactions(),
                limits.consumerTimeoutMs(),
                limits.userPublishRate()),
            journal,
            options.dataDirectory(),
            loops.loops(),
            DesiredAccess.of(options),
            clock),
        DesiredTopology.of(options.topology()));
  }

  private Authenticator authenticator(LoginSettings logins, BrokerClock clock) {
    TokenVerifier tokens = TokenVerifier.NONE;
    try {
      if (logins.oauth().isPresent()) {
        tokens = JwtVerifier.open(logins.oauth().get(), clock);
      }
    } catch (IllegalArgumentException e) {
      throw new StartFailedException(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }
    Authenticator authenticator =
        AuditedLogins.authenticator(broker.access(), tokens, logins.checks(), clock);
    authenticator.prepareScram();
    return authenticator;
  }

  /** Opens the same port on every address; returns it. */
  private int listenForAmqp(ServerOptions options) {
    ServerOptions.Amqp plain = options.amqp();
    tls.listenForAmqp(amqp, plain.hosts(), plain.proxyProtocol());
    if (tls.isAmqpOnly()) {
      return 0;
    }
    int port = plain.port();
    for (String host : plain.hosts()) {
      port =
          await(amqp.listen(new AmqpListener(host, port, plain.proxyProtocol(), Optional.empty())));
      listeners.add(ListenerInfo.plain("amqp", host, port));
    }
    return port;
  }

  /** The same for WebSockets; returns 0 if they have no port of their own. */
  private int listenForWebSockets(ServerOptions options) {
    ServerOptions.WebSocket plain = options.webSocket();
    WebSocketOrigins origins = new WebSocketOrigins(plain.origins());
    tls.listenForWebSockets(amqp, plain.hosts(), plain.proxyProtocol(), origins);
    if (plain.port().isEmpty()) {
      return 0;
    }
    int port = plain.port().get();
    for (String host : plain.hosts()) {
      port =
          await(
              amqp.listen(
                  new AmqpListener(host, port, plain.proxyProtocol(), Optional.of(origins))));
      listeners.add(ListenerInfo.plain("http/web-amqp", host, port));
    }
    return port;
  }

  private static TraceRules tracing(ServerOptions options) {
    ServerOptions.Trace trace = options.trace();
    return new TraceRules(trace.users(), trace.addresses(), trace.payloadBytes());
  }

  private static AmqpServerOptions amqpOptions(ServerOptions options) {
    ServerOptions.Amqp amqp = options.amqp();
    ServerOptions.SuspendedLinks kept = options.limits().suspendedLinks();
    return new AmqpServerOptions(
        amqp.hosts().get(0),
        amqp.port(),
        amqp.idleTimeoutMs(),
        amqp.maxFrameSize(),
        amqp.sessionsMax() - 1,
        amqp.linksMax() - 1,
        options.limits().messageBytesMax(),
        options.limits().linkCredit(),
        amqp.handshakeTimeoutMs(),
        amqp.loginFailureDelayMs(),
        amqp.outboundBytesMax(),
        amqp.bareQueueNames(),
        amqp.rabbitMqIdentity()
            ? Identity.compatible(Version.text())
            : Identity.plain(Version.text()),
        new AmqpServerOptions.Suspension(
            kept.timeoutMsMax(),
            kept.linksMax(),
            kept.linksPerUserMax(),
            kept.deliveriesPerLinkMax(),
            kept.deliveriesMax()),
        options.limits().connections());
  }

  private ManagementServer management(
      ServerOptions options, Authenticator authenticator, Vertx vertx, BrokerClock clock) {
    return new ManagementServer(
        vertx,
        ManagementOptions.defaults()
            .withAddress(options.http().host(), options.http().port())
            .withSampleIntervalMs(options.http().statisticsIntervalMs())
            .withMessageBytesMax(options.limits().messageBytesMax()),
        new Product("Warren", Version.text()),
        ManagedBroker.of(broker),
        new HttpLogins(broker.access(), authenticator, options.amqp().loginFailureDelayMs()),
        clock);
  }

  private MetricsServer openMetrics(
      ServerOptions.Metrics listener, Authenticator authenticator, Vertx vertx, BrokerClock clock) {
    MetricsSource source =
        MetricsSource.of("Warren", Version.text(), broker, authenticator.counters());
    MetricsServer server =
        new MetricsServer(vertx, listener.host(), listener.port(), source, clock);
    await(server.listen());
    stopLater(() -> await(server.close()));
    listeners.add(ListenerInfo.plain("http/prometheus", listener.host(), server.port()));
    return server;
  }

  private <T extends AutoCloseable> T stopLater(T part) {
    toStop.push(part);
    return part;
  }

  /** The port AMQP listens on without TLS; 0 if there is none. */
  public int amqpPort() {
    return amqpPort;
  }

  /** The ports with TLS. */
  public TlsListeners tls() {
    return tls;
  }

  /** The port of its own that AMQP over WebSocket listens on; 0 if it has none. */
  public int webSocketPort() {
    return webSocketPort;
  }

  /** The port API and console listen on without TLS; 0 if there is none. */
  public int httpPort() {
    return management.port();
  }

  /** The port metrics are read at; 0 if there is none. */
  public int metricsPort() {
    return metrics.map(MetricsServer::port).orElse(0);
  }

  /** Every endpoint of the API, as its method and its path template below {@code /api}. */
  public List<String> httpEndpoints() {
    return management.endpoints();
  }

  /** What the journal held at the start. */
  public RecoveryReport recovery() {
    return broker.recovery();
  }

  /** Queues that exist, of all virtual hosts. */
  public int queues() {
    return broker.management().queues(null).size();
  }

  /**
   * Stops everything in reverse order: no new clients, connections closed, the journal written out.
   * What fails is logged and the rest goes on. Idempotent.
   */
  @Override
  public void close() {
    while (!toStop.isEmpty()) {
      try {
        toStop.pop().close();
      } catch (Exception e) {
        LOG.error("a part did not stop in order", e);
      }
    }
  }

  /** Waits for the end of something at start or stop, where nothing else is to be done. */
  static <T> T await(Future<T> future) {
    CountDownLatch done = new CountDownLatch(1);
    future.onComplete(ignored -> done.countDown());
    try {
      if (!done.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no end after " + WAIT_SECONDS_MAX + " seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    Throwable failure = future.cause();
    if (failure instanceof RuntimeException known) {
      throw known;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return future.result();
  }

  private static String withCause(Exception e) {
    return e.getCause() == null
        ? String.valueOf(e.getMessage())
        : e.getMessage() + ": " + e.getCause();
  }
}
