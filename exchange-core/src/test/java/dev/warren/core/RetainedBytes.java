package dev.warren.core;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an object of the engine keeps in memory: everything that can be reached from it, as a
 * 64-bit machine with compressed references lays it out. Of collections only the elements count,
 * and 40 bytes for each of them.
 */
public final class RetainedBytes {
  private static final int HEADER = 16;
  private static final int REFERENCE = 4;
  private static final int ELEMENT = 40;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();

  private RetainedBytes() {}

  /** Bytes kept by an object, without what is reached through the others. */
  public static long of(Object root, Object... without) {
    RetainedBytes count = new RetainedBytes();
    Collections.addAll(count.seen, without);
    count.reach(root);
    long bytes = 0;
    while (!count.waiting.isEmpty()) {
      bytes += count.visit(count.waiting.remove());
    }
    return bytes;
  }

  private void reach(@Nullable Object object) {
    if (object != null && !(object instanceof Enum<?>) && seen.add(object)) {
      waiting.add(object);
    }
  }

  private long visit(Object object) {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      if (object instanceof @Nullable Object[] elements) {
        for (Object element : elements) {
          reach(element);
        }
      }
      return HEADER + (long) Array.getLength(object) * sizeOf(type.getComponentType());
    }
    if (object instanceof Collection<?> elements) {
      elements.forEach(this::reach);
      return HEADER + (long) ELEMENT * elements.size();
    }
    if (object instanceof Map<?, ?> entries) {
      entries.keySet().forEach(this::reach);
      entries.values().forEach(this::reach);
      return HEADER + (long) ELEMENT * entries.size();
    }
    if (!type.getName().startsWith("dev.warren.")) {
      return HEADER;
    }
    long bytes = HEADER;
    for (Class<?> part = type; part != null && part != Object.class; part = part.getSuperclass()) {
      for (Field field : part.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          bytes += sizeOf(field.getType());
          if (!field.getType().isPrimitive()) {
            reach(valueOf(field, object));
          }
        }
      }
    }
    return bytes;
  }

  private static @Nullable Object valueOf(Field field, Object object) {
    try {
      field.setAccessible(true);
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static int sizeOf(Class<?> type) {
    if (type == long.class || type == double.class) {
      return 8;
    }
    if (type == short.class || type == char.class) {
      return 2;
    }
    return type == byte.class || type == boolean.class ? 1 : REFERENCE;
  }
}
