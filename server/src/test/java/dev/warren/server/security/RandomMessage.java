package dev.warren.server.security;

import java.util.Map;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * A message that is explained and published.
 *
 * @param number tells it from all others; in the headers
 * @param priority or -1
 * @param ttlMs or -1
 */
record RandomMessage(
    int number,
    String exchange,
    String key,
    Map<String, Object> headers,
    Map<String, Object> annotations,
    boolean durable,
    int priority,
    long ttlMs,
    int bodyBytes) {

  /** Where the client sends it. */
  String address() {
    if (exchange.isEmpty()) {
      return "/queues/" + key;
    }
    return "/exchanges/" + exchange + (key.isEmpty() ? "" : "/" + key);
  }

  /** Where it is asked about. */
  String explainPath() {
    return "/exchanges/%2F/" + (exchange.isEmpty() ? "amq.default" : exchange) + "/explain";
  }

  /** What is asked: with a body if it is small, or else its size. */
  String question() {
    String body =
        bodyBytes < 1000
            ? "\"payload\":\"" + "x".repeat(bodyBytes) + "\""
            : "\"body_bytes\":" + bodyBytes;
    return "{\"routing_key\":\"%s\",\"headers\":%s,\"annotations\":%s,\"durable\":%s%s%s,%s}"
        .formatted(
            key,
            RandomTopology.json(headers),
            RandomTopology.json(annotations),
            durable,
            priority < 0 ? "" : ",\"priority\":" + priority,
            ttlMs < 0 ? "" : ",\"ttl\":" + ttlMs,
            body);
  }

  /** The same for the client. */
  Message<?> toClient() throws ClientException {
    Message<byte[]> message =
        Message.create("x".repeat(bodyBytes).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    message.durable(durable);
    if (priority >= 0) {
      message.priority((byte) priority);
    }
    if (ttlMs >= 0) {
      message.timeToLive(ttlMs);
    }
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      message.property(header.getKey(), header.getValue());
    }
    for (Map.Entry<String, Object> annotation : annotations.entrySet()) {
      message.annotation(annotation.getKey(), annotation.getValue());
    }
    return message;
  }
}
