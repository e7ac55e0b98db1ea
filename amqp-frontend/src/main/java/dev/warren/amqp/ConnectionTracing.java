package dev.warren.amqp;

import dev.warren.amqp.engine.AmqpEngine;
import dev.warren.amqp.engine.FrameTrace;
import dev.warren.core.broker.ConnectionView.Trace;

/**
 * Whether the frames of one connection are logged: from its start, or since the operator has asked
 * for it. Owned by the connection's loop, but for {@link #current} and {@link #ask}.
 */
final class ConnectionTracing {
  private final FrontContext context;
  private final AmqpEngine engine;
  private final String name;
  private volatile Trace current = Trace.OFF;

  ConnectionTracing(FrontContext context, AmqpEngine engine, String name) {
    this.context = context;
    this.engine = engine;
    this.name = name;
  }

  /** What is logged; any thread. */
  Trace current() {
    return current;
  }

  /** The operator wants this from now on; any thread. */
  void ask(Trace wanted, AmqpLoop loop) {
    current = wanted;
    loop.loop().execute(() -> apply(wanted));
  }

  /** The rules name this client's address. */
  void startForAddress(String address) {
    startIf(context.tracing().addresses().contains(address));
  }

  /** The rules name the user who has logged in. */
  void startForUser(String user) {
    startIf(context.tracing().users().contains(user));
  }

  private void startIf(boolean wanted) {
    if (wanted) {
      current = new Trace(true, context.tracing().payloadBytes());
      apply(current);
    }
  }

  private void apply(Trace wanted) {
    engine.trace(wanted.enabled() ? new FrameTrace(name, wanted.payloadBytes()) : null);
  }
}
