package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * Everything that was declared, as one document: {@code /definitions}, {@code
 * /definitions/{vhost}}.
 */
final class DefinitionsResource {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,99}");

  private final ManagedBroker broker;
  private final DefinitionsExport export;
  private final NewPasswords passwords;

  DefinitionsResource(Product product, ManagedBroker broker, NewPasswords passwords) {
    this.broker = broker;
    this.export = new DefinitionsExport(product, broker);
    this.passwords = passwords;
  }

  void addTo(Routes routes) {
    routes
        .get("/definitions", Access.ADMINISTRATOR, this::all)
        .post("/definitions", Access.ADMINISTRATOR, request -> load(request, Optional.empty()))
        .get("/definitions/{vhost}", Access.ADMINISTRATOR, this::ofOne)
        .post("/definitions/{vhost}", Access.ADMINISTRATOR, this::loadIntoOne);
  }

  private Reply all(Request request) {
    return named(request, Reply.ok(export.all()).secret());
  }

  private Reply ofOne(Request request) {
    String name = VirtualHostsResource.find(broker.access(), request);
    return named(request, Reply.ok(export.of(name)));
  }

  /** With the name a browser shall save it under. */
  private static Reply named(Request request, Reply reply) {
    Optional<String> name = request.parameter("download").filter(text -> !text.isEmpty());
    if (name.isEmpty()) {
      return reply;
    }
    if (!FILE_NAME.matcher(name.get()).matches()) {
      throw ApiException.badRequest(
          "download: a file name of letters, digits, dots, dashes and underscores was expected");
    }
    return reply.with("content-disposition", "attachment; filename=\"" + name.get() + "\"");
  }

  private CompletionStage<Reply> loadIntoOne(Request request) {
    return load(request, Optional.of(VirtualHostsResource.find(broker.access(), request)));
  }

  private CompletionStage<Reply> load(Request request, Optional<String> virtualHost) {
    AccessAdministration access = broker.access();
    boolean isTrial = request.flag("dry_run");
    Definitions definitions =
        new DefinitionsReader(broker, access.rules(), virtualHost).read(request.body());
    if (isTrial) {
      return Reply.ok(definitions.report()).now();
    }
    return new DefinitionsImport(broker, passwords, request.actor())
        .apply(definitions)
        .thenApply(
            done ->
                definitions.notes().isEmpty() ? Reply.NO_CONTENT : Reply.ok(definitions.report()));
  }
}
