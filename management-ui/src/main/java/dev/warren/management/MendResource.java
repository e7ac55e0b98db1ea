package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.Actor;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.message.Envelope;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permission;
import dev.warren.core.time.BrokerClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Moves, copies, retries and deletes messages of a queue: POST to {@code
 * /queues/{vhost}/{queue}/mend}, and {@code /mendings} to see how far that is. Also pauses and
 * resumes a queue. Not in RabbitMQ's API. Thread-safe.
 */
final class MendResource {
  private static final int RUNNING_MAX = 16;
  private static final int RUNNING_OF_USER_MAX = 4;

  /** Those that are over stay to be looked at until there are so many. */
  private static final int KEPT_MAX = 100;

  private final TopologyAccess topology;
  private final AuditTrail audit;
  private final ManagementWorker worker;
  private final BrokerClock clock;
  private final Map<Long, MendJob> jobs = new LinkedHashMap<>();
  private long lastId;

  MendResource(
      TopologyAccess topology, AuditTrail audit, ManagementWorker worker, BrokerClock clock) {
    this.topology = topology;
    this.audit = audit;
    this.worker = worker;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes
        .post("/queues/{vhost}/{queue}/mend", Access.MANAGEMENT, this::mend)
        .put("/queues/{vhost}/{queue}/pause", Access.MANAGEMENT, request -> pause(request, true))
        .put("/queues/{vhost}/{queue}/resume", Access.MANAGEMENT, request -> pause(request, false))
        .get("/mendings", Access.MANAGEMENT, this::list)
        .get("/mendings/{id}", Access.MANAGEMENT, request -> Reply.ok(find(request).view()))
        .delete("/mendings/{id}", Access.MANAGEMENT, this::stop);
  }

  private CompletionStage<Reply> pause(Request request, boolean paused) {
    TopologyAccess.Place place = topology.enter(request);
    String queue = request.variable("queue");
    place.checkQueue(Permission.CONFIGURE, queue);
    return place.editor().pause(queue, paused).thenApply(changed -> Reply.NO_CONTENT);
  }

  private CompletionStage<Reply> mend(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String queue = request.variable("queue");
    MendOrder order = MendOrder.read(request.body());
    place.checkQueue(Permission.READ, queue);
    order.target().ifPresent(to -> checkTarget(place, to));
    MendJob.Place at =
        new MendJob.Place(
            place.host().name(),
            queue,
            request.user().name(),
            QueueMessagesResource.inspector(place, queue),
            () -> barred(place, queue),
            to -> refusal(place, to));
    if (order.dryRun()) {
      return new MendCount(at, order, worker, clock).count().thenApply(Reply::ok);
    }
    MendJob job = add(at, order);
    begin(job, request.actor());
    return new Reply(202, Optional.of(job.view()), Map.of("location", "/api/mendings/" + job.id()))
        .now();
  }

  private static void checkTarget(TopologyAccess.Place place, MendOrder.Target to) {
    place.checkExchange(Permission.WRITE, to.exchange());
    switch (place.host().exchangeAccess(to.exchange())) {
      case MISSING ->
          throw ApiException.badRequest(
              "to.exchange: no exchange '%s' in vhost '%s'"
                  .formatted(to.exchange(), place.host().name()));
      case INTERNAL ->
          throw ApiException.badRequest("to.exchange: '%s' is internal".formatted(to.exchange()));
      case OPEN -> {}
    }
    String key = to.routingKey().orElse("");
    if (to.exchange().isEmpty() && place.host().queue(key).isEmpty()) {
      throw ApiException.badRequest(
          "to.queue: no queue '%s' in vhost '%s'".formatted(key, place.host().name()));
    }
  }

  private static Optional<String> refusal(TopologyAccess.Place place, Envelope to) {
    return refusal(
        () -> {
          place.checkExchange(Permission.WRITE, to.exchange());
          place.checkKey(Permission.WRITE, to.exchange(), to.routingKey());
        });
  }

  /** Why a user may not go on with what he was allowed to begin. */
  private Optional<String> barred(TopologyAccess.Place place, String queue) {
    Identity user = place.user();
    if (!user.exists()) {
      return Optional.of("user '" + user.name() + "' does not exist any more");
    }
    OptionalLong expiry = user.expiresAtMs();
    if (expiry.isPresent() && expiry.getAsLong() <= clock.epochMs()) {
      return Optional.of("the token of user '" + user.name() + "' has expired");
    }
    if (!Access.MANAGEMENT.isGrantedTo(user)) {
      return Optional.of(Access.MANAGEMENT.refusal());
    }
    if (!user.mayEnter(place.host().name())) {
      return Optional.of(VirtualHostScope.REFUSAL);
    }
    return refusal(() -> place.checkQueue(Permission.READ, queue));
  }

  private static Optional<String> refusal(Runnable check) {
    try {
      check.run();
      return Optional.empty();
    } catch (ApiException e) {
      return Optional.of(e.reason());
    }
  }

  private synchronized MendJob add(MendJob.Place place, MendOrder order) {
    List<MendJob> running = jobs.values().stream().filter(job -> !job.isOver()).toList();
    long own = running.stream().filter(job -> job.place().user().equals(place.user())).count();
    if (running.size() >= RUNNING_MAX || own >= RUNNING_OF_USER_MAX) {
      throw ApiException.unavailable(
          "%d mendings are under way, %d of them user '%s's; the limits are %d and %d: wait for one"
              .formatted(running.size(), own, place.user(), RUNNING_MAX, RUNNING_OF_USER_MAX));
    }
    MendJob job = new MendJob(++lastId, place, order, worker, clock);
    jobs.put(job.id(), job);
    @Nullable Long oldest =
        jobs.size() <= KEPT_MAX
            ? null
            : jobs.values().stream()
                .filter(MendJob::isOver)
                .map(MendJob::id)
                .findFirst()
                .orElse(null);
    if (oldest != null) {
      jobs.remove(oldest);
    }
    return job;
  }

  private void begin(MendJob job, Actor actor) {
    tell(actor, "queue.mending.begun", job, job.described());
    var unused = job.start().thenAccept(over -> tell(actor, "queue.mended", over, over.result()));
  }

  private void tell(Actor actor, String event, MendJob job, Map<String, Object> after) {
    audit.changed(actor, event, job.place().virtualHost(), job.place().queue(), Map.of(), after);
  }

  private Reply list(Request request) {
    ArrayNode array = JsonViews.array();
    List<MendJob> all;
    synchronized (this) {
      all = new ArrayList<>(jobs.values());
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      if (isVisible(request.user(), all.get(i))) {
        array.add(all.get(i).view());
      }
    }
    return Reply.ok(array);
  }

  private static boolean isVisible(Identity user, MendJob job) {
    return VirtualHostScope.isVisible(user, job.place().virtualHost());
  }

  private synchronized MendJob find(Request request) {
    String id = request.variable("id");
    for (MendJob job : jobs.values()) {
      if (Long.toString(job.id()).equals(id) && isVisible(request.user(), job)) {
        return job;
      }
    }
    throw ApiException.objectNotFound("no mending '" + id + "'");
  }

  private CompletionStage<Reply> stop(Request request) {
    MendJob job = find(request);
    boolean isOwn = job.place().user().equals(request.user().name());
    if (!isOwn && !Access.ADMINISTRATOR.isGrantedTo(request.user())) {
      throw ApiException.notAuthorized("Only administrators stop mendings of others");
    }
    job.stop();
    tell(request.actor(), "queue.mending.stopped", job, job.result());
    return Reply.NO_CONTENT.now();
  }
}
