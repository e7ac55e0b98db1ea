package dev.warren.core.security;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.security.AccessChange.ClearPermissions;
import dev.warren.core.security.AccessChange.ClearTopicPermissions;
import dev.warren.core.security.AccessChange.DeleteUser;
import dev.warren.core.security.AccessChange.DeleteVirtualHost;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutTopicPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import java.util.List;
import java.util.Set;

/**
 * A change of the rules as bytes in the journal: one AMQP list, whose first element says which.
 *
 * <pre>
 * ["put-user", name, hash, algorithm, [tags], max connections, max sessions,
 *     messages a second, octets a second]
 * ["delete-user", name]
 * ["put-permissions", virtual host, user, configure, write, read]
 * ["clear-permissions", virtual host, user]
 * ["put-topic-permissions", virtual host, user, exchange, write, read]
 * ["clear-topic-permissions", virtual host, user, exchange]
 * ["put-virtual-host", name, description, [tags], default queue type, protected, tracing,
 *     max connections, max queues]
 * ["delete-virtual-host", name]
 * </pre>
 */
public final class AccessChangeCodec {
  private static final String PUT_USER = "put-user";
  private static final String DELETE_USER = "delete-user";
  private static final String PUT_PERMISSIONS = "put-permissions";
  private static final String CLEAR_PERMISSIONS = "clear-permissions";
  private static final String PUT_TOPIC_PERMISSIONS = "put-topic-permissions";
  private static final String CLEAR_TOPIC_PERMISSIONS = "clear-topic-permissions";
  private static final String PUT_VIRTUAL_HOST = "put-virtual-host";
  private static final String DELETE_VIRTUAL_HOST = "delete-virtual-host";

  /** Where a user's rate is. */
  private static final int RATE_AT = 7;

  private AccessChangeCodec() {}

  /** The bytes of a change. That a user is declared in a file is not among them. */
  public static byte[] encode(AccessChange change) {
    return new AmqpWriter().writeValue(fields(change)).toByteArray();
  }

  /**
   * The change those bytes stand for.
   *
   * @throws MalformedMessageException if they are not what {@link #encode} writes
   */
  public static AccessChange decode(byte[] bytes) {
    if (!(new AmqpReader(bytes, 0, bytes.length).readValue() instanceof List<?> fields)
        || fields.isEmpty()) {
      throw new MalformedMessageException("not a change of access rules", 0);
    }
    try {
      return change(text(fields, 0), fields);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException(
          "a change of access rules which no broker makes: " + e.getMessage(), 0);
    }
  }

  private static List<Object> fields(AccessChange change) {
    if (change instanceof PutUser put) {
      return userFields(put.user());
    }
    if (change instanceof DeleteUser delete) {
      return List.of(DELETE_USER, delete.user());
    }
    if (change instanceof PutPermissions put) {
      Permissions p = put.permissions();
      return List.of(
          PUT_PERMISSIONS,
          put.virtualHost(),
          put.user(),
          p.configure().text(),
          p.write().text(),
          p.read().text());
    }
    if (change instanceof ClearPermissions clear) {
      return List.of(CLEAR_PERMISSIONS, clear.virtualHost(), clear.user());
    }
    if (change instanceof PutTopicPermissions put) {
      TopicPermissions p = put.permissions();
      return List.of(
          PUT_TOPIC_PERMISSIONS,
          put.virtualHost(),
          put.user(),
          put.exchange(),
          p.write(),
          p.read());
    }
    if (change instanceof ClearTopicPermissions clear) {
      return List.of(CLEAR_TOPIC_PERMISSIONS, clear.virtualHost(), clear.user(), clear.exchange());
    }
    if (change instanceof PutVirtualHost put) {
      return virtualHostFields(put);
    }
    return List.of(DELETE_VIRTUAL_HOST, ((DeleteVirtualHost) change).virtualHost());
  }

  private static List<Object> userFields(User user) {
    return List.of(
        PUT_USER,
        user.name(),
        user.password().text(),
        user.password().algorithm(),
        user.tags().stream().sorted().toList(),
        (long) user.limits().connectionsMax(),
        (long) user.limits().sessionsMax(),
        user.limits().publishRate().messagesPerSecond(),
        user.limits().publishRate().octetsPerSecond());
  }

  private static List<Object> virtualHostFields(PutVirtualHost put) {
    VirtualHostSettings settings = put.settings();
    return List.of(
        PUT_VIRTUAL_HOST,
        put.virtualHost(),
        settings.description(),
        settings.tags(),
        settings.defaultQueueType(),
        settings.protectedFromDeletion(),
        settings.tracing(),
        (long) settings.limits().connectionsMax(),
        (long) settings.limits().queuesMax());
  }

  private static AccessChange change(String kind, List<?> f) {
    return switch (kind) {
      case PUT_USER ->
          new PutUser(
              new User(
                  text(f, 1),
                  PasswordHash.parse(text(f, 2), text(f, 3)),
                  Set.copyOf(texts(f, 4)),
                  new UserLimits(number(f, 5), number(f, 6), rate(f)),
                  false));
      case DELETE_USER -> new DeleteUser(text(f, 1));
      case PUT_PERMISSIONS ->
          new PutPermissions(
              text(f, 1), text(f, 2), Permissions.of(text(f, 3), text(f, 4), text(f, 5)));
      case CLEAR_PERMISSIONS -> new ClearPermissions(text(f, 1), text(f, 2));
      case PUT_TOPIC_PERMISSIONS ->
          new PutTopicPermissions(
              text(f, 1), text(f, 2), text(f, 3), new TopicPermissions(text(f, 4), text(f, 5)));
      case CLEAR_TOPIC_PERMISSIONS -> new ClearTopicPermissions(text(f, 1), text(f, 2), text(f, 3));
      case PUT_VIRTUAL_HOST ->
          new PutVirtualHost(
              text(f, 1),
              new VirtualHostSettings(
                  text(f, 2),
                  texts(f, 3),
                  text(f, 4),
                  field(f, 5, Boolean.class),
                  field(f, 6, Boolean.class),
                  new VirtualHostLimits(number(f, 7), number(f, 8))));
      case DELETE_VIRTUAL_HOST -> new DeleteVirtualHost(text(f, 1));
      default -> throw new MalformedMessageException("unknown change of access rules " + kind, 0);
    };
  }

  /** Records of the first broker with users end before it. */
  private static PublishRate rate(List<?> fields) {
    return fields.size() <= RATE_AT
        ? PublishRate.NONE
        : new PublishRate(
            field(fields, RATE_AT, Long.class), field(fields, RATE_AT + 1, Long.class));
  }

  private static String text(List<?> fields, int index) {
    return field(fields, index, String.class);
  }

  private static List<String> texts(List<?> fields, int index) {
    List<?> values = field(fields, index, List.class);
    return values.stream().map(String::valueOf).toList();
  }

  private static int number(List<?> fields, int index) {
    return Math.toIntExact(field(fields, index, Long.class));
  }

  private static <T> T field(List<?> fields, int index, Class<T> type) {
    Object value = index < fields.size() ? fields.get(index) : null;
    if (!type.isInstance(value)) {
      throw new MalformedMessageException(
          "field " + index + " of a change of access rules is not of the right type", 0);
    }
    return type.cast(value);
  }
}
