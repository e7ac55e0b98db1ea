package dev.warren.amqp;

import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.ConnectionView.Address;
import dev.warren.core.time.BrokerClock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The AMQP 1.0 listener. One Vert.x server per event loop shares the port, so that connections are
 * spread over all loops and each lives on one. {@link #listen}, {@link #close} and {@link #port}
 * may be called by any thread but an event loop's own blocking on the result.
 */
public final class AmqpServer {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpServer.class);
  private static final long CLOSE_POLL_MS = 20;
  private static final int CLOSE_POLLS_MAX = 100;
  private static final AtomicInteger LAST_SHARED = new AtomicInteger();

  private final VertxEventLoops eventLoops;
  private final FrontContext context;
  private final List<AmqpLoop> loops = new ArrayList<>();
  private final List<NetServer> servers = new ArrayList<>();
  private volatile int port;

  /**
   * Creates the server.
   *
   * @param eventLoops the loops the broker was made of, in the same order
   */
  public AmqpServer(
      VertxEventLoops eventLoops, Broker broker, AmqpServerOptions options, BrokerClock clock) {
    this.eventLoops = eventLoops;
    if (broker.loops().size() != eventLoops.size()) {
      throw new IllegalArgumentException("the broker was not made of these event loops");
    }
    context =
        new FrontContext(
            broker,
            options,
            new SaslAuthenticator(broker.users()),
            new AddressParser(options.bareQueueNames()),
            clock,
            new KeptLinks(options.suspension()));
    for (BrokerLoop loop : broker.loops()) {
      loops.add(new AmqpLoop(loop, context));
    }
  }

  /**
   * Opens the port.
   *
   * @return the port bound, or a {@link ListenException}
   */
  public Future<Integer> listen() {
    // Vert.x takes a negative port for one the system chooses and servers of the same number share.
    int wanted =
        context.options().port() == 0
            ? -1 - LAST_SHARED.incrementAndGet()
            : context.options().port();
    Future<Integer> bound = listen(0, wanted);
    for (int i = 1; i < loops.size(); i++) {
      int index = i;
      bound = bound.compose(unused -> listen(index, wanted));
    }
    return bound.map(
        chosen -> {
          port = chosen;
          LOG.info("amqp listens host={} port={}", context.options().host(), chosen);
          return chosen;
        });
  }

  private Future<Integer> listen(int index, int wanted) {
    AmqpServerOptions options = context.options();
    VertxInternal vertx = (VertxInternal) eventLoops.vertx();
    ContextInternal onLoop =
        vertx
            .contextBuilder()
            .withThreadingModel(ThreadingModel.EVENT_LOOP)
            .withEventLoop(eventLoops.netty(index))
            .build();
    Promise<Integer> promise = onLoop.promise();
    onLoop.runOnContext(
        ignored -> {
          NetServer server =
              vertx.createNetServer(
                  new NetServerOptions()
                      .setHost(options.host())
                      .setPort(wanted)
                      .setTcpNoDelay(true)
                      .setRegisterWriteHandler(false));
          server.connectHandler(socket -> accept(loops.get(index), socket));
          server
              .listen()
              .onSuccess(
                  listening -> {
                    synchronizedAdd(listening);
                    promise.complete(listening.actualPort());
                  })
              .onFailure(cause -> promise.fail(new ListenException(options.host(), wanted, cause)));
        });
    return promise.future();
  }

  private void synchronizedAdd(NetServer server) {
    synchronized (servers) {
      servers.add(server);
    }
  }

  private void accept(AmqpLoop loop, NetSocket socket) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    Channel channel = vertxHandler.channel();
    loop.loop().assertOwner();
    ConnectionHandler connection = new ConnectionHandler(context, loop, peer(channel, socket));
    if (!loop.add(connection)) {
      var unused = channel.close();
      return;
    }
    int high = context.options().outboundBytesMax();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    channel.pipeline().addBefore(vertxHandler.name(), "amqp", connection.transport());
  }

  private static ConnectionHandler.Peer peer(Channel channel, NetSocket socket) {
    InetAddress remote =
        channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    return new ConnectionHandler.Peer(
        address(socket.localAddress()),
        address(socket.remoteAddress()),
        remote != null && remote.isLoopbackAddress());
  }

  private static Address address(@Nullable SocketAddress address) {
    return address == null
        ? new Address("unknown", 0)
        : new Address(String.valueOf(address.hostAddress()), address.port());
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
    List<NetServer> open;
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
    // Closing a server closes its sockets, so it comes last; the loops refuse newcomers until then.
    return told.future()
        .compose(ignored -> Future.join(open.stream().map(NetServer::close).toList()))
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
