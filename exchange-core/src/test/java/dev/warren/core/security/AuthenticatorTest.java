package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.Login.Granted;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import dev.warren.core.security.ScramSecrets.Digest;
import dev.warren.core.time.BrokerClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticatorTest {
  private static final PasswordHash SLOW = ScramSecrets.of("slow secret", 4096);
  private static final LoginClient HERE = new LoginClient(LoginClient.AMQP, "10.0.0.1", 4000);
  private static final LoginClient THERE = new LoginClient(LoginClient.HTTP, "10.0.0.2", 4000);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final AtomicLong nowNs = new AtomicLong();
  private final AtomicInteger looksOfThreads = new AtomicInteger();
  private final Queue<Refused> told = new ConcurrentLinkedQueue<>();
  private volatile AccessRules rules =
      AccessRules.EMPTY
          .with(new PutUser(user("quick", PasswordHash.compatible("quick secret"))))
          .with(new PutUser(user("slow", SLOW)));
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private Authenticator authenticator = authenticator(TokenVerifier.NONE, 1000, 16);

  private static User user(String name, PasswordHash hash) {
    return User.of(name, hash, Set.of());
  }

  private Authenticator authenticator(TokenVerifier tokens, int waitingMax, int perClientMax) {
    return new Authenticator(
        new Authenticator.Parts(
            this::rules, tokens, (client, refusal) -> told.add(refusal), clock()),
        new Authenticator.Options(1, waitingMax, perClientMax, 100, 60_000));
  }

  /** The authenticator's own threads stop here while the gate is closed. */
  private AccessRules rules() {
    if (Thread.currentThread().getName().startsWith("warren-login")) {
      looksOfThreads.incrementAndGet();
      try {
        assertThat(gate.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return rules;
  }

  private BrokerClock clock() {
    return new BrokerClock() {
      @Override
      public long epochMs() {
        return nowNs.get() / 1_000_000;
      }

      @Override
      public long nanoTime() {
        return nowNs.get();
      }
    };
  }

  @AfterEach
  void close() {
    gate.countDown();
    authenticator.close();
  }

  private CompletableFuture<Login> logIn(LoginClient client, String user, String password) {
    return authenticator.logIn(client, user, password).toCompletableFuture();
  }

  private Login ended(LoginClient client, String user, String password) {
    return logIn(client, user, password).orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static Reason reason(Login login) {
    assertThat(login).isInstanceOf(Refused.class);
    return ((Refused) login).reason();
  }

  @Test
  void aFastHashIsCheckedAtOnce() {
    gate = new CountDownLatch(1);

    assertThat(logIn(HERE, "quick", "quick secret").getNow(null)).isInstanceOf(Granted.class);
    assertThat(reason(logIn(HERE, "quick", "other").getNow(null))).isEqualTo(Reason.CREDENTIALS);
  }

  @Test
  void aSlowHashIsCheckedByAThreadOfItsOwn() {
    gate = new CountDownLatch(1);
    CompletableFuture<Login> login = logIn(HERE, "slow", "slow secret");

    assertThat(login).isNotDone();
    gate.countDown();
    assertThat(login).succeedsWithin(LIMIT).isInstanceOf(Granted.class);
  }

  @Test
  void whatWasFoundRightIsNotCheckedAgain() {
    assertThat(ended(HERE, "slow", "slow secret")).isInstanceOf(Granted.class);
    gate = new CountDownLatch(1);

    assertThat(logIn(THERE, "slow", "slow secret")).isCompleted();
    assertThat(logIn(THERE, "slow", "slow secreT")).isNotDone();
  }

  @Test
  void anotherPasswordEndsWhatWasRemembered() {
    assertThat(ended(HERE, "slow", "slow secret")).isInstanceOf(Granted.class);
    rules = rules.with(new PutUser(user("slow", ScramSecrets.of("new secret", 4096))));

    assertThat(reason(ended(HERE, "slow", "slow secret"))).isEqualTo(Reason.CREDENTIALS);
    assertThat(ended(HERE, "slow", "new secret")).isInstanceOf(Granted.class);
    rules = rules.with(new DeleteUser("slow"));
    assertThat(reason(ended(HERE, "slow", "new secret"))).isEqualTo(Reason.CREDENTIALS);
  }

  @Test
  void whatWasRememberedEndsAfterItsTime() {
    assertThat(ended(HERE, "slow", "slow secret")).isInstanceOf(Granted.class);
    gate = new CountDownLatch(1);
    nowNs.addAndGet(59_999_999_999L);
    assertThat(logIn(HERE, "slow", "slow secret")).isCompleted();
    nowNs.addAndGet(1);

    assertThat(logIn(HERE, "slow", "slow secret")).isNotDone();
  }

  @Test
  void aPasswordThatChangesWhileItIsCheckedIsNotTaken() {
    gate = new CountDownLatch(1);
    CompletableFuture<Login> login = logIn(HERE, "slow", "slow secret");
    rules = rules.with(new PutUser(user("slow", ScramSecrets.of("new secret", 4096))));
    gate.countDown();

    assertThat(reason(login.orTimeout(30, TimeUnit.SECONDS).join())).isEqualTo(Reason.CREDENTIALS);
    assertThat(authenticator.cached()).isZero();
  }

  @Test
  void aUserThereIsNotCostsWhatASlowOneDoes() {
    gate = new CountDownLatch(1);
    CompletableFuture<Login> login = logIn(HERE, "nobody", "guess");

    assertThat(login).isNotDone();
    gate.countDown();
    Refused refused = (Refused) login.orTimeout(30, TimeUnit.SECONDS).join();
    Refused wrong = (Refused) ended(HERE, "slow", "guess");
    assertThat(refused.reason()).isEqualTo(wrong.reason());
    assertThat(refused.text()).isEqualTo(wrong.text());
  }

  @Test
  void thePasswordThatIsNoneIsRefused() {
    rules = rules.with(new PutUser(user("open", PasswordHash.compatible(""))));

    assertThat(reason(ended(HERE, "open", ""))).isEqualTo(Reason.CREDENTIALS);
  }

  @Test
  void theSameCredentialsAreCheckedOnceHoweverManyAsk() {
    gate = new CountDownLatch(1);
    List<CompletableFuture<Login>> logins = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      logins.add(logIn(HERE, "slow", "slow secret"));
    }
    gate.countDown();

    assertThat(logins).allSatisfy(login -> assertThat(login).succeedsWithin(LIMIT));
    // Before and after the one check.
    assertThat(looksOfThreads).hasValue(2);
    assertThat(authenticator.counters().counts())
        .containsExactly(new LoginCounters.Counts(LoginClient.AMQP, 500, 0));
  }

  @Test
  void aFloodOfWrongLoginsDoesNotDelayAGoodOneFromElsewhere() {
    gate = new CountDownLatch(1);
    Queue<String> order = new ConcurrentLinkedQueue<>();
    List<CompletionStage<?>> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String user = i % 2 == 0 ? "slow" : "nobody" + i;
      all.add(logIn(HERE, user, "guess " + i).thenAccept(login -> order.add("wrong")));
    }
    all.add(logIn(THERE, "slow", "slow secret").thenAccept(login -> order.add("good")));
    // Refused at once: there is room for 16 guesses at one user, and one is being checked.
    long refusedAtOnce = order.size();
    gate.countDown();
    all.forEach(one -> assertThat(one.toCompletableFuture()).succeedsWithin(LIMIT));

    assertThat(refusedAtOnce).isGreaterThanOrEqualTo(150L - 16 - 1);
    // The one that was being checked, and one of the other address.
    assertThat(order.stream().skip(refusedAtOnce).limit(3)).contains("good");
  }

  @Test
  void whetherThereIsRoomDoesNotTellWhetherThereIsSuchAUser() {
    gate = new CountDownLatch(1);
    for (int i = 0; i < 2_000; i++) {
      var unused = logIn(HERE, "nobody" + i, "guess");
    }
    CompletableFuture<Login> known = logIn(HERE, "slow", "guess");
    CompletableFuture<Login> unknown = logIn(HERE, sameLaneAs("slow"), "guess");

    assertThat(known.isDone()).isEqualTo(unknown.isDone());
    gate.countDown();
  }

  /** Of a user there is not. */
  private static String sameLaneAs(String user) {
    return java.util.stream.IntStream.range(0, 10_000)
        .mapToObj(i -> "other" + i)
        .filter(name -> Authenticator.lane(name).equals(Authenticator.lane(user)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFullQueueRefusesClearlyAndTheOneWhoAsksMost() {
    authenticator.close();
    authenticator = authenticator(TokenVerifier.NONE, 4, 4);
    gate = new CountDownLatch(1);
    List<CompletableFuture<Login>> greedy = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      greedy.add(logIn(HERE, "slow", "guess " + i));
    }
    CompletableFuture<Login> modest = logIn(THERE, "slow", "slow secret");

    assertThat(greedy.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
        .isNotEmpty()
        .allSatisfy(login -> assertThat(reason(login)).isEqualTo(Reason.BUSY));
    gate.countDown();
    assertThat(modest).succeedsWithin(LIMIT).isInstanceOf(Granted.class);
  }

  @Test
  void whatWaitsIsRefusedWhenTheBrokerStops() {
    gate = new CountDownLatch(1);
    var unused = logIn(HERE, "slow", "guess 1");
    CompletableFuture<Login> second = logIn(HERE, "slow", "guess 2");
    CompletableFuture<Login> third = logIn(HERE, "slow", "guess 3");
    authenticator.close();

    assertThat(reason(third.orTimeout(30, TimeUnit.SECONDS).join())).isEqualTo(Reason.BUSY);
    gate.countDown();
    assertThat(second).succeedsWithin(LIMIT);
  }

  @Test
  void refusalsAreToldAndCounted() {
    ended(HERE, "quick", "wrong");
    ended(THERE, "x".repeat(1000), "wrong");
    ended(THERE, "quick", "quick secret");

    assertThat(told).extracting(Refused::user).contains("quick", "x".repeat(255));
    assertThat(authenticator.counters().counts())
        .containsExactly(
            new LoginCounters.Counts(LoginClient.AMQP, 0, 1),
            new LoginCounters.Counts(LoginClient.HTTP, 1, 1));
  }

  @Test
  void aTokenIsTakenInPlaceOfAPasswordAndSaysWhoItIs() {
    withTokens(
        token ->
            token.startsWith("eyJ.good")
                ? CompletableFuture.completedFuture(
                    new TokenClaims("alice", Set.of(), TokenScopes.parse(List.of(), ""), 1000))
                : CompletableFuture.failedFuture(new TokenRefusedException("it is bad")));

    assertThat(ended(HERE, "anybody", "eyJ.good.x"))
        .isInstanceOfSatisfying(
            Granted.class, good -> assertThat(good.identity().name()).isEqualTo("alice"));
    assertThat(reason(ended(HERE, "anybody", "eyJ.bad.x"))).isEqualTo(Reason.TOKEN);
    assertThat(ended(HERE, "quick", "quick secret")).isInstanceOf(Granted.class);
  }

  @Test
  void aVerifierThatFailsIsNotTakenForABadToken() {
    withTokens(
        token -> {
          throw new IllegalStateException("on purpose");
        });

    assertThat(reason(ended(HERE, "anybody", "eyJ.x.y"))).isEqualTo(Reason.BUSY);
  }

  private void withTokens(TokenVerifier tokens) {
    authenticator.close();
    authenticator = authenticator(tokens, 10, 10);
  }

  @Test
  void scramIsAskedTheSameOfUsersThereAreNotAndOfThoseWithoutItsKeys() {
    for (String user : List.of("nobody", "quick")) {
      ScramSecrets.Keys keys = authenticator.scramKeys(user, Digest.SHA256);

      assertThat(keys.salt()).hasSize(16);
      assertThat(keys.iterations()).isEqualTo(ScramSecrets.ITERATIONS);
      assertThat(authenticator.scramKeys(user, Digest.SHA256).salt()).isEqualTo(keys.salt());
      assertThat(authenticator.isCurrent(user, keys)).isFalse();
    }
    assertThat(authenticator.scramKeys("nobody", Digest.SHA256).salt())
        .isNotEqualTo(authenticator.scramKeys("somebody", Digest.SHA256).salt());
    ScramSecrets.Keys real = authenticator.scramKeys("slow", Digest.SHA512);
    assertThat(authenticator.isCurrent("slow", real)).isTrue();
  }
}
