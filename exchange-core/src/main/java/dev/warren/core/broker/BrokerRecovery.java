package dev.warren.core.broker;

import dev.warren.core.journal.RecoveryTarget;
import dev.warren.core.queue.Attempts;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds virtual hosts and queues from what the journal tells. Used once, on the starting thread,
 * before any loop runs.
 *
 * <p>Topology records are collected first and applied when all are known, since a later snapshot
 * makes the earlier ones void.
 */
final class BrokerRecovery implements RecoveryTarget, TopologyRecords.Reader {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerRecovery.class);

  private final Function<String, VirtualHost> hosts;
  private final LongConsumer queueIds;
  private final List<byte[]> records = new ArrayList<>();
  private final Set<VirtualHost> seen = new LinkedHashSet<>();
  private final List<AccessChange> accessChanges = new ArrayList<>();
  private final Consumer<String> deletedHosts;
  private final Map<Long, QueueProxy> queues = new HashMap<>();
  private boolean cleanShutdown;
  private boolean recordsLost;

  /**
   * Creates the recovery.
   *
   * @param hosts gives the virtual host of a name, which it makes if there is none
   * @param deletedHosts told the name of each that was deleted
   * @param queueIds told every number a queue has
   */
  BrokerRecovery(
      Function<String, VirtualHost> hosts, Consumer<String> deletedHosts, LongConsumer queueIds) {
    this.hosts = hosts;
    this.deletedHosts = deletedHosts;
    this.queueIds = queueIds;
  }

  /** Who may do what, as far as the journal tells. */
  AccessRules accessRules() {
    return AccessRules.EMPTY.with(accessChanges);
  }

  @Override
  public void onRecordsLost() {
    recordsLost = true;
  }

  @Override
  public void onTopologyReset() {
    records.clear();
  }

  @Override
  public void onTopologyChange(byte[] change) {
    records.add(change);
  }

  @Override
  public void onTopologyComplete(boolean clean) {
    cleanShutdown = clean;
    records.forEach(this::apply);
    records.clear();
    for (VirtualHost host : seen) {
      for (RoutedQueue queue : host.topology().queues()) {
        QueueProxy proxy = (QueueProxy) queue;
        queues.put(proxy.definition().id(), proxy);
      }
    }
  }

  private void apply(byte[] record) {
    try {
      TopologyRecords.read(record, this);
    } catch (BrokerException e) {
      if (!recordsLost) {
        throw e;
      }
      LOG.warn("journal: a change refers to what was lost and is left out: {}", e.getMessage());
    }
  }

  @Override
  public void onChange(String virtualHost, TopologyChange change) {
    host(virtualHost).replay(change);
  }

  @Override
  public void onQueueDeclared(QueueDefinition definition) {
    queueIds.accept(definition.id());
    host(definition.virtualHost()).replay(definition);
  }

  @Override
  public void onQueuePaused(String virtualHost, String queue, boolean paused) {
    host(virtualHost).replayPause(queue, paused);
  }

  @Override
  public void onNextQueueId(long id) {
    queueIds.accept(id);
  }

  @Override
  public void onAccessChange(AccessChange change) {
    accessChanges.add(change);
    if (change instanceof AccessChange.PutVirtualHost put) {
      host(put.virtualHost());
    } else if (change instanceof AccessChange.DeleteVirtualHost delete) {
      seen.removeIf(host -> host.name().equals(delete.virtualHost()));
      deletedHosts.accept(delete.virtualHost());
    }
  }

  private VirtualHost host(String name) {
    VirtualHost host = hosts.apply(name);
    seen.add(host);
    return host;
  }

  @Override
  public boolean onMessage(RecoveredMessage message) {
    QueueProxy queue = queues.get(message.queueId());
    if (queue == null) {
      return false;
    }
    // After a crash nobody knows which messages a consumer had seen: all are marked as perhaps
    // delivered, which is what first-acquirer=false says (AMQP 1.0 §3.2.1).
    boolean maybeDelivered = !cleanShutdown || message.acquiredCount() > 0;
    queue
        .state()
        .recover(
            message.position(),
            message.sizeBytes(),
            message.receivedAtMs(),
            message.ttlMs(),
            new Attempts(message.deliveryCount(), message.acquiredCount(), maybeDelivered),
            message.priority());
    return true;
  }
}
