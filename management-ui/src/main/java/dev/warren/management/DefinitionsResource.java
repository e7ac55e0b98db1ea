package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    return named(request, tagged(request, export.all()));
  }

  private Reply ofOne(Request request) {
    String name = VirtualHostsResource.find(broker.access(), request);
    return named(request, tagged(request, export.of(name)));
  }

  /** The document, or nothing but its tag if that is what the client has. */
  private static Reply tagged(Request request, ObjectNode document) {
    String tag =
        '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(document)) + '"';
    boolean isKnown =
        request
            .header("if-none-match")
            .map(
                tags ->
                    Stream.of(tags.split(",", -1))
                        .map(String::trim)
                        .anyMatch(known -> known.equals("*") || known.endsWith(tag)))
            .orElse(false);
    Reply reply = isKnown ? new Reply(304, Optional.empty(), Map.of()) : Reply.ok(document);
    return reply.secret().with("etag", tag);
  }

  private static byte[] sha256(ObjectNode document) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(document.toString().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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
        new DefinitionsReader(broker, access.rules(), virtualHost, isTrial).read(document(request));
    if (isTrial) {
      return tried(definitions).now();
    }
    return new DefinitionsImport(broker, passwords, request.actor())
        .apply(definitions)
        .thenApply(
            done ->
                definitions.notes().isEmpty() ? Reply.NO_CONTENT : Reply.ok(definitions.report()));
  }

  /** With an error it is what the import would be, a refusal; but it tells all the others, too. */
  private static Reply tried(Definitions definitions) {
    ObjectNode report = definitions.report();
    Optional<String> error = definitions.notes().firstError();
    if (error.isEmpty()) {
      return Reply.ok(report);
    }
    ObjectNode refusal = JsonViews.object();
    refusal.put("error", "bad_request").put("reason", error.get()).setAll(report);
    return new Reply(400, Optional.of(refusal), Map.of());
  }

  private static JsonBody document(Request request) {
    if (request.content().length() == 0) {
      throw ApiException.badRequest("the body is empty: definitions as JSON were expected");
    }
    if (!UploadedFile.isIn(request)) {
      return request.body();
    }
    byte[] file = UploadedFile.read(request);
    if (file.length == 0) {
      throw ApiException.badRequest(UploadedFile.FIELD + ": it is empty");
    }
    try {
      return JsonBody.parse(file);
    } catch (ApiException e) {
      throw ApiException.badRequest(UploadedFile.FIELD + ": " + e.reason());
    }
  }
}
