package dev.warren.server.config;

import dev.warren.core.queue.Checkout;
import dev.warren.core.security.PublishRate;
import dev.warren.server.config.ConfigType.Bytes;
import dev.warren.server.config.ConfigType.Duration;
import dev.warren.server.config.ConfigType.Ratio;
import dev.warren.server.config.ConfigType.Whole;

/** The keys of what keeps the broker within its means. */
enum LimitKey implements ConfigKey {
  MAX_MESSAGE_SIZE(
      ConfigSection.LIMITS,
      "max-message-size",
      new Bytes(1024, 256 << 20),
      "16MiB",
      "Largest message taken from a publisher."),
  LINK_CREDIT(
      ConfigSection.LIMITS,
      "link-credit",
      new Whole(1, 1_000_000),
      "2000",
      "Credit a publisher's link gets at most."),
  SUSPENDED_LINK_TIMEOUT(
      ConfigSection.LIMITS,
      "suspended-link-timeout",
      new Duration(0, 604_800_000),
      "24h",
      "Longest time a link that is detached keeps what it has not settled, whatever it asks for; 0"
          + " keeps nothing."),
  SUSPENDED_LINKS(
      ConfigSection.LIMITS,
      "suspended-links",
      new Whole(0, 1_000_000),
      "1000",
      "Links that may ask to be kept when they are detached; others are told that they are not."),
  SUSPENDED_LINKS_PER_USER(
      ConfigSection.LIMITS,
      "suspended-links-per-user",
      new Whole(0, 1_000_000),
      "100",
      "The same for one user."),
  UNSETTLED_PER_SUSPENDED_LINK(
      ConfigSection.LIMITS,
      "unsettled-per-suspended-link",
      new Whole(1, 1_000_000),
      "2000",
      "Deliveries kept for a link that is detached; more go back to the queue."),
  UNSETTLED_SUSPENDED(
      ConfigSection.LIMITS,
      "unsettled-suspended",
      new Whole(1, 10_000_000),
      "100000",
      "The same for all such links together."),
  PARKED_PER_PUBLISHER(
      ConfigSection.LIMITS,
      "parked-per-publisher",
      new Whole(1, 10_000_000),
      "10000",
      "Messages of one publisher that may wait for their outcome."),
  PAYLOAD_MEMORY(
      ConfigSection.LIMITS,
      "payload-memory",
      new Bytes(1 << 20, 1L << 40),
      "128MiB",
      "Messages kept in memory, all queues together; more are read back from the journal when"
          + " they are wanted."),
  DISK_FREE(
      ConfigSection.LIMITS,
      "disk-free-limit",
      new Bytes(0, 1L << 50),
      "50MB",
      "Publishers get no credit while less is free on the data directory's disk."),
  MEMORY_RATIO(
      ConfigSection.LIMITS,
      "memory-limit-ratio",
      new Ratio(0.1, 1.0),
      "0.8",
      "Publishers get no credit while more than this part of the heap is in use."),
  TRANSACTION_OPERATIONS(
      ConfigSection.LIMITS,
      "transaction-operations",
      new Whole(1, 1_000_000),
      "10000",
      "Messages published and settled in one transaction."),
  TRANSACTION_SIZE(
      ConfigSection.LIMITS,
      "transaction-size",
      new Bytes(1024, 1 << 30),
      "16MiB",
      "Size of the messages published in one transaction; never more than three quarters of a"
          + " journal file."),
  TRANSACTIONS_PER_CONNECTION(
      ConfigSection.LIMITS,
      "transactions-per-connection",
      new Whole(1, 1_000_000),
      "256",
      "Transactions a connection may have open."),
  TRANSACTIONS_PER_USER(
      ConfigSection.LIMITS,
      "transactions-per-user",
      new Whole(1, 10_000_000),
      "5000",
      "Transactions all connections of one user may have open."),
  TRANSACTIONS_PER_NODE(
      ConfigSection.LIMITS,
      "transactions-per-node",
      new Whole(1, 10_000_000),
      "10000",
      "Transactions all connections together may have open."),
  TRANSACTION_TIMEOUT(
      ConfigSection.LIMITS,
      "transaction-timeout",
      new Duration(1000, 86_400_000),
      "5m",
      "Time from the first message published or settled in a transaction to its end; then it is"
          + " rolled back."),
  CONSUMER_TIMEOUT(
      ConfigSection.LIMITS,
      "consumer-timeout",
      new Duration(0, Checkout.TIMEOUT_MS_MAX),
      "30m",
      "How long a consumer may hold a message unsettled before it goes back to its queue, unless the"
          + " queue (x-consumer-timeout) or the consumer's link says otherwise; 0s is no limit."),
  CONNECTIONS(
      ConfigSection.LIMITS,
      "connections",
      new Whole(1, 1_000_000),
      "50000",
      "Connections of this node; one more is refused."),
  USER_PUBLISH_RATE(
      ConfigSection.LIMITS,
      "user-publish-rate",
      new Whole(0, PublishRate.MESSAGES_MAX),
      "0",
      "Messages a second that each user may publish, all connections together; what is beyond it"
          + " waits at the client. 0 is no limit."),
  USER_PUBLISH_OCTETS(
      ConfigSection.LIMITS,
      "user-publish-octets",
      new Bytes(0, PublishRate.OCTETS_MAX),
      "0B",
      "The same for the size of the messages."),
  LINKS_PER_CONNECTION(
      ConfigSection.LIMITS,
      "links-per-connection",
      new Whole(1, 16_384),
      "2048",
      "Links of all sessions of a connection; one more is refused."),
  UNSETTLED_PER_CONNECTION(
      ConfigSection.LIMITS,
      "unsettled-per-connection",
      new Whole(1, 10_000_000),
      "50000",
      "Messages a connection may have been sent and not settled; it gets no more until it settles"
          + " some."),
  BUFFERED_PER_CONNECTION(
      ConfigSection.LIMITS,
      "buffered-per-connection",
      new Bytes(1024, 1L << 40),
      "64MiB",
      "Memory for messages that a connection has begun and not ended, at least that of one message,"
          + " and as much for large filters and properties of its links; beyond it the connection is"
          + " closed."),
  HANDSHAKES_PER_ADDRESS(
      ConfigSection.LIMITS,
      "handshakes-per-address",
      new Whole(1, 1_000_000),
      "2000",
      "Connections of one client address that are not open yet; one more is closed at once."),
  HANDSHAKES(
      ConfigSection.LIMITS,
      "handshakes",
      new Whole(1, 1_000_000),
      "10000",
      "The same for all addresses together.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  LimitKey(ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
