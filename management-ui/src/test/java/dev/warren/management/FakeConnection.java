package dev.warren.management;

import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.MessageTraffic;
import java.util.Map;

/** A connection that remembers why it was closed. Thread-safe. */
final class FakeConnection implements ConnectionView {
  private final long id;
  private final Details details;
  private final MessageTraffic traffic = new MessageTraffic();
  private volatile String closedFor = "";
  private volatile Trace trace = Trace.OFF;

  FakeConnection(long id, String user, String container, long connectedAtMs) {
    this.id = id;
    int port = 40_000 + (int) id;
    this.details =
        new Details(
            "127.0.0.1:" + port + " -> 127.0.0.1:5672",
            "AMQP 1-0",
            user,
            "/",
            container,
            new Address("127.0.0.1", 5672),
            new Address("127.0.0.1", port),
            "PLAIN",
            Map.of("product", "test", "secure", true),
            65_536,
            255,
            60_000,
            connectedAtMs);
  }

  /** The reason it was closed with; empty while it is open. */
  String closedFor() {
    return closedFor;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Details details() {
    return details;
  }

  @Override
  public java.util.concurrent.CompletionStage<java.util.List<dev.warren.core.broker.SessionView>>
      sessionViews() {
    return java.util.concurrent.CompletableFuture.completedStage(java.util.List.of());
  }

  @Override
  public int sessions() {
    return 2;
  }

  @Override
  public MessageTraffic traffic() {
    return traffic;
  }

  @Override
  public long receivedOctets() {
    return 1_000;
  }

  @Override
  public long sentOctets() {
    return 2_000;
  }

  @Override
  public Frames frames() {
    return new Frames(10, 20);
  }

  @Override
  public boolean isBlocked() {
    return id % 5 == 0;
  }

  @Override
  public void close(String reason) {
    closedFor = reason;
  }

  @Override
  public Trace trace() {
    return trace;
  }

  @Override
  public void trace(Trace wanted) {
    trace = wanted;
  }
}
