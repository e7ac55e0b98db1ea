package dev.warren.amqp;

import dev.warren.core.broker.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a Vert.x instance as the broker's loops: a broker made of {@link #loops()}
 * owns its queues on the threads that read the sockets. Immutable and thread-safe.
 */
public final class VertxEventLoops {
  private final Vertx vertx;
  private final List<NettyLoop> loops;

  private VertxEventLoops(Vertx vertx, List<NettyLoop> loops) {
    this.vertx = vertx;
    this.loops = List.copyOf(loops);
  }

  /** The loops of the instance, as many as its options say. */
  public static VertxEventLoops of(Vertx vertx) {
    List<NettyLoop> loops = new ArrayList<>();
    ((VertxInternal) vertx)
        .nettyEventLoopGroup()
        .forEach(executor -> loops.add(new NettyLoop((io.netty.channel.EventLoop) executor)));
    return new VertxEventLoops(vertx, loops);
  }

  /** The instance. */
  public Vertx vertx() {
    return vertx;
  }

  /** The loops, in an order that stays the same. */
  public List<EventLoop> loops() {
    return List.copyOf(loops);
  }

  io.netty.channel.EventLoop netty(int index) {
    return loops.get(index).netty;
  }

  /** The number of the loop in that order, or -1 if it is another instance's. */
  int indexOf(io.netty.channel.EventLoop loop) {
    for (int i = 0; i < loops.size(); i++) {
      if (loops.get(i).netty == loop) {
        return i;
      }
    }
    return -1;
  }

  int size() {
    return loops.size();
  }

  private static final class NettyLoop implements EventLoop {
    private final io.netty.channel.EventLoop netty;

    NettyLoop(io.netty.channel.EventLoop netty) {
      this.netty = netty;
    }

    @Override
    public void execute(Runnable task) {
      netty.execute(task);
    }

    @Override
    public boolean isCurrent() {
      return netty.inEventLoop();
    }

    @Override
    public void schedule(long delayMs, Runnable task) {
      var unused = netty.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof NettyLoop loop && loop.netty == netty;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(netty);
    }
  }
}
