package dev.warren.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a Netty channel to an {@link AmqpEngine}: the only class that sees both. Owned by the
 * channel's event loop.
 *
 * <p>What is read goes to the engine at once; what the engine has to say is written once per tick,
 * when the owner calls {@link #flush}, as one buffer. Nothing is taken from the engine while the
 * channel is not writable, so a peer that does not read is sent no more than the channel's
 * high-water mark and what one tick adds. Nor is such a peer listened to for long: each of its
 * frames may need an answer that has to wait, so after {@value #UNREAD_OCTETS_MAX} octets, payloads
 * aside, nothing more is read until it has read.
 */
public final class NettyTransport extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
  private static final int BUFFER_BYTES_MIN = 512;
  private static final int BUFFER_BYTES_MAX = 256 * 1024;

  /** What a client says between two reads is far less: credit makes it wait for answers. */
  static final int UNREAD_OCTETS_MAX = 4 * 1024 * 1024;

  private final AmqpEngine engine;
  private final Owner owner;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuffer header = ByteBuffer.allocate(ProtocolHeader.LENGTH);
  private boolean refused;
  private boolean closed;
  private boolean unflushed;
  private long received;
  private long receivedWhenWritable;
  private int lastOutput = BUFFER_BYTES_MIN;

  /** What the connection's owner hears of its channel. */
  public interface Owner {
    /** Octets were read. */
    void onReceived(int octets);

    /** Octets were handed to the channel. */
    void onSent(int octets);

    /** A read event has ended, and with it the tick. */
    void onReadComplete();

    /** The channel takes octets again, or takes no more for now. */
    void onWritabilityChanged(boolean writable);

    /** The channel is gone. */
    void onLost();
  }

  /** Creates the handler; it works once it is in the channel's pipeline. */
  public NettyTransport(AmqpEngine engine, Owner owner) {
    this.engine = engine;
    this.owner = owner;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      owner.onReceived(in.readableBytes());
      if (header != null) {
        readHeader(ctx, header, in);
      }
      if (header == null && in.isReadable()) {
        received += in.readableBytes();
        engine.input(in.nioBuffer());
        limitUnread(ctx.channel());
      }
    } finally {
      in.release();
    }
  }

  private void limitUnread(Channel channel) {
    long said = received - engine.payloadOctets();
    if (channel.isWritable()) {
      receivedWhenWritable = said;
    } else if (said - receivedWhenWritable > UNREAD_OCTETS_MAX) {
      channel.config().setAutoRead(false);
    }
  }

  private void readHeader(ChannelHandlerContext ctx, ByteBuffer first, ByteBuf in) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int octets = Math.min(first.remaining(), in.readableBytes());
    in.readBytes(first.limit(first.position() + octets));
    first.limit(ProtocolHeader.LENGTH);
    ProtocolHeader kind = ProtocolHeader.of(first.duplicate().flip());
    if (kind == ProtocolHeader.SASL) {
      header = null;
      engine.input(first.flip());
    } else if (kind != ProtocolHeader.INCOMPLETE) {
      refused = true;
      in.skipBytes(in.readableBytes());
      LOG.warn(
          "connection refused: AMQP 1.0 with SASL is spoken here peer={} probably={}",
          ctx.channel().remoteAddress(),
          kind.description());
      // [2.2] The answer to another protocol is the header of the one that is supported.
      write(ctx, Unpooled.wrappedBuffer(ProtocolHeader.served()));
      closeAfterWrites(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    owner.onReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      ctx.channel().config().setAutoRead(true);
    }
    owner.onWritabilityChanged(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    engine.closeInput();
    owner.onLost();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("connection broken peer={}", ctx.channel().remoteAddress(), cause);
    var unused = ctx.close();
  }

  /** Whether the channel takes octets now. */
  public boolean isWritable() {
    return context != null && context.channel().isWritable();
  }

  /** Writes what the engine has to say, and closes the channel after its last word. */
  public void flush() {
    write();
    if (unflushed) {
      // Also when nothing was written just now: a full channel only empties by being flushed.
      unflushed = false;
      context().flush();
    }
    if (!closed && engine.isClosing() && engine.isOutputDone()) {
      closeAfterWrites(context());
    }
  }

  /** The same without waking the socket, in the middle of a tick that has much to say. */
  public boolean write() {
    ChannelHandlerContext ctx = context;
    if (ctx == null || closed || header != null) {
      return false;
    }
    if (!ctx.channel().isWritable() && !engine.isClosing()) {
      return false;
    }
    ByteBuf out = null;
    try {
      ByteBuffer head = engine.head();
      int octets = head.remaining();
      while (octets > 0) {
        if (out == null) {
          out = ctx.alloc().ioBuffer(Math.max(octets, lastOutput));
        }
        out.writeBytes(head);
        engine.pop(octets);
        head = engine.head();
        octets = head.remaining();
      }
    } catch (RuntimeException e) {
      if (out != null) {
        out.release();
      }
      throw e;
    }
    if (out == null) {
      return false;
    }
    lastOutput = Math.min(Math.max(out.readableBytes(), BUFFER_BYTES_MIN), BUFFER_BYTES_MAX);
    write(ctx, out);
    return true;
  }

  /** Closes the channel at once; nothing is taken from the engine any more. */
  public void close() {
    closed = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      var unused = ctx.close();
    }
  }

  private void write(ChannelHandlerContext ctx, ByteBuf out) {
    owner.onSent(out.readableBytes());
    unflushed = true;
    var unused = ctx.write(out, ctx.voidPromise());
  }

  private void closeAfterWrites(ChannelHandlerContext ctx) {
    closed = true;
    engine.closeInput();
    var unused = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }
}
