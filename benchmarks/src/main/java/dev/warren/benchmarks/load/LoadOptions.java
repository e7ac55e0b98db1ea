package dev.warren.benchmarks.load;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * What to do to which broker. Immutable.
 *
 * @param url where the broker is, with user and password
 * @param senders number of sending connections
 * @param receivers number of receiving connections
 * @param to target address; {@code %d} becomes the sender's number
 * @param from source address; {@code %d} becomes the receiver's number
 * @param count messages to send, all senders together; without senders, messages to receive
 * @param seconds end sending after this time; 0 is no limit
 * @param size body length in bytes, at least {@link Stamp#LENGTH}
 * @param durable whether messages are durable
 * @param presettled whether messages are sent settled, without confirm
 * @param window most unconfirmed messages of a sender
 * @param credit credit of a receiver
 * @param rate messages per second, all senders together; 0 is as fast as possible
 * @param copies queues each message reaches that are read here
 * @param keepOneIn every so many messages one is received but never settled; 0: all are settled
 * @param idleSeconds give up when nothing has moved for so long
 * @param json whether the report is JSON
 */
public record LoadOptions(
    URI url,
    int senders,
    int receivers,
    String to,
    String from,
    long count,
    double seconds,
    int size,
    boolean durable,
    boolean presettled,
    int window,
    int credit,
    double rate,
    int copies,
    int keepOneIn,
    double idleSeconds,
    boolean json) {

  /** What {@code --help} prints. */
  public static final String HELP =
      """
      Usage: bench --url amqp://[user:password@]host[:port] [options]

        --senders N        sending connections                          (1)
        --receivers N      receiving connections                        (1)
        --to ADDRESS       target, %d is the sender's number            (/queues/bench)
        --from ADDRESS     source, %d is the receiver's number          (/queues/bench)
        --count N          messages in all; 0: until --seconds          (100000)
        --seconds S        stop sending after S seconds; 0: no limit    (0)
        --size BYTES       length of the body                           (1024)
        --durable BOOL     durable messages                             (true)
        --presettled BOOL  send settled, without confirms               (false)
        --window N         most unconfirmed messages of a sender        (1000)
        --credit N         credit of a receiver                         (1000)
        --rate N           messages per second in all; 0: no limit      (0)
        --copies N         queues read here that each message reaches   (1)
        --keep-one-in N    never settle one in N received messages; 0: settle all (0)
        --idle-seconds S   give up when nothing moves for so long       (10)
        --json             print one line of JSON

      Without senders, --count messages are received: a queue filled before is drained. Exit code:
      0 all that was accepted came back, 1 wrong usage, 2 connection or link failed, 3 something is
      missing.
      """;

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("--url", "amqp://guest:guest@127.0.0.1:5672"),
          Map.entry("--senders", "1"),
          Map.entry("--receivers", "1"),
          Map.entry("--to", "/queues/bench"),
          Map.entry("--from", "/queues/bench"),
          Map.entry("--count", "100000"),
          Map.entry("--seconds", "0"),
          Map.entry("--size", "1024"),
          Map.entry("--durable", "true"),
          Map.entry("--presettled", "false"),
          Map.entry("--window", "1000"),
          Map.entry("--credit", "1000"),
          Map.entry("--rate", "0"),
          Map.entry("--copies", "1"),
          Map.entry("--keep-one-in", "0"),
          Map.entry("--idle-seconds", "10"),
          Map.entry("--json", "false"));

  /** Checks the bounds. */
  public LoadOptions {
    check(senders >= 0 && receivers >= 0 && senders + receivers > 0, "--senders or --receivers");
    check(size >= Stamp.LENGTH, "--size: at least " + Stamp.LENGTH);
    check(window > 0 && credit > 0 && copies > 0, "--window, --credit, --copies: at least 1");
    check(keepOneIn >= 0, "--keep-one-in: at least 0");
    check(count >= 0 && count <= Integer.MAX_VALUE, "--count: 0 to 2147483647");
    check(count > 0 || (seconds > 0 && senders > 0), "--count, or --seconds with senders");
    check(rate >= 0 && seconds >= 0 && idleSeconds > 0, "--rate, --seconds, --idle-seconds");
    check("amqp".equals(url.getScheme()) && url.getHost() != null, "--url amqp://host:port");
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it cannot be understood
   */
  public static LoadOptions parse(String[] args) {
    Map<String, String> given = new HashMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i++) {
      check(DEFAULTS.containsKey(args[i]), "unknown option " + args[i]);
      if (args[i].equals("--json")) {
        given.put("--json", "true");
      } else {
        check(i + 1 < args.length, args[i] + " needs a value");
        given.put(args[i], args[++i]);
      }
    }
    Values values = new Values(given);
    return new LoadOptions(
        URI.create(values.text("--url")),
        (int) values.whole("--senders"),
        (int) values.whole("--receivers"),
        values.text("--to"),
        values.text("--from"),
        values.whole("--count"),
        values.number("--seconds"),
        (int) values.whole("--size"),
        values.flag("--durable"),
        values.flag("--presettled"),
        (int) values.whole("--window"),
        (int) values.whole("--credit"),
        values.number("--rate"),
        (int) values.whole("--copies"),
        (int) values.whole("--keep-one-in"),
        values.number("--idle-seconds"),
        values.flag("--json"));
  }

  /** The number of messages a sender sends; the first ones take what does not divide. */
  int countOf(int sender) {
    if (count == 0) {
      return Integer.MAX_VALUE;
    }
    return (int) (count / senders + (sender < count % senders ? 1 : 0));
  }

  String target(int sender) {
    return to.replace("%d", Integer.toString(sender));
  }

  String source(int receiver) {
    return from.replace("%d", Integer.toString(receiver));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }

  /** The options as text, by name. */
  private record Values(Map<String, String> given) {

    String text(String name) {
      return given.getOrDefault(name, "");
    }

    boolean flag(String name) {
      String text = text(name);
      check(text.equals("true") || text.equals("false"), name + ": true or false");
      return text.equals("true");
    }

    long whole(String name) {
      double number = number(name);
      check(number == Math.rint(number), name + ": a whole number");
      return (long) number;
    }

    double number(String name) {
      try {
        return Double.parseDouble(text(name));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(name + ": a number", e);
      }
    }
  }
}
