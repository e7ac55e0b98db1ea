package dev.warren.core.security;

import java.util.List;

/**
 * What is known of a virtual host besides its topology (contract §11.3, §12). Immutable.
 *
 * @param defaultQueueType {@code classic} or {@code quorum}
 * @param protectedFromDeletion whether it cannot be deleted
 * @param tracing accepted and shown; nothing is traced by it
 */
public record VirtualHostSettings(
    String description,
    List<String> tags,
    String defaultQueueType,
    boolean protectedFromDeletion,
    boolean tracing,
    VirtualHostLimits limits) {
  /** What one has of which nothing is said. */
  public static final VirtualHostSettings DEFAULTS =
      new VirtualHostSettings("", List.of(), "classic", false, false, VirtualHostLimits.NONE);

  /** Copies the tags. */
  public VirtualHostSettings {
    tags = List.copyOf(tags);
  }

  /** The same with other limits. */
  public VirtualHostSettings with(VirtualHostLimits newLimits) {
    return new VirtualHostSettings(
        description, tags, defaultQueueType, protectedFromDeletion, tracing, newLimits);
  }

  /** The same, protected from deletion or not. */
  public VirtualHostSettings withProtection(boolean isProtected) {
    return new VirtualHostSettings(
        description, tags, defaultQueueType, isProtected, tracing, limits);
  }
}
