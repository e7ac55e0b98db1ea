package dev.warren.examples;

import java.io.PrintStream;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/** One example: what it does, apart from how it is told. */
@FunctionalInterface
interface Story {

  /** Ended as it should. */
  int EXIT_OK = 0;

  /** What should have happened did not. */
  int EXIT_FAILED = 1;

  /** The command line is wrong. */
  int EXIT_USAGE = 2;

  /**
   * Runs to its end; every wait in it is bounded.
   *
   * @throws UnexpectedTurnException if the broker did something else than it should
   * @throws ClientException if the broker cannot be reached or refuses something
   */
  void play(BrokerUrl url, Narrator narrator) throws ClientException, InterruptedException;

  /** Plays a story to the console and returns the exit code of its process. */
  static int perform(Story story, String[] args, PrintStream out, PrintStream err) {
    quietLogging();
    BrokerUrl url;
    try {
      url = BrokerUrl.from(args, System.getenv());
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return EXIT_USAGE;
    }
    try {
      story.play(url, out::println);
      return EXIT_OK;
    } catch (UnexpectedTurnException e) {
      err.println("This should not have happened: " + e.getMessage());
    } catch (ClientException e) {
      err.println("The broker at " + url + " did not go along: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println("Interrupted.");
    }
    return EXIT_FAILED;
  }

  /**
   * Lets the story be read: the client library logs errors only, unless the user asked for more.
   */
  static void quietLogging() {
    String key = "logback.configurationFile";
    if (System.getProperty(key) == null) {
      System.setProperty(key, "dev/warren/examples/logback.xml");
    }
  }
}
