package dev.warren.server.config;

import dev.warren.server.config.ConfigType.Bytes;
import dev.warren.server.config.ConfigType.ListOf;
import dev.warren.server.config.ConfigType.Section;
import dev.warren.server.config.ConfigType.Sections;
import dev.warren.server.config.ConfigType.Text;

/** The parts of the file, and the keys of the small ones. */
enum FileKey implements ConfigKey {
  NODE(ConfigSection.ROOT, "node", new Section(ConfigSection.NODE), "This node."),
  DATA(ConfigSection.ROOT, "data", new Section(ConfigSection.DATA), "Durable state."),
  LISTENERS(
      ConfigSection.ROOT,
      "listeners",
      new Section(ConfigSection.LISTENERS),
      "What clients connect to."),
  JOURNAL(
      ConfigSection.ROOT,
      "journal",
      new Section(ConfigSection.JOURNAL),
      "The log all durable state is in."),
  TRACE(
      ConfigSection.ROOT,
      "trace",
      new Section(ConfigSection.TRACE),
      "Connections whose frames are logged from their start."),
  LIMITS(
      ConfigSection.ROOT,
      "limits",
      new Section(ConfigSection.LIMITS),
      "What keeps the broker within its means."),
  USERS(
      ConfigSection.ROOT,
      "users",
      new Sections(ConfigSection.USER),
      "Who may log in. Left out: one user guest with password guest and tag administrator."),
  ANONYMOUS_USER(
      ConfigSection.ROOT,
      "anonymous-user",
      new Text("the name of a user, or none", 1, 255),
      "The user SASL ANONYMOUS logs in as; none turns anonymous login off. Left out: guest, if"
          + " there is such a user."),
  LOOPBACK_USERS(
      ConfigSection.ROOT,
      "loopback-users",
      new ListOf(new Text("the name of a user", 1, 255)),
      "Users who may connect from the loopback address only. Left out: guest."),
  VIRTUAL_HOSTS(
      ConfigSection.ROOT,
      "virtual-hosts",
      new Sections(ConfigSection.VIRTUAL_HOST),
      "The virtual hosts with their topology. Left out: / without queues."),

  NODE_NAME(
      ConfigSection.NODE,
      "name",
      new Text("the node's name", 1, 255),
      "warren@localhost",
      "What the console and the HTTP API call this node."),

  DATA_DIRECTORY(
      ConfigSection.DATA,
      "directory",
      new Text("a path", 1, 4096),
      "data",
      "Where the journal is; one process at a time can use it. A relative path starts from the"
          + " folder of the configuration file."),

  JOURNAL_SEGMENT_SIZE(
      ConfigSection.JOURNAL,
      "segment-size",
      new Bytes(256 << 10, 1 << 30),
      "64MiB",
      "Length of a journal file, a multiple of 4KiB. A message may be a quarter of it. A journal"
          + " that exists keeps the length it was created with."),
  JOURNAL_PENDING_MAX(
      ConfigSection.JOURNAL,
      "pending-max",
      new Bytes(1 << 20, 16L << 30),
      "64MiB",
      "What may wait to be written before publishers lose credit."),

  TRACE_USERS(
      ConfigSection.TRACE,
      "users",
      new ListOf(new Text("the name of a user", 1, 255)),
      "Connections of these users are traced, from the login on."),
  TRACE_ADDRESSES(
      ConfigSection.TRACE,
      "addresses",
      new ListOf(new Text("an IP address", 1, 255)),
      "Connections from these addresses are traced."),
  TRACE_PAYLOAD(
      ConfigSection.TRACE,
      "payload",
      new Bytes(0, 4096),
      "0",
      "How much of each message is shown, beginning with its first section; 0: nothing of it.");

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
  private final Definition definition;

  FileKey(ConfigSection section, String keyName, ConfigType type, String doc) {
    this(section, keyName, type, ABSENT, doc);
  }

  FileKey(ConfigSection section, String keyName, ConfigType type, String defaultText, String doc) {
    definition = new Definition(section, keyName, type, defaultText, doc);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
