package dev.warren.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP connection with one link, driven by the thread that runs it: proton-j as the engine, a
 * non-blocking socket under it, one write per turn of the loop.
 */
abstract class AmqpPeer implements Runnable {

  private static final int FRAME_BYTES_MAX = 128 * 1024;
  private static final long TURN_MS = 50;
  private static final long CLOSE_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

  protected final LoadRun run;
  private final String name;
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Collector collector = Proton.collector();
  private long lastMoveNs;

  AmqpPeer(LoadRun run, String name) {
    this.run = run;
    this.name = name;
  }

  /** Creates the link, not yet open. */
  protected abstract Link attach(Session session);

  /** A delivery changed: an outcome came, or bytes of a message. */
  protected abstract void onDelivery(Event event);

  /** The other side has attached. */
  protected abstract void onAttached();

  /** Called each turn; sends what it may. Returns how long the loop may wait for the socket. */
  protected abstract long work();

  /** Whether this peer has nothing more to do. */
  protected abstract boolean isDone();

  /** Something was sent, settled or received. */
  protected final void moved() {
    lastMoveNs = System.nanoTime();
  }

  @Override
  public void run() {
    URI url = run.options.url();
    int port = url.getPort() < 0 ? 5672 : url.getPort();
    try (SocketChannel channel = SocketChannel.open();
        Selector selector = Selector.open()) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(new InetSocketAddress(url.getHost(), port));
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      open(url);
      moved();
      drive(channel, selector, key);
      close(channel, selector, key);
    } catch (IOException e) {
      run.fail(name + ": " + e.getMessage());
    }
  }

  private void open(URI url) {
    transport.setMaxFrameSize(FRAME_BYTES_MAX);
    transport.setEmitFlowEventOnSend(false);
    Sasl sasl = transport.sasl();
    sasl.client();
    @Nullable String userInfo = url.getUserInfo();
    if (userInfo == null) {
      sasl.setMechanisms("ANONYMOUS");
    } else {
      int colon = userInfo.indexOf(':');
      sasl.plain(
          colon < 0 ? userInfo : userInfo.substring(0, colon),
          colon < 0 ? "" : userInfo.substring(colon + 1));
    }
    connection.collect(collector);
    connection.setContainer("warren-bench-" + run.id + "-" + name);
    connection.setHostname(url.getHost());
    transport.bind(connection);
    connection.open();
    Session session = connection.session();
    session.open();
    attach(session).open();
  }

  private void drive(SocketChannel channel, Selector selector, SelectionKey key)
      throws IOException {
    long idleNs = (long) (run.options.idleSeconds() * 1e9);
    while (!isDone() && !run.isOver()) {
      long waitMs = work();
      turn(channel, selector, key, waitMs);
      if (System.nanoTime() - lastMoveNs > idleNs) {
        run.giveUp();
      }
    }
  }

  /** Writes what there is, waits for the socket, reads, and handles what came of it. */
  private void turn(SocketChannel channel, Selector selector, SelectionKey key, long waitMs)
      throws IOException {
    boolean allWritten = write(channel);
    key.interestOps(
        allWritten ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    if (waitMs > 0) {
      selector.select(Math.min(waitMs, TURN_MS));
    } else {
      selector.selectNow();
    }
    selector.selectedKeys().clear();
    transport.tick(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    int capacity = transport.capacity();
    while (capacity > 0) {
      int count = channel.read(transport.tail());
      if (count < 0 && isClosing()) {
        return;
      }
      if (count < 0) {
        throw new IOException("the broker closed the connection");
      }
      if (count == 0) {
        break;
      }
      transport.process();
      handleEvents();
      capacity = transport.capacity();
    }
    handleEvents();
  }

  private boolean write(SocketChannel channel) throws IOException {
    int pending = transport.pending();
    while (pending > 0) {
      int count = channel.write(transport.head());
      if (count > 0) {
        transport.pop(count);
      }
      if (count < pending) {
        return false;
      }
      pending = transport.pending();
    }
    if (pending < 0 && !isClosing()) {
      throw new IOException("the connection ended: " + describe(transport.getCondition()));
    }
    return true;
  }

  private void handleEvents() throws IOException {
    Event event = collector.peek();
    while (event != null) {
      switch (event.getType()) {
        case DELIVERY -> onDelivery(event);
        case LINK_REMOTE_OPEN -> {
          if (hasTerminus(event.getLink())) {
            onAttached();
          }
        }
        case LINK_REMOTE_CLOSE, LINK_REMOTE_DETACH ->
            refuse("link", event.getLink().getRemoteCondition());
        case SESSION_REMOTE_CLOSE -> refuse("session", event.getSession().getRemoteCondition());
        case CONNECTION_REMOTE_CLOSE ->
            refuse("connection", event.getConnection().getRemoteCondition());
        case TRANSPORT_ERROR -> refuse("transport", transport.getCondition());
        default -> {
          // Nothing to do: credit is looked at each turn.
        }
      }
      collector.pop();
      event = collector.peek();
    }
  }

  /** A refused link is attached without the broker's terminus, and detached with the reason. */
  private static boolean hasTerminus(Link link) {
    return link instanceof Sender ? link.getRemoteTarget() != null : link.getRemoteSource() != null;
  }

  private boolean isClosing() {
    return connection.getLocalState() == EndpointState.CLOSED;
  }

  private void refuse(String what, @Nullable ErrorCondition condition) throws IOException {
    if (!isClosing()) {
      throw new IOException("the broker ended the " + what + ": " + describe(condition));
    }
  }

  private void close(SocketChannel channel, Selector selector, SelectionKey key)
      throws IOException {
    connection.close();
    long deadlineNs = System.nanoTime() + CLOSE_LIMIT_NS;
    while (connection.getRemoteState() != EndpointState.CLOSED
        && !transport.isClosed()
        && System.nanoTime() - deadlineNs < 0
        && !run.isOver()) {
      turn(channel, selector, key, TURN_MS);
    }
  }

  private static String describe(@Nullable ErrorCondition condition) {
    return condition == null || condition.getCondition() == null
        ? "without a reason"
        : condition.getCondition() + " " + condition.getDescription();
  }
}
