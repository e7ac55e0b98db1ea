package dev.warren.amqp;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.amqp.sasl.Mechanisms;
import dev.warren.core.broker.AccessDeclaration;
import dev.warren.core.broker.AuditedLogins;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerOptions;
import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.broker.VirtualHostDeclaration;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.journal.FileJournal;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalOptions;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.security.User;
import dev.warren.core.time.BrokerClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A broker behind an AMQP server on a port of the system's choosing: queues {@code q}, {@code q2}
 * and {@code neighbour}, users {@code nobody} (no permission) and {@code writer} (write only),
 * exchanges {@code x} (direct, bound to q by k) and {@code inner} (internal).
 */
public final class BrokerHarness implements AutoCloseable {
  public final Vertx vertx;
  public final Broker broker;
  public final AmqpServer server;

  private final Authenticator authenticator;

  private BrokerHarness(
      Vertx vertx, Broker broker, AmqpServer server, Authenticator authenticator) {
    this.authenticator = authenticator;
    this.vertx = vertx;
    this.broker = broker;
    this.server = server;
  }

  public static AmqpServerOptions options() {
    AmqpServerOptions d = AmqpServerOptions.defaults();
    return new AmqpServerOptions(
            "127.0.0.1",
            0,
            d.idleTimeoutMs(),
            4096,
            7,
            15,
            10_000,
            10,
            500,
            10,
            d.outboundBytesMax(),
            true,
            d.identity())
        .withConnectionLimits(new ConnectionLimits(2048, 50_000, 40_000, 2000, 10_000));
  }

  public static BrokerHarness start(Path directory, AmqpServerOptions options) {
    return start(directory, options, BrokerClock.system());
  }

  /** The same with another clock for the time-outs of connections. */
  public static BrokerHarness start(Path directory, AmqpServerOptions options, BrokerClock clock) {
    return start(directory, options, clock, TransactionLimits.DEFAULTS);
  }

  /** The same with limits for transactions. */
  public static BrokerHarness start(
      Path directory,
      AmqpServerOptions options,
      BrokerClock clock,
      TransactionLimits transactions) {
    return start(directory, options, clock, transactions, TraceRules.NONE, LoginOptions.DEFAULTS);
  }

  static BrokerHarness start(Path directory, AmqpServerOptions options, TraceRules tracing) {
    return start(
        directory,
        options,
        BrokerClock.system(),
        TransactionLimits.DEFAULTS,
        tracing,
        LoginOptions.DEFAULTS);
  }

  /** The same with other ways of logging in. */
  static BrokerHarness start(Path directory, AmqpServerOptions options, LoginOptions logins) {
    return start(
        directory,
        options,
        BrokerClock.system(),
        TransactionLimits.DEFAULTS,
        TraceRules.NONE,
        logins);
  }

  /** The same with something around its journal. */
  static BrokerHarness start(
      Path directory, AmqpServerOptions options, UnaryOperator<Journal> around) {
    return start(
        directory,
        options,
        BrokerClock.system(),
        TransactionLimits.DEFAULTS,
        TraceRules.NONE,
        LoginOptions.DEFAULTS,
        around);
  }

  private static BrokerHarness start(
      Path directory,
      AmqpServerOptions options,
      BrokerClock clock,
      TransactionLimits transactions,
      TraceRules tracing,
      LoginOptions logins) {
    return start(directory, options, clock, transactions, tracing, logins, journal -> journal);
  }

  private static BrokerHarness start(
      Path directory,
      AmqpServerOptions options,
      BrokerClock clock,
      TransactionLimits transactions,
      TraceRules tracing,
      LoginOptions logins,
      UnaryOperator<Journal> around) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    VertxEventLoops loops = VertxEventLoops.of(vertx);
    JournalOptions journal = new JournalOptions(1 << 20, 8 << 20, 1 << 20, 64, 2);
    Broker broker =
        Broker.open(
            new Broker.Parts(
                new BrokerOptions("warren@test", "0", 64 << 20, 1000, 0, 1.0, transactions),
                around.apply(FileJournal.open(directory, journal, BrokerClock.system())),
                directory,
                loops.loops(),
                users(),
                BrokerClock.system()),
            List.of(
                new VirtualHostDeclaration(
                    "/",
                    List.of(
                        ExchangeDefinition.durable("x", ExchangeType.DIRECT),
                        new ExchangeDefinition(
                            "inner", ExchangeType.DIRECT, true, false, true, Map.of())),
                    List.of(
                        QueueDeclaration.durable("q", Map.of()),
                        QueueDeclaration.durable("q2", Map.of()),
                        QueueDeclaration.durable("neighbour", Map.of())),
                    List.of(Binding.toQueue("x", "q", "k")))));
    Authenticator authenticator =
        AuditedLogins.authenticator(
            broker.access(), TokenVerifier.NONE, Authenticator.Options.DEFAULTS, clock);
    Mechanisms mechanisms = new Mechanisms(broker.access(), authenticator, logins);
    AmqpServer server = new AmqpServer(loops, broker, options, clock, tracing, mechanisms);
    await(server.listen());
    return new BrokerHarness(vertx, broker, server, authenticator);
  }

  private static AccessDeclaration users() {
    List<AccessChange> changes = new ArrayList<>(AccessDeclaration.guest("/").changes());
    changes.add(new PutUser(User.of("remote", PasswordHash.compatible("secret"), Set.of())));
    changes.add(new PutPermissions("/", "remote", Permissions.ALL));
    changes.add(new PutUser(User.of("nobody", PasswordHash.compatible("secret"), Set.of())));
    changes.add(new PutPermissions("/", "nobody", Permissions.of("", "", "")));
    changes.add(new PutUser(User.of("writer", PasswordHash.compatible("secret"), Set.of())));
    changes.add(new PutPermissions("/", "writer", Permissions.of("", ".*", "")));
    return new AccessDeclaration(changes, Set.of("guest"), Optional.of("guest"));
  }

  /** The port of the server. */
  public int port() {
    return server.port();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(server.close());
    authenticator.close();
    broker.close();
    await(vertx.close());
  }
}
