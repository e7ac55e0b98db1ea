package dev.warren.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/**
 * An activity log whose reader is offline for a while. The application publishes what users do to a
 * topic exchange, under keys such as {@code user.42.login}; it neither knows nor cares who reads.
 * The queue {@code activity-log} is bound with {@code #} and keeps everything until the reader is
 * back, then gives it in the order in which it was published.
 */
public final class ActivityLog implements Story {

  private static final List<String> KEYS =
      List.of(
          "user.42.login",
          "user.7.login",
          "user.42.upload",
          "user.42.comment",
          "user.7.logout",
          "user.42.logout");

  /** Marks this run's events, so that what an earlier run left behind is told apart. */
  private final String run = UUID.randomUUID().toString();

  /** Runs the example; the argument is the broker's URL. */
  public static void main(String[] args) {
    System.exit(Story.perform(new ActivityLog(), args, System.out, System.err));
  }

  @Override
  public void play(BrokerUrl url, Narrator narrator) throws ClientException {
    narrator.tell("The reader is offline. Things happen:");
    try (BrokerConnection application = BrokerConnection.open(url)) {
      Sender events = application.anonymousSender();
      for (String key : KEYS) {
        BrokerConnection.publish(
            events,
            Message.create(key).to("/exchanges/activity/" + key).durable(true).correlationId(run));
        narrator.tell("  " + key);
      }
    }
    narrator.tell("The reader is back and reads what it missed, in order:");
    List<String> log = read(url, narrator);
    if (!log.equals(KEYS)) {
      throw new UnexpectedTurnException("the log is not what happened: " + log);
    }
    narrator.tell("Done: nothing is missing and nothing is out of order.");
  }

  private List<String> read(BrokerUrl url, Narrator narrator) throws ClientException {
    List<String> log = new ArrayList<>();
    try (BrokerConnection reader = BrokerConnection.open(url)) {
      Receiver events = reader.receiver("/queues/activity-log");
      while (log.size() < KEYS.size()) {
        Delivery event = BrokerConnection.next(events);
        if (run.equals(event.message().correlationId())) {
          log.add(String.valueOf(event.message().body()));
        }
        narrator.tell(
            "  "
                + event.message().body()
                + " (routing key "
                + event.message().annotation("x-routing-key")
                + ")");
        event.accept();
      }
    }
    return log;
  }
}
