package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;

/**
 * Finds the queues a message goes to. Pure: it reads a snapshot, writes the result, and can run on
 * any number of loops at once, each with its own {@link RouteResult}.
 *
 * <p>From exchange to exchange each exchange is gone through once, so cycles end and a diamond
 * gives one copy (contract §7.6). An exchange whose own bindings match nothing hands on to its
 * alternate exchange (§7.7). All routing keys count (§7.8).
 */
public final class Router {
  private Router() {}

  /**
   * Routes a message by its own envelope.
   *
   * @throws dev.warren.core.message.MalformedMessageException if a headers exchange is involved and
   *     the message's sections cannot be decoded; the result is then of no use
   */
  public static void route(Topology topology, Message message, RouteResult result) {
    route(topology, message.envelope(), message, result);
  }

  /**
   * Routes a message by another envelope than its own, as dead-lettering does.
   *
   * @throws dev.warren.core.message.MalformedMessageException see {@link #route(Topology, Message,
   *     RouteResult)}
   */
  public static void route(
      Topology topology, Envelope envelope, Message message, RouteResult result) {
    result.begin(topology);
    Exchange first = topology.exchange(envelope.exchange());
    if (first == null) {
      result.missing();
    } else {
      result.visit(first);
      // Exchanges reached on the way are added behind.
      for (int i = 0; i < result.exchangeCount(); i++) {
        routeThrough(result.exchange(i), envelope, message, result);
      }
    }
    result.end();
  }

  private static void routeThrough(
      Exchange exchange, Envelope envelope, Message message, RouteResult result) {
    int before = result.matches();
    exchange.match(envelope, message, result);
    if (result.matches() == before) {
      String alternate = exchange.definition().alternateExchange();
      if (alternate != null) {
        result.visit(alternate);
      }
    }
  }
}
