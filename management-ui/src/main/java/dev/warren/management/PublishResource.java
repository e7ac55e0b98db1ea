package dev.warren.management;

import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.Publisher;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permission;
import dev.warren.core.security.User;
import dev.warren.core.time.BrokerClock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes one message: {@code /exchanges/{vhost}/{exchange}/publish} (contract §11.6). */
final class PublishResource {
  private final TopologyAccess topology;
  private final List<BrokerLoop> loops;
  private final int messageBytesMax;
  private final BrokerClock clock;

  PublishResource(
      TopologyAccess topology, List<BrokerLoop> loops, int messageBytesMax, BrokerClock clock) {
    this.topology = topology;
    this.loops = loops;
    this.messageBytesMax = messageBytesMax;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes.post("/exchanges/{vhost}/{exchange}/publish", Access.MANAGEMENT, this::publish);
  }

  private CompletionStage<Reply> publish(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String exchange = TopologyAccess.exchangeName(request.variable("exchange"));
    JsonBody body = request.body();
    String key = body.requiredText("routing_key");
    PublishedMessage published = PublishedMessage.read(body, messageBytesMax);
    place.checkExchange(Permission.WRITE, exchange);
    published.userId().ifPresent(named -> checkUserId(request, named));
    switch (place.host().exchangeAccess(exchange)) {
      case MISSING -> throw noExchange(place, exchange);
      case INTERNAL ->
          throw ApiException.badRequest(
              "cannot publish to internal exchange '%s' in vhost '%s'"
                  .formatted(exchange, place.host().name()));
      case OPEN -> {
        place.checkKey(Permission.WRITE, exchange, key);
        published
            .furtherKeys()
            .forEach(further -> place.checkKey(Permission.WRITE, exchange, further));
      }
    }
    Envelope envelope = new Envelope(exchange, key, published.furtherKeys());
    Message message =
        new Message(
            envelope,
            published.header(),
            Annotations.of(envelope, published.annotations()),
            published.bare(),
            clock.epochMs());
    CompletableFuture<Boolean> routed = new CompletableFuture<>();
    BrokerLoop loop = loops.get(Math.floorMod(key.hashCode(), loops.size()));
    loop.execute(
        () -> new Publication(request.user().name(), routed).publish(place, loop, message));
    return routed.thenApply(any -> Reply.ok(JsonViews.object().put("routed", any)));
  }

  /** Only an impersonator speaks for others (contract §11.2). */
  private static void checkUserId(Request request, String named) {
    Identity user = request.user();
    if (!named.equals(user.name()) && !user.tags().contains(User.IMPERSONATOR)) {
      throw ApiException.badRequest(
          "user_id property set to '%s' but authenticated user was '%s'"
              .formatted(named, user.name()));
    }
  }

  private static ApiException noExchange(TopologyAccess.Place place, String exchange) {
    return ApiException.objectNotFound(
        "no exchange '%s' in vhost '%s'".formatted(exchange, place.host().name()));
  }

  /** The way of one message. Owned by its loop. */
  private static final class Publication implements Publisher.Listener {
    private final String user;
    private final CompletableFuture<Boolean> routed;
    private Optional<Publisher> publisher = Optional.empty();

    Publication(String user, CompletableFuture<Boolean> routed) {
      this.user = user;
      this.routed = routed;
    }

    void publish(TopologyAccess.Place place, BrokerLoop loop, Message message) {
      Publisher opened = place.host().openPublisher(loop, user, this);
      publisher = Optional.of(opened);
      if (opened.room() == 0) {
        end(
            () ->
                routed.completeExceptionally(
                    ApiException.unavailable("Publishers are blocked at present")));
        return;
      }
      String exchange = message.envelope().exchange();
      switch (opened.publish(message, this)) {
        case PARKED -> {}
        case ACCEPTED -> end(() -> routed.complete(true));
        case RELEASED -> end(() -> routed.complete(false));
        case NO_ROOM ->
            end(
                () ->
                    routed.completeExceptionally(
                        ApiException.unavailable("There is no room for the message")));
        case NO_EXCHANGE -> end(() -> routed.completeExceptionally(noExchange(place, exchange)));
      }
    }

    private void end(Runnable answer) {
      publisher.ifPresent(Publisher::close);
      answer.run();
    }

    @Override
    public void onAccepted(Object token) {
      end(() -> routed.complete(true));
    }

    @Override
    public void onRejected(Object token, String queue, String reason) {
      end(
          () ->
              routed.completeExceptionally(
                  ApiException.badRequest("Unable to publish message. Check queue limits.")));
    }

    @Override
    public void onReleased(Object token) {
      end(() -> routed.complete(false));
    }

    @Override
    public void onRoom() {}
  }
}
