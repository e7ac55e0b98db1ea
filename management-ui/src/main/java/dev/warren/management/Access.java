package dev.warren.management;

import dev.warren.core.security.Identity;
import dev.warren.core.security.User;
import java.util.Set;

/** What a user must be to use an endpoint (contract §11.2). Weakest first. */
enum Access {
  MANAGEMENT("Not management user"),
  MONITORING("Not monitor user"),
  POLICYMAKER("Not policymaker user"),
  ADMINISTRATOR("Not administrator user");

  private final String refusal;

  Access(String refusal) {
    this.refusal = refusal;
  }

  /** What somebody is told who has not got it. */
  String refusal() {
    return refusal;
  }

  /** Whether the user has it: {@code administrator} includes all others. */
  boolean isGrantedTo(Identity user) {
    Set<String> tags = user.tags();
    if (tags.contains(User.ADMINISTRATOR)) {
      return true;
    }
    return switch (this) {
      case MANAGEMENT -> User.mayManage(tags);
      case MONITORING -> tags.contains(User.MONITORING);
      case POLICYMAKER -> tags.contains(User.POLICYMAKER);
      case ADMINISTRATOR -> false;
    };
  }
}
