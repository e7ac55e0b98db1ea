package dev.warren.core.security;

import dev.warren.core.security.Login.Granted;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import dev.warren.core.time.BrokerClock;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who somebody is: by password, by token, or by what a mechanism has found out itself. The one
 * door all fronts share, so that it is counted and told in one place. Thread-safe; never blocks its
 * caller.
 *
 * <p>A password with a slow hash is checked by a few threads of its own, of which each client gets
 * its turn; the same password of the same user is checked once however many wait for it, and is
 * remembered for some minutes as a keyed hash. A fast hash is checked at once by the caller. A user
 * there is not costs what a user there is would cost. The fronts let a refusal wait, counted from
 * the question and not from the answer, so that nobody can tell how long the check took.
 */
public final class Authenticator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

  /**
   * A JWT in its compact form: three parts in base64url, of which the first begins with a brace.
   */
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]*+\\.[\\w-]*+\\.[\\w-]*+");

  private static final int SECRET_BYTES = 32;
  private static final long THREAD_IDLE_S = 30;

  private final Supplier<AccessRules> rules;
  private final TokenVerifier tokens;
  private final LoginListener listener;
  private final BrokerClock clock;
  private final Options options;
  private final CredentialCache cache;
  private final LoginQueue<Check> queue;
  private final ThreadPoolExecutor passwordThreads;
  private final ThreadPoolExecutor tokenThread;
  private final AtomicInteger running = new AtomicInteger();
  private final Map<Credentials, Check> checks = new ConcurrentHashMap<>();
  private final LoginCounters counters = new LoginCounters();
  private static final int LANES_OF_HOST = 64;

  private final byte[] secret = new byte[SECRET_BYTES];
  private volatile SlowHashes slowHashes = new SlowHashes(AccessRules.EMPTY, false);

  /**
   * What it works with.
   *
   * @param rules gives the present ones
   */
  public record Parts(
      Supplier<AccessRules> rules,
      TokenVerifier tokens,
      LoginListener listener,
      BrokerClock clock) {}

  /**
   * Limits. Immutable.
   *
   * @param threads that check slow hashes
   * @param waitingMax logins that wait for them; beyond that the one who asks most is refused
   * @param waitingPerClientMax of those, passwords tried from one address for one user
   * @param cachedMax credentials remembered; 0 for none
   * @param cacheMs for how long
   */
  public record Options(
      int threads, int waitingMax, int waitingPerClientMax, int cachedMax, long cacheMs) {
    /** A quarter of the processors, 1000 logins, 16 of each, and 10,000 passwords for 5 minutes. */
    public static final Options DEFAULTS =
        new Options(
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 4)),
            1000,
            16,
            10_000,
            300_000);

    /** Checks the ranges. */
    public Options {
      check(threads >= 1 && threads <= 16, "threads", 1, 16);
      check(waitingMax >= 1 && waitingMax <= 100_000, "waitingMax", 1, 100_000);
      check(
          waitingPerClientMax >= 1 && waitingPerClientMax <= waitingMax,
          "waitingPerClientMax",
          1,
          waitingMax);
      check(cachedMax >= 0 && cachedMax <= 1_000_000, "cachedMax", 0, 1_000_000);
      check(cacheMs >= 0 && cacheMs <= 86_400_000, "cacheMs", 0, 86_400_000);
    }

    private static void check(boolean ok, String name, long min, long max) {
      if (!ok) {
        throw new IllegalArgumentException(
            "option out of range: %s must be %d to %d".formatted(name, min, max));
      }
    }
  }

  /** What is asked, without the password. */
  private record Credentials(String user, String mark) {}

  /** Whether any user of these rules has a slow hash. */
  private record SlowHashes(AccessRules rules, boolean any) {}

  /** A check of a slow hash that waits or is under way. */
  private record Check(Credentials credentials, String password, CompletableFuture<Login> answer) {}

  /** Creates it; its threads start when they are needed. */
  public Authenticator(Parts parts, Options options) {
    this.rules = parts.rules();
    this.tokens = parts.tokens();
    this.listener = parts.listener();
    this.clock = parts.clock();
    this.options = options;
    this.cache = new CredentialCache(options.cachedMax(), options.cacheMs());
    this.queue = new LoginQueue<>(options.waitingMax(), options.waitingPerClientMax());
    this.passwordThreads = threads("warren-login", options.threads(), options.threads());
    this.tokenThread = threads("warren-token", 1, options.waitingMax());
    new SecureRandom().nextBytes(secret);
  }

  private static ThreadPoolExecutor threads(String name, int threads, int waitingMax) {
    AtomicInteger next = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            THREAD_IDLE_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waitingMax),
            task -> {
              Thread thread = new Thread(task, name + "-" + next.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Whether tokens are taken. */
  public boolean takesTokens() {
    return tokens.takesTokens();
  }

  /** Logins so far. */
  public LoginCounters counters() {
    return counters;
  }

  // ---- passwords ----

  /**
   * Logs in by name and password. A token may stand in place of the password; the name does not
   * matter then.
   *
   * @return never fails
   */
  public CompletionStage<Login> logIn(LoginClient client, String user, String password) {
    if (tokens.takesTokens() && TOKEN.matcher(password).matches()) {
      return logInWithToken(client, password);
    }
    return check(client, user, password).thenApply(login -> told(client, login));
  }

  private CompletionStage<Login> check(LoginClient client, String user, String password) {
    if (password.isEmpty()) {
      // As with RabbitMQ, also for a user whose hash is that of nothing.
      return CompletableFuture.completedFuture(wrong(user));
    }
    AccessRules now = rules.get();
    Optional<PasswordHash> known = now.user(user).map(User::password);
    if (!isSlow(now, known)) {
      boolean fits = known.map(hash -> hash.matches(password)).orElse(false);
      return CompletableFuture.completedFuture(fits ? granted(user) : wrong(user));
    }
    byte[] mark = cache.mark(password);
    if (known.isPresent() && cache.holds(user, known.get(), mark, clock.nanoTime())) {
      return CompletableFuture.completedFuture(granted(user));
    }
    Credentials credentials = new Credentials(user, Base64.getEncoder().encodeToString(mark));
    Check fresh = new Check(credentials, password, new CompletableFuture<>());
    Check asked = checks.putIfAbsent(credentials, fresh);
    if (asked != null) {
      return asked.answer();
    }
    queue
        .add(new LoginQueue.Lane(client.host(), lane(user)), fresh)
        .ifPresent(noRoom -> finish(noRoom, busy(noRoom.credentials().user())));
    startThread();
    return fresh.answer();
  }

  /** A user there is not is as slow as those there are. */
  private boolean isSlow(AccessRules now, Optional<PasswordHash> known) {
    if (known.isPresent()) {
      return known.get().isSlow();
    }
    SlowHashes seen = slowHashes;
    if (seen.rules() != now) {
      seen = new SlowHashes(now, now.users().stream().anyMatch(user -> user.password().isSlow()));
      slowHashes = seen;
    }
    return seen.any();
  }

  /** Chosen without asking whether there is such a user, or a full one would tell. */
  static String lane(String user) {
    return "lane " + Math.floorMod(user.hashCode(), LANES_OF_HOST);
  }

  private void startThread() {
    if (running.incrementAndGet() > options.threads()) {
      running.decrementAndGet();
      return;
    }
    try {
      passwordThreads.execute(this::runChecks);
    } catch (RejectedExecutionException e) {
      running.decrementAndGet();
      dropAll();
    }
  }

  private void runChecks() {
    try {
      for (Optional<Check> next = queue.next(); next.isPresent(); next = queue.next()) {
        run(next.get());
        if (Thread.currentThread().isInterrupted()) {
          dropAll();
        }
      }
    } finally {
      running.decrementAndGet();
    }
    // One may have come after the last look and found all threads at work.
    if (queue.size() > 0) {
      startThread();
    }
  }

  private void run(Check check) {
    Credentials asked = check.credentials();
    Login login;
    try {
      PasswordHash hash =
          hashOf(asked.user()).orElseGet(() -> ScramSecrets.decoy(secret, asked.user()));
      boolean fits = hash.matches(check.password());
      // The user may have got another password, or be gone, while this was under way.
      fits = fits && hashOf(asked.user()).map(hash::equals).orElse(false);
      if (fits && hash.isSlow()) {
        cache.put(asked.user(), hash, cache.mark(check.password()), clock.nanoTime());
      }
      login = fits ? granted(asked.user()) : wrong(asked.user());
    } catch (RuntimeException e) {
      LOG.error("a password cannot be checked user={}", asked.user(), e);
      login = busy(asked.user());
    }
    finish(check, login);
  }

  private Optional<PasswordHash> hashOf(String user) {
    return rules.get().user(user).map(User::password);
  }

  private void finish(Check check, Login login) {
    checks.remove(check.credentials(), check);
    check.answer().complete(login);
  }

  private void dropAll() {
    for (Optional<Check> next = queue.next(); next.isPresent(); next = queue.next()) {
      finish(next.get(), busy(next.get().credentials().user()));
    }
  }

  private Login granted(String user) {
    return new Granted(new StoredIdentity(user, rules));
  }

  private static Login wrong(String user) {
    return new Refused(user, Reason.CREDENTIALS, "wrong user or password");
  }

  private static Login busy(String user) {
    return new Refused(user, Reason.BUSY, "too many logins wait");
  }

  // ---- tokens ----

  /** Logs in by a token; never fails. */
  public CompletionStage<Login> logInWithToken(LoginClient client, String token) {
    return verify(token).handle((claims, failure) -> told(client, login(claims, failure)));
  }

  private static Login login(@Nullable TokenClaims claims, @Nullable Throwable failure) {
    if (claims != null) {
      return new Granted(new TokenIdentity(claims));
    }
    if (failure instanceof TokenRefusedException refused) {
      return new Refused("", Reason.TOKEN, String.valueOf(refused.getMessage()));
    }
    if (!(failure instanceof RejectedExecutionException)) {
      LOG.error("a token cannot be checked", failure);
    }
    return busy("");
  }

  /**
   * Checks a token that is to take the place of another, without counting a login.
   *
   * @return fails with {@link TokenRefusedException}, or anything else if it could not be checked
   */
  public CompletionStage<TokenClaims> verify(String token) {
    CompletableFuture<TokenClaims> answer = new CompletableFuture<>();
    try {
      tokenThread.execute(() -> verify(token, answer));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private void verify(String token, CompletableFuture<TokenClaims> answer) {
    try {
      var unused =
          tokens
              .verify(token)
              .whenComplete(
                  (claims, failure) -> {
                    if (failure == null) {
                      answer.complete(claims);
                    } else {
                      answer.completeExceptionally(cause(failure));
                    }
                  });
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  // ---- what mechanisms find out themselves ----

  /**
   * What SCRAM needs of a user: that of nobody if there is no such user, or none with a hash that
   * can be used for it. The two cannot be told apart.
   */
  public ScramSecrets.Keys scramKeys(String user, ScramSecrets.Digest digest) {
    return hashOf(user)
        .flatMap(PasswordHash::scram)
        .orElseGet(() -> ScramSecrets.decoy(secret, user))
        .keys(digest);
  }

  /**
   * Makes, on a thread of its own, what SCRAM needs of users whose password is given in clear: made
   * at the first login, it would take its time there, and tell that there is such a user.
   */
  public void prepareScram() {
    Thread making =
        new Thread(
            () -> rules.get().users().forEach(user -> user.password().scram()), "scram-secrets");
    making.setDaemon(true);
    making.start();
  }

  /** Whether this is how the user may log in by SCRAM at this moment. */
  public boolean isCurrent(String user, ScramSecrets.Keys keys) {
    return hashOf(user)
        .flatMap(PasswordHash::scram)
        .map(secrets -> secrets.keys(keys.digest()).isSame(keys))
        .orElse(false);
  }

  /** A mechanism has made sure that it is this user: it is a login if there is one. */
  public Login admit(LoginClient client, String user) {
    return told(client, rules.get().user(user).isPresent() ? granted(user) : wrong(user));
  }

  /** A mechanism refuses somebody. */
  public Login refuse(LoginClient client, Refused refusal) {
    return told(client, refusal);
  }

  private Login told(LoginClient client, Login login) {
    counters.count(client.protocol(), login instanceof Granted);
    if (login instanceof Refused refusal) {
      listener.refused(client, refusal);
    }
    return login;
  }

  /** Refuses what waits; what is under way ends by itself. */
  @Override
  public void close() {
    passwordThreads.shutdown();
    tokenThread.shutdownNow();
    dropAll();
  }

  int cached() {
    return cache.size();
  }
}
