package dev.warren.amqp.conformance;

import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/** Attaches as the rules need them; what a rule is about is changed by the test. */
final class LinksAttach {
  private LinksAttach() {}

  /** The attach of a peer that sends. */
  static Attach sender(String name, int handle, @Nullable String address) {
    Target target = new Target();
    target.setAddress(address);
    Attach attach = attach(name, handle, Role.SENDER);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    return attach;
  }

  /** The attach of a peer that receives. */
  static Attach receiver(String name, int handle, @Nullable String address) {
    Source source = new Source();
    source.setAddress(address);
    Attach attach = attach(name, handle, Role.RECEIVER);
    attach.setSource(source);
    return attach;
  }

  private static Attach attach(String name, int handle, Role role) {
    Attach attach = new Attach();
    attach.setName(name);
    attach.setHandle(UnsignedInteger.valueOf(handle));
    attach.setRole(role);
    attach.setSource(new Source());
    attach.setTarget(new Target());
    return attach;
  }
}
