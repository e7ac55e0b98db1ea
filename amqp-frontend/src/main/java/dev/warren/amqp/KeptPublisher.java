package dev.warren.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a link on which a client sends: the tags of deliveries not settled, each with its
 * outcome once it has one, so that a delivery sent again is answered and not stored again. Owned by
 * the loop of the link's last connection.
 */
final class KeptPublisher extends KeptLink {
  private Map<Binary, @Nullable DeliveryState> unsettled = new LinkedHashMap<>();
  private @Nullable Claim claim;

  /** Creates it for a link that is being attached. */
  KeptPublisher(KeptLinks.Key key, ConnectionHandler connection, Retention retention) {
    super(key, connection, retention);
  }

  /** Takes over from the link. Beyond the limits the newest are forgotten. */
  void suspend(SessionHandler session, Map<Binary, @Nullable DeliveryState> deliveries) {
    int room = reserve(deliveries.size());
    unsettled = new LinkedHashMap<>();
    deliveries.forEach(
        (tag, state) -> {
          if (unsettled.size() < room) {
            unsettled.put(tag, state);
          }
        });
    suspended(session);
  }

  /** The broker has decided about a delivery that was published before. */
  void onDecided(Binary tag, DeliveryState outcome) {
    Claim by = claim;
    if (by != null) {
      by.loop().loop().execute(() -> ((IncomingLink) by.claimant()).onDecided(tag, outcome));
    } else if (unsettled.containsKey(tag)) {
      unsettled.put(tag, outcome);
    }
  }

  @Override
  void expire() {
    unsettled.clear();
  }

  @Override
  void handOver(Claim by) {
    claim = by;
    Map<Binary, @Nullable DeliveryState> handed = unsettled;
    unsettled = new LinkedHashMap<>();
    by.loop().loop().execute(() -> ((IncomingLink) by.claimant()).onResumed(handed, by.next()));
  }
}
