package dev.warren.management;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads bodies of requests, with bounds on their length, on the time they take, and on the octets
 * of all that are being read. Thread-safe; each request is read on its event loop.
 */
final class BodyReader {
  private static final int SHARE = 4;
  private static final long READ_MS_MAX = 30_000;

  private final Vertx vertx;
  private final int bytesMax;
  private final AtomicLong held = new AtomicLong();

  /**
   * A reader.
   *
   * @param bytesMax of one body; of all at the same time four times as many
   */
  BodyReader(Vertx vertx, int bytesMax) {
    this.vertx = vertx;
    this.bytesMax = bytesMax;
  }

  /** The longest body. */
  int bytesMax() {
    return bytesMax;
  }

  /**
   * Reads the body of a paused request; on its event loop.
   *
   * @param limit octets, at most {@link #bytesMax}
   * @param answered completes when the body is needed no more: it may wait for its turn
   * @return fails with an {@link ApiException}: 400 if it is too long, 408 if it takes too long,
   *     503 if all bodies together are too long
   */
  CompletionStage<Buffer> read(HttpServerRequest http, int limit, CompletionStage<?> answered) {
    if (declaredLength(http) > limit) {
      return CompletableFuture.failedFuture(tooLong(limit));
    }
    Reading reading = new Reading(http, limit, answered);
    reading.start();
    return reading.whole;
  }

  private static ApiException tooLong(int limit) {
    return ApiException.badRequest("the body is longer than " + limit + " bytes");
  }

  private static long declaredLength(HttpServerRequest http) {
    String length = http.getHeader("content-length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** One body. Owned by the event loop of its request. */
  private final class Reading {
    private final HttpServerRequest http;
    private final int limit;
    private final CompletionStage<?> answered;
    private final CompletableFuture<Buffer> whole = new CompletableFuture<>();
    private Buffer received = Buffer.buffer();

    Reading(HttpServerRequest http, int limit, CompletionStage<?> answered) {
      this.http = http;
      this.limit = limit;
      this.answered = answered;
    }

    void start() {
      long timer =
          vertx.setTimer(
              READ_MS_MAX,
              fired -> fail(new ApiException(408, "request_timeout", "The body takes too long")));
      http.handler(this::onPart)
          .exceptionHandler(whole::completeExceptionally)
          .endHandler(end -> whole.complete(received));
      var unused =
          whole.whenComplete(
              (body, failure) -> {
                vertx.cancelTimer(timer);
                long octets = received.length();
                var unusedEnd = answered.whenComplete((done, why) -> held.addAndGet(-octets));
              });
      if ("100-continue".equalsIgnoreCase(http.getHeader("expect"))) {
        http.response().writeContinue();
      }
      http.resume();
    }

    private void onPart(Buffer part) {
      if (whole.isDone()) {
        return;
      }
      if (received.length() + part.length() > limit) {
        fail(tooLong(limit));
      } else if (held.get() + part.length() > (long) bytesMax * SHARE) {
        fail(ApiException.unavailable("Too many large requests at the same time"));
      } else {
        held.addAndGet(part.length());
        received.appendBuffer(part);
      }
    }

    private void fail(ApiException reason) {
      whole.completeExceptionally(reason);
      received = Buffer.buffer();
    }
  }
}
