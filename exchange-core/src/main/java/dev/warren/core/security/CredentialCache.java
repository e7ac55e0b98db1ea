package dev.warren.core.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Passwords that were found right a short while ago, as keyed hashes under a random key that exists
 * only in this process. One of each user, worth something only while the user's hash is the one it
 * was checked against. Thread-safe.
 */
final class CredentialCache {
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final int entriesMax;
  private final long lifetimeNs;
  private final SecretKeySpec key;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // compared by MessageDigest.isEqual only
  private record Entry(PasswordHash hash, byte[] mark, long verifiedAtNs) {}

  CredentialCache(int entriesMax, long lifetimeMs) {
    this.entriesMax = entriesMax;
    this.lifetimeNs = lifetimeMs * 1_000_000;
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, HMAC);
  }

  /** What stands for a password here. */
  byte[] mark(String password) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(PasswordHash.octets(password));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK does not know " + HMAC, e);
    }
  }

  /** Whether the password with this mark was found to be that of this hash, not long ago. */
  boolean holds(String user, PasswordHash hash, byte[] mark, long nowNs) {
    Entry entry = entries.get(user);
    if (entry == null) {
      return false;
    }
    if (isOver(entry, nowNs) || !entry.hash().equals(hash)) {
      entries.remove(user, entry);
      return false;
    }
    return MessageDigest.isEqual(entry.mark(), mark);
  }

  /** The password with this mark is that of this hash. */
  void put(String user, PasswordHash hash, byte[] mark, long nowNs) {
    if (entriesMax == 0 || lifetimeNs == 0) {
      return;
    }
    if (entries.size() >= entriesMax && !entries.containsKey(user)) {
      makeRoom(nowNs);
    }
    entries.put(user, new Entry(hash, mark, nowNs));
  }

  private void makeRoom(long nowNs) {
    entries.values().removeIf(entry -> isOver(entry, nowNs));
    Iterator<String> any = entries.keySet().iterator();
    while (entries.size() >= entriesMax && any.hasNext()) {
      any.next();
      any.remove();
    }
  }

  private boolean isOver(Entry entry, long nowNs) {
    return nowNs - entry.verifiedAtNs() >= lifetimeNs;
  }

  int size() {
    return entries.size();
  }
}
