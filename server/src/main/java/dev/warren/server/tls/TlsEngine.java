package dev.warren.server.tls;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
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

  /** The first octets of what came, in hexadecimal, as {@link NotSslRecordException} shows them. */
  private static final String AMQP = "414d5150";

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

  private final class Watched extends DelegatingSslContext {
    Watched(SslContext context) {
      super(context);
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      // Vert.x sets up the engine.
    }

    @Override
    protected void initHandler(SslHandler handler) {
      var unused =
          handler
              .handshakeFuture()
              .addListener(
                  done -> {
                    if (!done.isSuccess()) {
                      log(handler.engine(), done.cause());
                    }
                  });
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
    if (octets.startsWith(AMQP)) {
      return "of AMQP";
    }
    return octets.matches("(?:4[1-9a-f]|5[0-9a]){3}.*") ? "of HTTP" : "of something else";
  }
}
