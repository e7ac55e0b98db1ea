package dev.warren.core.security;

import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Virtual hosts, users and who may do what, at one moment. Immutable; a change makes another one.
 */
public final class AccessRules {
  /** Nobody, nothing. */
  public static final AccessRules EMPTY =
      new AccessRules(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  private final Map<String, User> users;
  private final Map<String, VirtualHostSettings> virtualHosts;
  private final Map<Place, Permissions> permissions;
  private final Map<TopicPlace, TopicPermissions> topicPermissions;

  private AccessRules(
      Map<String, User> users,
      Map<String, VirtualHostSettings> virtualHosts,
      Map<Place, Permissions> permissions,
      Map<TopicPlace, TopicPermissions> topicPermissions) {
    this.users = users;
    this.virtualHosts = virtualHosts;
    this.permissions = permissions;
    this.topicPermissions = topicPermissions;
  }

  /** What permissions are for; ordered by virtual host, then user. */
  public record Place(String virtualHost, String user) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byHost = virtualHost.compareTo(other.virtualHost);
      return byHost != 0 ? byHost : user.compareTo(other.user);
    }
  }

  /** What topic permissions are for; ordered by virtual host, user, then exchange. */
  public record TopicPlace(Place place, String exchange) implements Comparable<TopicPlace> {
    private static final Comparator<TopicPlace> ORDER =
        Comparator.comparing(TopicPlace::place).thenComparing(TopicPlace::exchange);

    @Override
    public int compareTo(TopicPlace other) {
      return ORDER.compare(this, other);
    }
  }

  /** The user of this name. */
  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /**
   * What a user may take of the node, however he has logged in: a token's user has the limits of
   * the stored user of that name, and none if there is no such user, as in RabbitMQ.
   */
  public UserLimits limitsOf(String user) {
    User stored = users.get(user);
    return stored == null ? UserLimits.NONE : stored.limits();
  }

  /** All users, by name. */
  public Collection<User> users() {
    return Collections.unmodifiableCollection(users.values());
  }

  /** What is known of a virtual host. */
  public Optional<VirtualHostSettings> virtualHost(String name) {
    return Optional.ofNullable(virtualHosts.get(name));
  }

  /** All virtual hosts, by name. */
  public Map<String, VirtualHostSettings> virtualHosts() {
    return Collections.unmodifiableMap(virtualHosts);
  }

  /** A user's permissions in a virtual host; empty if the user cannot enter it. */
  public Optional<Permissions> permissions(String virtualHost, String user) {
    return Optional.ofNullable(permissions.get(new Place(virtualHost, user)));
  }

  /** All permissions, by virtual host and user. */
  public Map<Place, Permissions> permissions() {
    return Collections.unmodifiableMap(permissions);
  }

  /** A user's permissions for the keys of a topic exchange; empty if every key is allowed. */
  public Optional<TopicPermissions> topicPermissions(
      String virtualHost, String user, String exchange) {
    return Optional.ofNullable(
        topicPermissions.get(new TopicPlace(new Place(virtualHost, user), exchange)));
  }

  /** All topic permissions, by virtual host, user and exchange. */
  public Map<TopicPlace, TopicPermissions> topicPermissions() {
    return Collections.unmodifiableMap(topicPermissions);
  }

  /**
   * The rules after a change. What the change takes for granted (the user of a permission, say) is
   * not checked here.
   */
  public AccessRules with(AccessChange change) {
    return with(List.of(change));
  }

  /** The rules after several changes, in order. */
  public AccessRules with(List<? extends AccessChange> changes) {
    Draft draft = new Draft(this);
    changes.forEach(draft::apply);
    return draft.rules();
  }

  /**
   * Rules that are being changed: a map is copied when it is changed first, so that many changes
   * cost one copy. Owned by whoever made it.
   */
  public static final class Draft {
    private AccessRules now;
    private boolean ownsUsers;
    private boolean ownsVirtualHosts;
    private boolean ownsPermissions;
    private boolean ownsTopicPermissions;

    /** A draft that begins with these rules. */
    public Draft(AccessRules start) {
      this.now =
          new AccessRules(
              start.users, start.virtualHosts, start.permissions, start.topicPermissions);
    }

    /** What holds after the changes so far; to be kept only when there are no more. */
    public AccessRules rules() {
      return now;
    }

    /** Makes a change. */
    public void apply(AccessChange change) {
      if (change instanceof PutUser put) {
        users().put(put.user().name(), put.user());
      } else if (change instanceof DeleteUser delete) {
        users().remove(delete.user());
        permissions().keySet().removeIf(place -> place.user().equals(delete.user()));
        topicPermissions().keySet().removeIf(place -> place.place().user().equals(delete.user()));
      } else if (change instanceof PutPermissions put) {
        permissions().put(new Place(put.virtualHost(), put.user()), put.permissions());
      } else if (change instanceof ClearPermissions clear) {
        permissions().remove(new Place(clear.virtualHost(), clear.user()));
      } else if (change instanceof PutTopicPermissions put) {
        Place place = new Place(put.virtualHost(), put.user());
        topicPermissions().put(new TopicPlace(place, put.exchange()), put.permissions());
      } else if (change instanceof ClearTopicPermissions clear) {
        Place place = new Place(clear.virtualHost(), clear.user());
        topicPermissions().remove(new TopicPlace(place, clear.exchange()));
      } else if (change instanceof PutVirtualHost put) {
        virtualHosts().put(put.virtualHost(), put.settings());
      } else if (change instanceof DeleteVirtualHost delete) {
        String gone = delete.virtualHost();
        virtualHosts().remove(gone);
        permissions().keySet().removeIf(place -> place.virtualHost().equals(gone));
        topicPermissions().keySet().removeIf(place -> place.place().virtualHost().equals(gone));
      }
    }

    private Map<String, User> users() {
      if (!ownsUsers) {
        ownsUsers = true;
        now =
            new AccessRules(
                new TreeMap<>(now.users), now.virtualHosts, now.permissions, now.topicPermissions);
      }
      return now.users;
    }

    private Map<String, VirtualHostSettings> virtualHosts() {
      if (!ownsVirtualHosts) {
        ownsVirtualHosts = true;
        now =
            new AccessRules(
                now.users, new TreeMap<>(now.virtualHosts), now.permissions, now.topicPermissions);
      }
      return now.virtualHosts;
    }

    private Map<Place, Permissions> permissions() {
      if (!ownsPermissions) {
        ownsPermissions = true;
        now =
            new AccessRules(
                now.users, now.virtualHosts, new TreeMap<>(now.permissions), now.topicPermissions);
      }
      return now.permissions;
    }

    private Map<TopicPlace, TopicPermissions> topicPermissions() {
      if (!ownsTopicPermissions) {
        ownsTopicPermissions = true;
        now =
            new AccessRules(
                now.users, now.virtualHosts, now.permissions, new TreeMap<>(now.topicPermissions));
      }
      return now.topicPermissions;
    }
  }

  /** Changes which, applied in order to {@link #EMPTY}, give these rules. */
  public List<AccessChange> changes() {
    List<AccessChange> all = new ArrayList<>();
    virtualHosts.forEach((name, settings) -> all.add(new PutVirtualHost(name, settings)));
    users.values().forEach(user -> all.add(new PutUser(user)));
    permissions.forEach(
        (place, allowed) ->
            all.add(new PutPermissions(place.virtualHost(), place.user(), allowed)));
    topicPermissions.forEach(
        (place, allowed) ->
            all.add(
                new PutTopicPermissions(
                    place.place().virtualHost(), place.place().user(), place.exchange(), allowed)));
    return all;
  }
}
