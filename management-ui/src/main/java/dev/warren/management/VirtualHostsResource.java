package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.VirtualHostSettings;
import dev.warren.management.RateSampler.TotalFigure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** Virtual hosts: {@code /vhosts}, one, its protection, {@code /aliveness-test/{vhost}}. */
final class VirtualHostsResource {
  private static final int DESCRIPTION_LENGTH_MAX = 10_000;

  private final Management management;
  private final AccessAdministration access;
  private final RateSampler sampler;
  private final JsonViews views;

  VirtualHostsResource(
      Management management, AccessAdministration access, RateSampler sampler, JsonViews views) {
    this.management = management;
    this.access = access;
    this.sampler = sampler;
    this.views = views;
  }

  void addTo(Routes routes) {
    routes
        .get("/vhosts", Access.MANAGEMENT, this::list)
        .get("/vhosts/{vhost}", Access.MANAGEMENT, this::one)
        .put("/vhosts/{vhost}", Access.ADMINISTRATOR, this::put)
        .delete("/vhosts/{vhost}", Access.ADMINISTRATOR, this::delete)
        .post(
            "/vhosts/{vhost}/deletion/protection",
            Access.ADMINISTRATOR,
            request -> protect(request, true))
        .delete(
            "/vhosts/{vhost}/deletion/protection",
            Access.ADMINISTRATOR,
            request -> protect(request, false))
        .get("/aliveness-test/{vhost}", Access.MANAGEMENT, this::isAlive);
  }

  /** The virtual host of the path, for those who see all of them. */
  static String find(AccessAdministration access, Request request) {
    String name = request.variable("vhost");
    if (access.rules().virtualHost(name).isEmpty()) {
      throw none(name);
    }
    return name;
  }

  private static ApiException none(String name) {
    return ApiException.objectNotFound("no vhost '" + name + "'");
  }

  private Reply list(Request request) {
    List<String> visible =
        VirtualHostScope.visible(request.user(), management.virtualHosts(), name -> name);
    return Pagination.of(request)
        .reply(new Pagination.Listing<>(visible, name -> name, name -> view(name, request)));
  }

  private Reply one(Request request) {
    String name = VirtualHostScope.required(management, request);
    return Reply.ok(Columns.of(request).of(view(name, request)));
  }

  private Reply isAlive(Request request) {
    VirtualHostScope.required(management, request);
    return Reply.ok(JsonViews.object().put("status", "ok"));
  }

  private CompletionStage<Reply> put(Request request) {
    String name = Names.check("vhost", request.variable("vhost"));
    JsonBody body = request.body();
    // Read before anything is changed, so that what is wrong is told at once.
    var unused = changed(VirtualHostSettings.DEFAULTS, body);
    AtomicBoolean isNew = new AtomicBoolean();
    return access
        .change(
            request.actor(),
            before -> {
              isNew.set(before.virtualHost(name).isEmpty());
              VirtualHostSettings present =
                  before.virtualHost(name).orElse(VirtualHostSettings.DEFAULTS);
              List<AccessChange> changes = new ArrayList<>();
              changes.add(new PutVirtualHost(name, changed(present, body)));
              if (isNew.get() && mayBeGranted(before, request.user())) {
                changes.add(new PutPermissions(name, request.user().name(), Permissions.ALL));
              }
              return changes;
            })
        .thenApply(done -> Reply.put(isNew.get()));
  }

  /**
   * Whoever makes a virtual host may do everything in it, as with RabbitMQ; unless he is known by a
   * token, or by the file, which alone says what he may.
   */
  private static boolean mayBeGranted(AccessRules rules, Identity user) {
    return user.isInternal()
        && rules.user(user.name()).filter(known -> !known.declaredInFile()).isPresent();
  }

