package dev.warren.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * A WebSocket as a stream of octets: what binary messages carry goes to the next handler, what that
 * one writes leaves in binary messages. Where messages and their fragments begin means nothing to
 * AMQP. Text is refused with close code 1003, a frame longer than allowed with 1009, other faults
 * with 1002. Owned by the channel's event loop.
 */
public final class WebSocketOctets extends ChannelDuplexHandler {
  /** Clients put several AMQP frames into one message. */
  private static final int FRAME_BYTES = 1024 * 1024;

  private boolean closing;

  private WebSocketOctets() {}

  /**
   * Puts it into a pipeline whose WebSocket handshake is done.
   *
   * @param before the handler that comes after it
   * @param amqpFrameBytesMax the largest AMQP frame
   */
  public static void install(Channel channel, String before, int amqpFrameBytesMax) {
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(Math.max(FRAME_BYTES, amqpFrameBytesMax))
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .withUTF8Validator(false)
            .closeOnProtocolViolation(false)
            .build();
    channel
        .pipeline()
        .addBefore(before, "websocket-in", new WebSocket13FrameDecoder(config))
        .addBefore(before, "websocket-out", new WebSocket13FrameEncoder(false))
        .addBefore(before, "websocket-octets", new WebSocketOctets());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    WebSocketFrame frame = (WebSocketFrame) message;
    if (closing) {
      frame.release();
    } else if (frame instanceof BinaryWebSocketFrame
        || frame instanceof ContinuationWebSocketFrame) {
      // What continues text does not get here: the text was refused.
      ctx.fireChannelRead(frame.content());
    } else if (frame instanceof PingWebSocketFrame) {
      if (ctx.channel().isWritable()) {
        var unused = ctx.writeAndFlush(new PongWebSocketFrame(frame.content()));
      } else {
        // Whoever does not read would only pile up answers.
        frame.release();
      }
    } else if (frame instanceof CloseWebSocketFrame) {
      frame.release();
      sendClose(ctx, WebSocketCloseStatus.NORMAL_CLOSURE);
      var unused = ctx.close();
    } else if (frame instanceof PongWebSocketFrame) {
      frame.release();
    } else {
      frame.release();
      sendClose(ctx, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
      var unused = ctx.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf octets && octets.isReadable()) {
      var unused = ctx.write(new BinaryWebSocketFrame(octets), promise);
    } else {
      var unused = ctx.write(message, promise);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!closing && ctx.channel().isWritable()) {
      sendClose(ctx, WebSocketCloseStatus.NORMAL_CLOSURE);
    }
    var unused = ctx.close(promise);
  }

  private void sendClose(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
    closing = true;
    var unused = ctx.writeAndFlush(new CloseWebSocketFrame(status));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!closing) {
      sendClose(
          ctx,
          cause instanceof CorruptedWebSocketFrameException fault
              ? fault.closeStatus()
              : WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
    }
    ctx.fireExceptionCaught(cause);
  }
}
