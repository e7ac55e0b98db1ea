package dev.warren.amqp.management;

import dev.warren.core.security.Permission;

/** Allows everything, unless {@link #on} is overridden. */
class FakeAccessControl implements AccessControl {
  /** A question, such as {@code READ q}, {@code SEE q} or {@code KEY exchange key}. */
  void on(String question) {}

  @Override
  public void check(Permission permission, Resource resource, String name) {
    on(permission + " " + name);
  }

  @Override
  public void checkSeen(Resource resource, String name) {
    on("SEE " + name);
  }

  @Override
  public void checkBindingKey(String exchange, String key) {
    on("KEY " + exchange + " " + key);
  }
}
