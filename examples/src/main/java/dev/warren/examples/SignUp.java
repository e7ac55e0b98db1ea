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
 * A sign-up service hands e-mail jobs to a mailer that may be down. Sign-ups go on without it; when
 * it comes up the jobs are waiting in order. A job that can never succeed is <em>rejected</em>, and
 * the queue's dead-letter exchange takes it to {@code email.dead}, where a person can look at it.
 *
 * <p>Topology, as {@code config/warren.yaml} declares it: direct exchange {@code signup}, key
 * {@code email}, queue {@code email}, whose dead-letter exchange {@code signup.dead} leads to
 * {@code email.dead}.
 */
public final class SignUp implements Story {

  private static final String BAD_ADDRESS = "mallory(at)example.org";
  private static final List<String> ADDRESSES =
      List.of("ada@example.org", "grace@example.org", BAD_ADDRESS, "linus@example.org");

  /** Marks this run's messages, so that what an earlier run left behind is told apart. */
  private final String run = UUID.randomUUID().toString();

  /** Runs the example; the argument is the broker's URL. */
  public static void main(String[] args) {
    System.exit(Story.perform(new SignUp(), args, System.out, System.err));
  }

  @Override
  public void play(BrokerUrl url, Narrator narrator) throws ClientException {
    narrator.tell("The mailer is down. People sign up anyway:");
    signUp(url, narrator);
    narrator.tell("The mailer starts and finds the jobs waiting:");
    sendMail(url, narrator);
    narrator.tell("What could not be sent is in email.dead:");
    inspectDeadLetters(url, narrator);
    narrator.tell("Done: every sign-up was answered, or kept for a person to look at.");
  }

  private void signUp(BrokerUrl url, Narrator narrator) throws ClientException {
    try (BrokerConnection service = BrokerConnection.open(url)) {
      Sender jobs = service.sender("/exchanges/signup/email");
      for (String address : ADDRESSES) {
        BrokerConnection.publish(
            jobs, Message.create(address).durable(true).subject("welcome").correlationId(run));
        narrator.tell("  " + address + " signed up; the e-mail job is stored");
      }
    }
  }

  private void sendMail(BrokerUrl url, Narrator narrator) throws ClientException {
    List<String> seen = new ArrayList<>();
    try (BrokerConnection mailer = BrokerConnection.open(url)) {
      Receiver jobs = mailer.receiver("/queues/email");
      while (seen.size() < ADDRESSES.size()) {
        Delivery job = BrokerConnection.next(jobs);
        String address = String.valueOf(job.message().body());
        if (run.equals(job.message().correlationId())) {
          seen.add(address);
        }
        if (address.contains("@")) {
          narrator.tell("  sent a welcome to " + address);
          job.accept();
        } else {
          narrator.tell("  " + address + " is no address: rejected");
          job.reject("example:bad-address", "not an e-mail address");
        }
      }
    }
    if (!seen.equals(ADDRESSES)) {
      throw new UnexpectedTurnException("the jobs came out of order: " + seen);
    }
  }

  private void inspectDeadLetters(BrokerUrl url, Narrator narrator) throws ClientException {
    try (BrokerConnection person = BrokerConnection.open(url)) {
      Receiver dead = person.receiver("/queues/email.dead");
      Delivery delivery;
      do {
        delivery = BrokerConnection.next(dead);
        narrator.tell(
            "  "
                + delivery.message().body()
                + " (from queue "
                + delivery.message().annotation("x-first-death-queue")
                + ", reason "
                + delivery.message().annotation("x-first-death-reason")
                + ")");
        delivery.accept();
      } while (!run.equals(delivery.message().correlationId()));
      if (!BAD_ADDRESS.equals(delivery.message().body())) {
        throw new UnexpectedTurnException("the wrong job was dead-lettered");
      }
    }
  }
}
