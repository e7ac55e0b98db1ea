package dev.warren.core.broker;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A client connection as the operator sees it. Implemented by the fronts, which register it with
 * {@link Connections}. Every method may be called by any thread.
 */
public interface ConnectionView {
  /** Unique in this process. */
  long id();

  /** What stays the same for the connection's life. */
  Details details();

  /** What TLS agreed on; empty without TLS. Stays the same. */
  default Optional<TlsSession> tls() {
    return Optional.empty();
  }

  /** Sessions begun and not ended. */
  int sessions();

  /** These sessions with their links, as they are in a moment. */
  CompletionStage<List<SessionView>> sessionViews();

  /** What went through its links since it was opened. */
  MessageTraffic traffic();

  /** Octets received. */
  long receivedOctets();

  /** Octets sent. */
  long sentOctets();

  /** Frames so far, those of the login not counted. */
  Frames frames();

  /** How many frames came and went. */
  record Frames(long received, long sent) {}

  /** Whether it publishes and is kept from it by an alarm. */
  boolean isBlocked();

  /** Closes it on behalf of the operator. */
  void close(String reason);

  /** How its frames are traced in the log. */
  Trace trace();

  /** Traces its frames like this from the next one on. */
  void trace(Trace wanted);

  /**
   * How the frames of a connection are traced.
   *
   * @param payloadBytes octets of each payload to show; 0 for none
   */
  record Trace(boolean enabled, int payloadBytes) {
    /** Not at all. */
    public static final Trace OFF = new Trace(false, 0);
  }

  /**
   * What stays the same.
   *
   * @param name {@code 127.0.0.1:5001 -> 127.0.0.1:5672}
   * @param protocol such as {@code AMQP 1-0}
   * @param clientProperties what the client says of itself, as strings, numbers and booleans
   * @param connectedAtMs milliseconds since the epoch
   * @param idleTimeoutMs of the client, or 0
   */
  record Details(
      String name,
      String protocol,
      String user,
      String virtualHost,
      String containerId,
      Address local,
      Address peer,
      String authMechanism,
      Map<String, Object> clientProperties,
      int maxFrameSize,
      int channelMax,
      long idleTimeoutMs,
      long connectedAtMs) {}

  /** A host and port. */
  record Address(String host, int port) {
    /** Host and port with a colon; an IPv6 address is in brackets. */
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