  /** The settings with what the body says; the others stay. */
  static VirtualHostSettings changed(VirtualHostSettings present, JsonBody body) {
    String description = body.text("description").orElse(present.description());
    if (description.length() > DESCRIPTION_LENGTH_MAX) {
      throw body.invalid(
          "description", "at most " + DESCRIPTION_LENGTH_MAX + " characters were expected");
    }
    List<String> tags = body.words("tags").orElse(present.tags());
    tags.forEach(tag -> Names.check("tag", tag));
    return new VirtualHostSettings(
        description,
        tags,
        queueType(body, present),
        body.flag("protected_from_deletion", present.protectedFromDeletion()),
        body.flag("tracing", present.tracing()),
        present.limits());
  }

  private static String queueType(JsonBody body, VirtualHostSettings present) {
    String type = body.text("default_queue_type").orElse("");
    return switch (type) {
      case "", "undefined" -> present.defaultQueueType();
      case "classic", "quorum" -> type;
      default -> throw body.invalid("default_queue_type", "classic or quorum was expected");
    };
  }

  private CompletionStage<Reply> delete(Request request) {
    String name = request.variable("vhost");
    return access
        .change(
            request.actor(),
            before -> {
              present(before, name);
              return List.of(new DeleteVirtualHost(name));
            })
        .thenApply(done -> Reply.NO_CONTENT)
        .handle(
            (reply, failure) ->
                failure == null
                    ? CompletableFuture.completedStage(reply)
                    : CompletableFuture.<Reply>failedStage(ofDeletion(failure)))
        .thenCompose(answer -> answer);
  }

  /** The one refusal with a status of its own: it is protected (contract §11.3). */
  private static Throwable ofDeletion(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof BrokerException refused
            && refused.error() == BrokerError.PRECONDITION_FAILED
        ? ApiException.preconditionFailed(refused.text())
        : cause;
  }

  private CompletionStage<Reply> protect(Request request, boolean isProtected) {
    String name = request.variable("vhost");
    return access
        .change(
            request.actor(),
            before ->
                List.of(
                    new PutVirtualHost(name, present(before, name).withProtection(isProtected))))
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static VirtualHostSettings present(AccessRules rules, String name) {
    return rules.virtualHost(name).orElseThrow(() -> none(name));
  }

  private ObjectNode view(String name, Request request) {
    long ready = 0;
    long unsettled = 0;
    long scheduled = 0;
    for (QueueInfo queue : management.queues(name)) {
      ready += queue.figures().ready();
      unsettled += queue.figures().unsettled();
      scheduled += queue.figures().scheduled();
    }
    VirtualHostSettings settings =
        access.rules().virtualHost(name).orElse(VirtualHostSettings.DEFAULTS);
    ObjectNode view = JsonViews.object();
    view.put("name", name);
    putSettings(view, settings);
    view.put("protected_from_deletion", settings.protectedFromDeletion());
    view.put("tracing", settings.tracing());
    view.set("metadata", metadata(settings));
    view.putObject("cluster_state").put(management.node().name(), "running");
    view.put("messages", ready + unsettled + scheduled);
    view.put("messages_ready", ready);
    view.put("messages_unacknowledged", unsettled);
    view.put("messages_scheduled", scheduled);
    History history = sampler.virtualHost(name);
    Optional<SampleRange> lengths = SampleRange.of(request, "lengths");
    views.details(view, "messages", history, lengths, OverviewResource.MESSAGES);
    views.details(view, "messages_ready", history, lengths, TotalFigure.READY);
    views.details(view, "messages_unacknowledged", history, lengths, TotalFigure.UNSETTLED);
    views.details(view, "messages_scheduled", history, lengths, TotalFigure.SCHEDULED);
    view.set(
        "message_stats", views.virtualHostStats(history, SampleRange.of(request, "msg_rates")));
    return view;
  }

  /** The settings as RabbitMQ's metadata. */
  static ObjectNode metadata(VirtualHostSettings settings) {
    ObjectNode metadata = JsonViews.object();
    putSettings(metadata, settings);
    if (settings.protectedFromDeletion()) {
      metadata.put("protected_from_deletion", true);
    }
    return metadata;
  }

  private static void putSettings(ObjectNode view, VirtualHostSettings settings) {
    view.put("description", settings.description());
    ArrayNode tags = view.putArray("tags");
    settings.tags().forEach(tags::add);
    view.put("default_queue_type", settings.defaultQueueType());
  }
}
