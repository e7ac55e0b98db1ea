package dev.warren.server.config;

import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.NamePattern;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.TopicPermissions;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads who may log in and do what, and checks that users and virtual hosts which are named are
 * there. Used once.
 */
final class AccessReader {
  private static final String GUEST = "guest";
  private static final String NOBODY = "none";

  private final SectionValues root;
  private final PasswordReader passwords;
  private final ConfigErrors errors;
  private final List<String> warnings;
  private final Set<String> virtualHosts = new LinkedHashSet<>();
  private final Map<String, User> users = new LinkedHashMap<>();
  private final List<AccessChange> permissions = new ArrayList<>();

  AccessReader(
      SectionValues root,
      List<TopologyDeclaration> topology,
      PasswordReader passwords,
      ConfigErrors errors,
      List<String> warnings) {
    this.root = root;
    this.passwords = passwords;
    this.errors = errors;
    this.warnings = warnings;
    topology.forEach(host -> virtualHosts.add(host.virtualHost()));
  }

  ServerOptions.Access read() {
    if (root.has(FileKey.USERS)) {
      root.sections(FileKey.USERS).forEach(this::addUser);
    } else {
      addDefaultUser();
    }
    return new ServerOptions.Access(
        List.copyOf(users.values()), permissions, loopbackOnly(), anonymous());
  }

  private void addDefaultUser() {
    users.put(GUEST, User.of(GUEST, PasswordHash.compatible(GUEST), Set.of(User.ADMINISTRATOR)));
    virtualHosts.forEach(host -> permissions.add(new PutPermissions(host, GUEST, Permissions.ALL)));
  }

  private Set<String> loopbackOnly() {
    if (!root.has(FileKey.LOOPBACK_USERS)) {
      return Set.of(GUEST);
    }
    Set<String> loopback = new LinkedHashSet<>();
    int index = 0;
    for (SectionValues.Located name : root.list(FileKey.LOOPBACK_USERS)) {
      String path = root.path(FileKey.LOOPBACK_USERS) + "[" + index++ + "]";
      checkUser(name.location(), path, (String) name.value());
      loopback.add((String) name.value());
    }
    return loopback;
  }

  private Optional<String> anonymous() {
    FileKey key = FileKey.ANONYMOUS_USER;
    Optional<String> name = root.optionalText(key);
    if (name.isEmpty()) {
      return Optional.of(GUEST).filter(users::containsKey);
    }
    if (name.get().equals(NOBODY)) {
      return Optional.empty();
    }
    checkUser(root.location(key), root.path(key), name.get());
    return name;
  }

  private void checkUser(Location location, String path, String name) {
    if (!root.has(FileKey.USERS) && !users.containsKey(name)) {
      // They are made over the API then, and nobody knows which.
      warnings.add(path + ": this file has no user \"" + name + "\"");
    } else if (!users.containsKey(name)) {
      errors.add(
          location,
          path,
          "the user \"" + name + "\", who is not among users",
          "the name of one who is" + Suggestion.didYouMean(name, users.keySet()));
    }
  }

  private void addUser(SectionValues section) {
    PasswordHash password = passwords.read(section);
    String name = section.optionalText(AccessKey.USER_NAME).orElse("");
    section
        .sections(AccessKey.USER_PERMISSIONS)
        .forEach(new PermissionReader(name, AccessKey.PERMISSION_VIRTUAL_HOST)::addPermissions);
    section
        .sections(AccessKey.USER_TOPIC_PERMISSIONS)
        .forEach(
            new PermissionReader(name, AccessKey.TOPIC_PERMISSION_VIRTUAL_HOST)
                ::addTopicPermissions);
    if (name.isEmpty()) {
      return;
    }
    Set<String> tags = new LinkedHashSet<>();
    section.list(AccessKey.USER_TAGS).forEach(tag -> tags.add((String) tag.value()));
    SectionValues limits = section.section(AccessKey.USER_LIMITS);
    UserLimits most =
        new UserLimits(
            limits.smallNumber(AccessKey.USER_LIMITS_CONNECTIONS),
            limits.smallNumber(AccessKey.USER_LIMITS_SESSIONS));
    if (users.putIfAbsent(name, new User(name, password, tags, most, true)) != null) {
      errors.add(
          section.location(AccessKey.USER_NAME),
          section.path(AccessKey.USER_NAME),
          "the user \"" + name + "\" a second time",
          "a name of its own");
    }
  }

  /** Reads the permissions of one kind that one user has. */
  private final class PermissionReader {
    private final String user;
    private final AccessKey virtualHostKey;
    private final Map<List<String>, Location> seen = new HashMap<>();

    PermissionReader(String user, AccessKey virtualHostKey) {
      this.user = user;
      this.virtualHostKey = virtualHostKey;
    }

    void addPermissions(SectionValues section) {
      NamePattern configure = pattern(section, AccessKey.PERMISSION_CONFIGURE);
      NamePattern write = pattern(section, AccessKey.PERMISSION_WRITE);
      NamePattern read = pattern(section, AccessKey.PERMISSION_READ);
      virtualHost(section, List.of())
          .ifPresent(
              host ->
                  permissions.add(
                      new PutPermissions(host, user, new Permissions(configure, write, read))));
    }

    private NamePattern pattern(SectionValues section, AccessKey key) {
      try {
        return NamePattern.of(section.optionalText(key).orElse(""));
      } catch (IllegalArgumentException e) {
        addPatternError(section, key, e);
        return NamePattern.NONE;
      }
    }

    void addTopicPermissions(SectionValues section) {
      String write = expression(section, AccessKey.TOPIC_PERMISSION_WRITE);
      String read = expression(section, AccessKey.TOPIC_PERMISSION_READ);
      String exchange = section.optionalText(AccessKey.TOPIC_PERMISSION_EXCHANGE).orElse("");
      virtualHost(section, List.of(exchange))
          .filter(host -> !exchange.isEmpty())
          .ifPresent(
              host ->
                  permissions.add(
                      new PutTopicPermissions(
                          host, user, exchange, new TopicPermissions(write, read))));
    }

    private String expression(SectionValues section, AccessKey key) {
      String text = section.optionalText(key).orElse("");
      try {
        return new TopicPermissions(text, "").write();
      } catch (IllegalArgumentException e) {
        addPatternError(section, key, e);
        return "";
      }
    }

    private void addPatternError(
        SectionValues section, AccessKey key, IllegalArgumentException wrong) {
      // What it is of is said by the path.
      String text = String.valueOf(wrong.getMessage()).replaceFirst("^(write|read): ", "");
      errors.add(section.location(key), section.path(key), text);
    }

    /** The virtual host, if there is one of that name and nothing was said of it before. */
    private Optional<String> virtualHost(SectionValues section, List<String> further) {
      Optional<String> name = section.optionalText(virtualHostKey);
      if (name.isEmpty()) {
        return name;
      }
      Location location = section.location(virtualHostKey);
      String path = section.path(virtualHostKey);
      if (!virtualHosts.contains(name.get())) {
        errors.add(
            location,
            path,
            "the virtual host \"" + name.get() + "\", which this file does not have",
            "the name of one it has" + Suggestion.didYouMean(name.get(), virtualHosts));
        return Optional.empty();
      }
      List<String> place = new ArrayList<>(further);
      place.add(name.get());
      Location first = seen.putIfAbsent(place, location);
      if (first != null) {
        errors.add(
            location,
            path,
            "permissions for the same a second time",
            "them once only (first at line " + first.line() + ")");
      }
      return name;
    }
  }
}
