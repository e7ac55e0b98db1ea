package dev.warren.amqp;

import dev.warren.amqp.engine.AmqpEngine;
import dev.warren.core.broker.ConnectionView;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Octets, frames and publishing links of one connection. Written by its loop, once for each event
 * of its channel rather than for each frame; read by any thread.
 */
final class ConnectionCounts {
  final AtomicInteger publisherLinks = new AtomicInteger();
  private final AtomicLong receivedOctets = new AtomicLong();
  private final AtomicLong sentOctets = new AtomicLong();
  private final AtomicLong receivedFrames = new AtomicLong();
  private final AtomicLong sentFrames = new AtomicLong();

  void received(int octets) {
    receivedOctets.lazySet(receivedOctets.getPlain() + octets);
  }

  void sent(int octets, AmqpEngine engine) {
    sentOctets.lazySet(sentOctets.getPlain() + octets);
    sentFrames.lazySet(engine.framesSent());
  }

  /** What was received has been looked at. */
  void read(AmqpEngine engine) {
    receivedFrames.lazySet(engine.framesReceived());
  }

  long receivedOctets() {
    return receivedOctets.get();
  }

  long sentOctets() {
    return sentOctets.get();
  }

  ConnectionView.Frames frames() {
    return new ConnectionView.Frames(receivedFrames.get(), sentFrames.get());
  }
}
