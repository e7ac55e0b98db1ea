package dev.warren.server.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.ImmediateExecutor;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's TLS for one listener, which says in the log why a hand-shake came to nothing and with
 * whom; Vert.x tells only the former. Signing and checking certificates is done by Vert.x's worker
 * threads, so that many hand-shakes at once do not hold up the event loops. Immutable.
 */
final class TlsEngine extends JdkSSLEngineOptions {
  private static final Logger LOG = LoggerFactory.getLogger(TlsEngine.class);
  private static final int REASON_LENGTH_MAX = 200;

  /** What AMQP begins with, and where the octet after it is. */
  private static final int AMQP = 0x414d5150;

  private static final int AMQP_PROTOCOL_ID = 4;

  private final String listener;

  /** Creates the engine of a listener. */
  TlsEngine(String listener) {
    this.listener = listener;
    setUseWorkerThread(true);
  }

  @Override
  public TlsEngine copy() {
    return new TlsEngine(listener);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new DefaultSslContextFactory(SslProvider.JDK, false) {
      @Override
      public SslContext create() throws SSLException {
        return new Watched(super.create());
      }
    };
  }

  /** Vert.x sets up the engines; handlers are made here. */
  private final class Watched extends SslContext {
    private final SslContext context;

    Watched(SslContext context) {
      this.context = context;
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
      return watch(new Handler(newEngine(allocator), startTls, ImmediateExecutor.INSTANCE));
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator allocator, boolean startTls, Executor executor) {
      return watch(new Handler(newEngine(allocator), startTls, executor));
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls) {
      SSLEngine engine = newEngine(allocator, peerHost, peerPort);
      return watch(new Handler(engine, startTls, ImmediateExecutor.INSTANCE));
    }

    @Override
    protected SslHandler newHandler(
        ByteBufAllocator allocator,
        String peerHost,
        int peerPort,
        boolean startTls,
        Executor executor) {
      return watch(new Handler(newEngine(allocator, peerHost, peerPort), startTls, executor));
    }

    private SslHandler watch(SslHandler handler) {
      var unused =
          handler
              .handshakeFuture()
              .addListener(
                  done -> {
                    if (!done.isSuccess()) {
                      log(handler.engine(), done.cause());
                    }
                  });
      return handler;
    }

    @Override
    public boolean isClient() {
      return context.isClient();
    }

    @Override
    public List<String> cipherSuites() {
      return context.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // every context has to have it
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
      return context.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
      return context.newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
      return context.newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
      return context.sessionContext();
    }
  }

  /**
   * Sees that a client speaks AMQP without TLS. Netty takes {@code AMQP 3} for the head of a long
   * record of SSL 2 and would wait for the rest until the hand-shake has lasted too long.
   */
  private static final class Handler extends SslHandler {
    private boolean seen;

    Handler(SSLEngine engine, boolean startTls, Executor executor) {
      super(engine, startTls, executor);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
        throws SSLException {
      if (!seen && in.readableBytes() > AMQP_PROTOCOL_ID) {
        seen = true;
        if (in.getInt(in.readerIndex()) == AMQP) {
          // No record of any version has this here; Netty ends the connection for it.
          in.setByte(in.readerIndex() + AMQP_PROTOCOL_ID, 0);
        }
      }
      super.decode(context, in, out);
    }
  }

  private void log(SSLEngine engine, Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      // As port scanners and health checks do.
      LOG.debug(
          "TLS hand-shake left by the client listener={} peer={}:{}",
          listener,
          engine.getPeerHost(),
          engine.getPeerPort());
      return;
    }
    LOG.warn(
        "TLS hand-shake failed listener={} peer={}:{} reason={}",
        listener,
        engine.getPeerHost(),
        engine.getPeerPort(),
        reason(cause));
  }

  /** Why, in words that hold nothing of what the client has sent. */
  static String reason(Throwable cause) {
    if (cause instanceof NotSslRecordException) {
      return "a client without TLS on a port with TLS, probably " + guess(cause);
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return "not finished in time";
    }
    Throwable root = cause;
    for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
      root = root.getCause();
    }
    String text = String.valueOf(root.getMessage()).replaceAll("\\p{Cntrl}", " ");
    return text.length() > REASON_LENGTH_MAX ? text.substring(0, REASON_LENGTH_MAX) : text;
  }

  /** Of the octets only what they begin with is looked at: passwords may be among the others. */
  private static String guess(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    String octets = message.substring(message.lastIndexOf(' ') + 1);
    // In hexadecimal, as NotSslRecordException shows them.
    if (octets.startsWith(Integer.toHexString(AMQP))) {
      return "of AMQP";
    }
    return octets.matches("(?:4[1-9a-f]|5[0-9a]){3}.*") ? "of HTTP" : "of something else";
  }
}
