package dev.warren.server.oauth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.warren.core.time.BrokerClock;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer, fetched again now and then, and when a token names one that is not
 * there: then not more often than allowed, however many such tokens come. When fetching fails the
 * keys there are go on to serve. Thread-safe.
 */
final class KeySet {
  private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);
  private static final int KEYS_MAX = 100;
  private static final int RSA_BITS_MIN = 2048;

  private final KeySource source;
  private final OAuthOptions.KeyFetching options;
  private final BrokerClock clock;
  private volatile JWKSet keys = new JWKSet();
  private volatile long fetchedNs;
  private boolean everAsked;
  private long askedNs;
  private @Nullable CompletableFuture<Boolean> underWay;

  KeySet(KeySource source, OAuthOptions.KeyFetching options, BrokerClock clock) {
    this.source = source;
    this.options = options;
    this.clock = clock;
  }

  /** The keys which may have made this signature; never fails, and is most often there already. */
  CompletionStage<List<JWK>> keysFor(JWSHeader header) {
    List<JWK> found = matching(header);
    boolean isStale = clock.nanoTime() - fetchedNs > options.refreshMs() * 1_000_000;
    if (!found.isEmpty() && !isStale) {
      return CompletableFuture.completedFuture(found);
    }
    // A key that has been withdrawn is not to serve once more, however long nobody has asked.
    return fetch().thenApply(fetched -> matching(header));
  }

  private List<JWK> matching(JWSHeader header) {
    JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
    return matcher == null ? List.of() : new JWKSelector(matcher).select(keys);
  }

  /** Fetches the keys unless that was tried a short while ago; joins a fetch that is under way. */
  CompletionStage<Boolean> fetch() {
    CompletableFuture<Boolean> mine;
    synchronized (this) {
      if (underWay != null) {
        return underWay;
      }
      long nowNs = clock.nanoTime();
      if (everAsked && nowNs - askedNs < options.refetchMs() * 1_000_000) {
        return CompletableFuture.completedFuture(false);
      }
      everAsked = true;
      askedNs = nowNs;
      mine = new CompletableFuture<>();
      underWay = mine;
    }
    var unused =
        source
            .read()
            .thenApply(KeySet::parse)
            .whenComplete((fetched, failure) -> end(mine, fetched, failure));
    return mine;
  }

  private void end(
      CompletableFuture<Boolean> mine, @Nullable JWKSet fetched, @Nullable Throwable failure) {
    if (fetched != null) {
      keys = fetched;
      fetchedNs = clock.nanoTime();
      LOG.info("keys for tokens read keys={}", fetched.size());
    } else {
      LOG.warn("keys for tokens cannot be read, will try again cause={}", String.valueOf(failure));
    }
    synchronized (this) {
      underWay = null;
    }
    mine.complete(fetched != null);
  }

  /** Leaves out what cannot be used: a shared secret would let everybody sign who can check. */
  private static JWKSet parse(String json) {
    JWKSet all;
    try {
      all = JWKSet.parse(json);
    } catch (ParseException e) {
      throw new IllegalArgumentException("not a JWK set: " + e.getMessage(), e);
    }
    List<JWK> usable = new ArrayList<>();
    for (JWK key : all.getKeys()) {
      JWK open = key.toPublicJWK();
      boolean weak = key instanceof RSAKey rsa && rsa.size() < RSA_BITS_MIN;
      if (open == null || weak) {
        LOG.warn("a key for tokens is left out kid={} type={}", key.getKeyID(), key.getKeyType());
      } else if (usable.size() < KEYS_MAX) {
        usable.add(open);
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalArgumentException("no public key is among the keys");
    }
    return new JWKSet(usable);
  }

  /** Whether there are keys. */
  boolean isEmpty() {
    return keys.isEmpty();
  }
}
