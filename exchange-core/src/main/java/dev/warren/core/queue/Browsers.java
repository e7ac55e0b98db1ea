package dev.warren.core.queue;

import dev.warren.core.message.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Consumers that only look (distribution-mode copy, AMQP 1.0 §3.5.4): each walks the ready messages
 * from head to tail once and gets a copy of those its filter matches. Nothing in the queue changes:
 * a copy is closed from the beginning, so that its outcome means nothing. Owned by the queue's
 * owner.
 */
final class Browsers {
  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final ColdReads reads;
  private final ReadyWalk walk;
  private final List<Consumer> attached = new ArrayList<>();

  /** Whose turn it is to be first, when not all could go on to the end. */
  private int turn;

  private int looksLeft;
  private boolean more;

  Browsers(QueueLedger ledger, ReadyMessages ready, ColdReads reads) {
    this.ledger = ledger;
    this.ready = ready;
    this.reads = reads;
    this.walk = ready.newWalk();
  }

  boolean isEmpty() {
    return attached.isEmpty();
  }

  int count() {
    return attached.size();
  }

  void attach(Consumer browser) {
    if (browser.attached) {
      throw new IllegalStateException("consumer is attached already");
    }
    browser.attached = true;
    browser.credit = 0;
    browser.cursor = ready.openOnce();
    attached.add(browser);
  }

  void detach(Consumer browser) {
    attached.remove(browser);
    forget(browser);
  }

  void clear() {
    attached.forEach(this::forget);
    attached.clear();
  }

  private void forget(Consumer browser) {
    browser.attached = false;
    browser.draining = false;
    browser.credit = 0;
    if (browser.cursor != null) {
      ready.close(browser.cursor);
      browser.cursor = null;
    }
  }

  /**
   * Gives copies to those with credit.
   *
   * @param looksMax how many messages may be looked at
   * @return whether there was more to do
   */
  boolean look(long nowMs, int looksMax) {
    looksLeft = looksMax;
    more = false;
    int count = attached.size();
    int first = turn;
    for (int i = 0; i < count; i++) {
      int index = (first + i) % count;
      Consumer browser = attached.get(index);
      if (browser.credit > 0) {
        if (looksLeft <= 0) {
          turn = index;
          return true;
        }
        look(browser, nowMs);
      }
    }
    return more;
  }

  /** Whether a browser has come to the tail. */
  boolean hasSeenAll(Consumer browser) {
    ReadyCursor cursor = Selection.cursorOf(browser);
    walk.start(cursor.place, cursor.returnedFrom);
    return walk.isAtEnd();
  }

  private void look(Consumer browser, long nowMs) {
    ReadyCursor cursor = Selection.cursorOf(browser);
    walk.start(cursor.place, cursor.returnedFrom);
    while (!walk.isAtEnd() && browser.credit > 0) {
      if (looksLeft <= 0) {
        more = true;
        break;
      }
      looksLeft--;
      if (walk.expiresAtMs() >= nowMs) {
        Object payload = walk.payload();
        if (payload == null) {
          cursor.place.set(walk.place());
          reads.await(walk.sequence(), cursor.place);
          break;
        }
        show(browser, payload, nowMs);
      }
      cursor.returnedFrom = Math.max(cursor.returnedFrom, walk.sequence() + 1);
      walk.advance();
    }
    cursor.place.set(walk.place());
  }

  private void show(Consumer browser, Object payload, long nowMs) {
    if (!browser.takesAny()) {
      Message message = ReadyChunk.messageOf(payload);
      boolean matches = browser.filter().matches(message, nowMs);
      message.forgetDecoded();
      if (!matches) {
        return;
      }
    }
    browser.credit--;
    Checkout copy = walk.checkout(browser, payload);
    copy.open = false;
    ledger.effects.deliver(copy);
  }
}
