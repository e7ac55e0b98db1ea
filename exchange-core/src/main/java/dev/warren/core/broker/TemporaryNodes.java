package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.routing.TopologyChange;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Queues and exchanges that the broker names and that live as long as the link they were made for
 * (contract §2.6). Never journalled. Thread-safe; changes run on the control thread in the order
 * they are asked for.
 *
 * <p>Anybody may publish to them; only the connection they were made for may consume.
 */
public final class TemporaryNodes {
  /** What their names begin with; clients cannot declare such names. */
  public static final String PREFIX = "amq.dyn-";

  private static final int NAME_BYTES = 12;

  private final VirtualHost host;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<String, Long> exchangeOwners = new ConcurrentHashMap<>();

  TemporaryNodes(VirtualHost host) {
    this.host = host;
  }

  /** Makes a queue with a {@linkplain #newName new name} for a connection; answers the name. */
  public CompletionStage<String> declareQueue(String name, long connectionId) {
    return host.control()
        .submit(
            () -> {
              host.declareQueueNow(
                  Actor.BROKER, new QueueDeclaration(name, false, false, connectionId, Map.of()));
              return name;
            });
  }

  /** The same with a fanout exchange. */
  public CompletionStage<String> declareExchange(String name, long connectionId) {
    exchangeOwners.put(name, connectionId);
    return host.control()
        .submit(
            () -> {
              host.apply(
                  Actor.BROKER,
                  new TopologyChange.DeclareExchange(
                      new ExchangeDefinition(
                          name, ExchangeType.FANOUT, false, false, false, Map.of())));
              return name;
            });
  }

  /** Deletes such an exchange, if it is still there. */
  public void deleteExchange(String name) {
    if (exchangeOwners.remove(name) != null) {
      var unused =
          host.control()
              .submit(() -> host.apply(Actor.BROKER, new TopologyChange.DeleteExchange(name)));
    }
  }

  /** Whether the exchange was made for another connection than this. */
  public boolean isOfAnother(String exchange, long connectionId) {
    Long owner = exchangeOwners.get(exchange);
    return owner != null && owner != connectionId;
  }

  /** A name nobody can guess, with this at its beginning. */
  String randomName(String beginning) {
    byte[] opaque = new byte[NAME_BYTES];
    random.nextBytes(opaque);
    return beginning + Base64.getUrlEncoder().withoutPadding().encodeToString(opaque);
  }

  /** A name for a node that is to be made. */
  public String newName() {
    return randomName(PREFIX);
  }
}
