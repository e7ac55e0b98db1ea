package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Users: {@code /users}, one, several to delete, and hashing a password. */
final class UsersResource {
  private static final String PROTECTED = "protected";
  private static final int TAGS_MAX = 100;

  private final AccessAdministration access;
  private final NewPasswords passwords;

  UsersResource(AccessAdministration access, NewPasswords passwords) {
    this.access = access;
    this.passwords = passwords;
  }

  void addTo(Routes routes) {
    routes
        .get("/users", Access.ADMINISTRATOR, request -> list(request, access.rules().users()))
        .get("/users/without-permissions", Access.ADMINISTRATOR, this::withoutPermissions)
        .post("/users/bulk-delete", Access.ADMINISTRATOR, this::deleteSeveral)
        .get("/users/{user}", Access.ADMINISTRATOR, this::one)
        .put("/users/{user}", Access.ADMINISTRATOR, this::put)
        .delete("/users/{user}", Access.ADMINISTRATOR, this::delete)
        .get("/auth/hash_password/{password}", Access.ADMINISTRATOR, UsersResource::hash);
  }

  private static Reply list(Request request, Collection<User> users) {
    return Pagination.of(request)
        .reply(new Pagination.Listing<>(List.copyOf(users), User::name, UsersResource::view))
        .secret();
  }

  private Reply withoutPermissions(Request request) {
    AccessRules rules = access.rules();
    Set<String> somewhere =
        rules.permissions().keySet().stream()
            .map(AccessRules.Place::user)
            .collect(Collectors.toSet());
    return list(
        request, rules.users().stream().filter(user -> !somewhere.contains(user.name())).toList());
  }

  private Reply one(Request request) {
    return Reply.ok(Columns.of(request).of(view(find(access, request)))).secret();
  }

  /** The user of the path. */
  static User find(AccessAdministration access, Request request) {
    String name = request.variable("user");
    return access
        .rules()
        .user(name)
        .orElseThrow(() -> ApiException.objectNotFound("no user '" + name + "'"));
  }

  private CompletionStage<Reply> put(Request request) {
    String name = Names.check("user", request.variable("user"));
    JsonBody body = request.body();
    Set<String> tags = tags(body);
    AtomicBoolean isNew = new AtomicBoolean();
    return passwords
        .hash(NewPasswords.read(body))
        .thenCompose(
            hash ->
                access.change(
                    request.actor(),
                    before -> {
                      isNew.set(before.user(name).isEmpty());
                      return List.of(new PutUser(changed(before, name, hash, tags)));
                    }))
        .thenApply(done -> Reply.put(isNew.get()));
  }

  private static User changed(
      AccessRules before, String name, PasswordHash hash, Set<String> tags) {
    UserLimits limits = before.user(name).map(User::limits).orElse(UserLimits.NONE);
    return User.of(name, hash, tags).with(limits);
  }

  /** The tags of a user's object, which have to be there. */
  static Set<String> tags(JsonBody user) {
    Set<String> tags =
        new HashSet<>(
            user.words("tags")
                .orElseThrow(() -> user.invalid("tags", "is missing (an empty text for none)")));
    if (tags.size() > TAGS_MAX) {
      throw user.invalid("tags", "at most " + TAGS_MAX + " were expected");
    }
    tags.forEach(tag -> Names.check("tag", tag));
    return tags;
  }

  private CompletionStage<Reply> delete(Request request) {
    String name = request.variable("user");
    return access
        .change(
            request.actor(),
            before -> {
              if (before.user(name).isEmpty()) {
                throw ApiException.objectNotFound("no user '" + name + "'");
              }
              checkNotProtected(before, name);
              return List.of(new DeleteUser(name));
            })
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private CompletionStage<Reply> deleteSeveral(Request request) {
    JsonBody body = request.body();
    List<String> names = body.words("users").orElseThrow(() -> body.invalid("users", "is missing"));
    return access
        .change(
            request.actor(),
            before -> {
              List<String> known =
                  names.stream().distinct().filter(name -> before.user(name).isPresent()).toList();
              known.forEach(name -> checkNotProtected(before, name));
              return List.copyOf(known.stream().map(DeleteUser::new).toList());
            })
        .thenApply(done -> Reply.NO_CONTENT);
  }

  private static void checkNotProtected(AccessRules rules, String name) {
    if (rules.user(name).map(user -> user.tags().contains(PROTECTED)).orElse(false)) {
      throw ApiException.preconditionFailed("user '" + name + "' is protected from deletion");
    }
  }

  /** RabbitMQ's kind of hash, for scripts that write definitions. */
  private static Reply hash(Request request) {
    String hash = PasswordHash.compatible(request.variable("password")).text();
    return Reply.ok(JsonViews.object().put("ok", hash)).secret();
  }

  /** A user as JSON, with the hash of the password as definitions have it. */
  static ObjectNode view(User user) {
    ObjectNode view = JsonViews.object();
    view.put("name", user.name());
    view.put("password_hash", user.password().text());
    view.put("hashing_algorithm", user.password().algorithm());
    ArrayNode tags = view.putArray("tags");
    new TreeSet<>(user.tags()).forEach(tags::add);
    view.set("limits", LimitsResource.view(user.limits()));
    // Not in RabbitMQ's API: such a user is changed in the configuration file.
    view.put("declared_in_file", user.declaredInFile());
    return view;
  }
}
