package dev.warren.amqp;

import dev.warren.amqp.engine.WebSocketOctets;
import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.ConnectionView.Address;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The AMQP 1.0 listeners. One Vert.x server per event loop shares a port, so that connections are
 * spread over all loops and each lives on one. {@link #listen}, {@link #close} and {@link #port}
 * may be called by any thread but an event loop's own blocking on the result.
 */
public final class AmqpServer {
  /** Where WebSockets are opened, on a port of their own and on one that serves HTTP too. */
  public static final String WEB_SOCKET_PATH = "/ws";

  private static final Logger LOG = LoggerFactory.getLogger(AmqpServer.class);
  private static final long CLOSE_POLL_MS = 20;
  private static final int CLOSE_POLLS_MAX = 100;
  private static final AtomicInteger LAST_SHARED = new AtomicInteger();

  private final VertxEventLoops eventLoops;
  private final FrontContext context;
  private final Handshakes handshakes;
  private final List<AmqpLoop> loops = new ArrayList<>();
  private final List<Supplier<Future<Void>>> servers = new ArrayList<>();
  private boolean ownAuthenticator;

  /** How a listener is given other certificates. */
  private final Map<AmqpListener, Function<ServerSSLOptions, Future<Boolean>>> certificates =
      new ConcurrentHashMap<>();

  private volatile int port;

  /**
   * Creates the server; no connection is traced from its start.
   *
   * @param eventLoops the loops the broker was made of, in the same order
   */
  public AmqpServer(
      VertxEventLoops eventLoops, Broker broker, AmqpServerOptions options, BrokerClock clock) {
    this(eventLoops, broker, options, clock, TraceRules.NONE);
  }

  /**
   * Creates the server; clients log in by passwords.
   *
   * @param eventLoops the loops the broker was made of, in the same order
   * @param tracing which connections are traced from their start
   */
  public AmqpServer(
      VertxEventLoops eventLoops,
      Broker broker,
      AmqpServerOptions options,
      BrokerClock clock,
      TraceRules tracing) {
    this(
        eventLoops,
        broker,
        options,
        clock,
        tracing,
        new Mechanisms(
            broker.access(),
            AuditedLogins.authenticator(
                broker.access(), TokenVerifier.NONE, Authenticator.Options.DEFAULTS, clock),
            LoginOptions.DEFAULTS));
    ownAuthenticator = true;
  }

  /**
   * Creates the server.
   *
   * @param eventLoops the loops the broker was made of, in the same order
   * @param tracing which connections are traced from their start
   * @param mechanisms by which clients log in; their authenticator is the caller's to close
   */
  public AmqpServer(
      VertxEventLoops eventLoops,
      Broker broker,
      AmqpServerOptions options,
      BrokerClock clock,
      TraceRules tracing,
      Mechanisms mechanisms) {
    this.eventLoops = eventLoops;
    if (broker.loops().size() != eventLoops.size()) {
      throw new IllegalArgumentException("the broker was not made of these event loops");
    }
    context =
        new FrontContext(
            broker,
            options,
            mechanisms,
            new AddressParser(options.bareQueueNames()),
            clock,
            new KeptLinks(options.suspension()),
            tracing);
    handshakes = new Handshakes(options.connectionLimits());
    for (BrokerLoop loop : broker.loops()) {
      loops.add(new AmqpLoop(loop, context));
    }
  }

  /**
   * Opens the port of the options, for AMQP over TCP.
   *
   * @return the port bound, or a {@link ListenException}
   */
  public Future<Integer> listen() {
    return listen(AmqpListener.tcp(context.options().host(), context.options().port()))
        .onSuccess(chosen -> port = chosen);
  }

  /**
   * Opens one more port; may be called several times.
   *
   * @return the port bound, or a {@link ListenException}
   */
  public Future<Integer> listen(AmqpListener listener) {
    // Vert.x takes a negative port for one the system chooses and servers of the same number share;
    // but not for HTTP, where a port the system chooses has one server only.
    boolean free = listener.port() == 0;
    boolean web = listener.webSocket().isPresent();
    int wanted = free && !web ? -1 - LAST_SHARED.incrementAndGet() : listener.port();
    Future<Integer> bound = listen(0, listener, wanted);
    for (int i = 1; i < (free && web ? 1 : loops.size()); i++) {
      int index = i;
      bound = bound.compose(unused -> listen(index, listener, wanted));
    }
    return bound.onSuccess(
        chosen ->
            LOG.info(
                "amqp listens address={} tls={} websocket={} proxy-protocol={}",
                new Address(listener.host(), chosen),
                listener.tls().isPresent(),
                web,
                listener.proxyProtocol()));
  }

  /**
   * Gives a listener with TLS other certificates, for the connections to come.
   *
   * @param listener as it was given to {@link #listen(AmqpListener)}
   */
  public Future<Void> updateTls(AmqpListener listener, ServerSSLOptions options) {
    Function<ServerSSLOptions, Future<Boolean>> update = certificates.get(listener);
    if (update == null) {
      return Future.failedFuture(new IllegalStateException("no such listener with TLS"));
    }
    return update.apply(options).mapEmpty();
  }

  private Future<Integer> listen(int index, AmqpListener listener, int wanted) {
    VertxInternal vertx = (VertxInternal) eventLoops.vertx();
    ContextInternal onLoop =
        vertx
            .contextBuilder()
            .withThreadingModel(ThreadingModel.EVENT_LOOP)
            .withEventLoop(eventLoops.netty(index))
            .build();
    Promise<Integer> promise = onLoop.promise();
    onLoop.runOnContext(
        ignored ->
            (listener.webSocket().isPresent()
                    ? listenForHttp(listener.webSocket().get(), listener, wanted)
                    : listenForAmqp(loops.get(index), listener, wanted))
                .onSuccess(promise::complete)
                .onFailure(
                    cause ->
                        promise.fail(
                            new ListenException(listener.host(), listener.port(), cause))));
    return promise.future();
  }

  private Future<Integer> listenForAmqp(AmqpLoop loop, AmqpListener listener, int wanted) {
    NetServerOptions options = new NetServerOptions().setRegisterWriteHandler(false);
    apply(listener, wanted, options);
    NetServer server = eventLoops.vertx().createNetServer(options);
    server.connectHandler(socket -> accept(loop, socket));
    rememberTls(listener, server::updateSSLOptions);
    return server
        .listen()
        .map(
            listening -> {
              synchronizedAdd(listening::close);
              return listening.actualPort();
            });
  }

  private Future<Integer> listenForHttp(
      WebSocketOrigins origins, AmqpListener listener, int wanted) {
    // Its handler for HTTP/2 would stay in the pipeline and swallow what comes after the upgrade.
    HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
    apply(listener, wanted, options);
    options
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(context.options().handshakeTimeoutMs()));
    Handler<HttpServerRequest> handshake = webSockets(origins);
    PendingUpgrades pending =
        new PendingUpgrades(eventLoops.vertx(), handshakes, context.options().handshakeTimeoutMs());
    HttpServer server =
        eventLoops
            .vertx()
            .createHttpServer(options)
            .connectionHandler(pending::opened)
            .requestHandler(
                request -> {
                  pending.asked(request.connection());
                  if (WEB_SOCKET_PATH.equals(request.path())) {
                    handshake.handle(request);
                  } else {
                    request.response().setStatusCode(404).putHeader("connection", "close").end();
                  }
                });
    rememberTls(listener, server::updateSSLOptions);
    return server
        .listen()
        .map(
            listening -> {
              synchronizedAdd(listening::close);
              return listening.actualPort();
            });
  }

  /** What TCP and HTTP have in common. */
  private void apply(AmqpListener listener, int wanted, NetServerOptions options) {
    long timeoutMs = context.options().handshakeTimeoutMs();
    options
        .setHost(listener.host())
        .setPort(wanted)
        .setTcpNoDelay(true)
        .setUseProxyProtocol(listener.proxyProtocol())
        .setProxyProtocolTimeout(timeoutMs)
        .setProxyProtocolTimeoutUnit(TimeUnit.MILLISECONDS);
    listener
        .tls()
        .ifPresent(
            tls -> {
              tls.accept(options);
              options
                  .setSsl(true)
                  .setSslHandshakeTimeout(timeoutMs)
                  .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
            });
  }

  /** The servers that share a port share its certificates too, so that one of them will do. */
  private void rememberTls(
      AmqpListener listener, Function<ServerSSLOptions, Future<Boolean>> update) {
    if (listener.tls().isPresent()) {
      certificates.putIfAbsent(listener, update);
    }
  }

  /**
   * Turns requests for a WebSocket into connections. For an HTTP server of the same Vert.x
   * instance, which hands it what is asked for at {@link #WEB_SOCKET_PATH} and does not speak
   * HTTP/2; a connection lives on the event loop its request came on.
   */
  public Handler<HttpServerRequest> webSockets(WebSocketOrigins origins) {
    return new WebSocketHandshake(origins, this::acceptWebSocket)::accept;
  }

  private void synchronizedAdd(Supplier<Future<Void>> close) {
    synchronized (servers) {
      servers.add(close);
    }
  }

  private void acceptWebSocket(NetSocket socket) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    Channel channel = vertxHandler.channel();
    int index = eventLoops.indexOf(channel.eventLoop());
    if (index < 0) {
      throw new IllegalStateException("the HTTP server is not on the broker's event loops");
    }
    if (channel.pipeline().get(IdleStateHandler.class) != null) {
      // From here on AMQP's own idle time-out counts.
      channel.pipeline().remove(IdleStateHandler.class);
    }
    WebSocketOctets.install(channel, vertxHandler.name(), context.options().maxFrameSize());
    accept(loops.get(index), socket);
  }

  private void accept(AmqpLoop loop, NetSocket socket) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    Channel channel = vertxHandler.channel();
    loop.loop().assertOwner();
    ConnectionHandler.Peer peer = peer(socket);
    String address = peer.remote().host();
    if (!handshakes.begin(address)) {
      var unused = channel.close();
      return;
    }
    ConnectionHandler connection = new ConnectionHandler(context, loop, peer);
    connection.bounds().duringHandshake(() -> handshakes.end(address));
    if (!loop.add(connection)) {
      connection.bounds().endHandshake();
      var unused = channel.close();
      return;
    }
    int high = context.options().outboundBytesMax();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    channel.pipeline().addBefore(vertxHandler.name(), "amqp", connection.transport());
  }

  /** Both ends: of the proxied connection, where a header of the PROXY protocol named them. */
  private static ConnectionHandler.Peer peer(NetSocket socket) {
    InetAddress remote = inetAddress(socket.remoteAddress());
    return new ConnectionHandler.Peer(
        address(socket.localAddress()),
        address(socket.remoteAddress()),
        remote != null && remote.isLoopbackAddress(),
        TlsSessions.of(socket));
  }

  private static @Nullable InetAddress inetAddress(@Nullable SocketAddress address) {
    String host = address == null ? null : address.hostAddress();
    // An address, never a name: this does not ask a resolver.
    return host == null ? null : NetUtil.createInetAddressFromIpAddressString(host);
  }

  private static Address address(@Nullable SocketAddress address) {
    InetAddress inet = inetAddress(address);
    return address == null || inet == null
        ? new Address("unknown", 0)
        : new Address(NetUtil.toAddressString(inet), address.port());
  }

  /** How many connections are not open yet. */
  int handshakes() {
    return handshakes.count();
  }

  /** The port bound, or 0 before {@link #listen} has succeeded. */
  public int port() {
    return port;
  }

  /**
   * Takes no more connections, closes those there are with {@code amqp:connection:forced}, and
   * completes when their clients have been told, or after two seconds.
   */
  public Future<Void> close() {
    List<Supplier<Future<Void>>> open;
    synchronized (servers) {
      open = List.copyOf(servers);
      servers.clear();
    }
    Promise<Void> told = Promise.promise();
    List<Future<Void>> stopped = new ArrayList<>();
    for (AmqpLoop loop : loops) {
      Promise<Void> done = Promise.promise();
      stopped.add(done.future());
      loop.loop()
          .execute(
              () -> {
                loop.stop();
                awaitEmpty(loop, done, CLOSE_POLLS_MAX);
              });
    }
    Future.join(stopped).onComplete(ignored -> told.complete());
    if (ownAuthenticator) {
      context.mechanisms().authenticator().close();
    }
    // Closing a server closes its sockets, so it comes last; the loops refuse newcomers until then.
    return told.future()
        .compose(ignored -> Future.join(open.stream().map(Supplier::get).toList()))
        .mapEmpty();
  }

  private static void awaitEmpty(AmqpLoop loop, Promise<Void> done, int pollsLeft) {
    if (loop.isEmpty() || pollsLeft == 0) {
      done.complete();
    } else {
      loop.loop().schedule(CLOSE_POLL_MS, () -> awaitEmpty(loop, done, pollsLeft - 1));
    }
  }
}
