package dev.warren.server;

import dev.warren.core.time.BrokerClock;
import dev.warren.server.cli.BrokerCommand;
import dev.warren.server.cli.Terminal;
import dev.warren.server.config.ConfigException;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.journal.JournalCommand;
import dev.warren.server.tls.TlsDevCommand;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The process: reads what is asked for, runs Warren until a signal, ends with an exit code. */
public final class Main {
  /** Read by the JDK's TLS when it is used first. */
  private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private Main() {}

  /** Runs Warren. Ends the process only if it cannot start; a signal ends it later. */
  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("journal")) {
      System.exit(journalTool(List.of(arguments).subList(1, arguments.length)));
    }
    if (arguments.length > 0 && arguments[0].equals("tls-dev")) {
      System.exit(
          TlsDevCommand.run(
              List.of(arguments).subList(1, arguments.length), System.out, System.err));
    }
    // A word that is none of them is told there too, with what it is like.
    if (arguments.length > 0 && !arguments[0].startsWith("-")) {
      System.exit(brokerTool(List.of(arguments)));
    }
    try {
      CommandLine commandLine = CommandLine.parse(List.of(arguments), System.getenv());
      switch (commandLine.action()) {
        case HELP -> System.out.print(CommandLine.HELP);
        case VERSION -> System.out.println("Warren " + Version.text());
        case RUN -> run(commandLine);
      }
    } catch (ConfigException e) {
      e.errors().forEach(System.err::println);
      System.exit(ExitCode.CONFIGURATION.code());
    } catch (StartFailedException e) {
      System.err.println("warren: " + e.text());
      System.exit(e.exitCode().code());
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      System.exit(ExitCode.INTERNAL.code());
    }
  }

  private static int brokerTool(List<String> arguments) {
    OutputStream standard = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    try (PrintStream out = new PrintStream(standard, false, StandardCharsets.UTF_8)) {
      return BrokerCommand.run(
          arguments, System.getenv(), out, System.err, Terminal.ofProperties(), Version.text());
    }
  }

  /** Only results go to standard output: the log, which knows no other place, goes elsewhere. */
  private static int journalTool(List<String> arguments) {
    System.setOut(System.err);
    OutputStream standard = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    try (PrintStream out = new PrintStream(standard, false, StandardCharsets.UTF_8)) {
      return JournalCommand.run(arguments, System.getenv(), out, System.err);
    }
  }

  private static void run(CommandLine commandLine) {
    // A client could keep the broker busy with hand-shakes on one connection; TLS 1.3 has none.
    if (System.getProperty(RENEGOTIATION) == null) {
      System.setProperty(RENEGOTIATION, "true");
    }
    ServerOptions options = ConfigFile.read(commandLine.configFile()).with(commandLine.overrides());
    Wiring wiring = Wiring.start(options, BrokerClock.system());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(wiring), "stop"));
    System.out.print(Greeting.of(options, wiring));
    System.out.flush();
  }

  /** Runs when a signal has come. A stop that was asked for is not a failure: it ends with 0. */
  private static void stop(Wiring wiring) {
    wiring.close();
    System.out.println("Warren stopped");
    System.out.flush();
    Runtime.getRuntime().halt(ExitCode.OK.code());
  }
}
