package dev.warren.management;

import dev.warren.core.broker.User;

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
  boolean isGrantedTo(User user) {
    if (user.tags().contains("administrator")) {
      return true;
    }
    return switch (this) {
      case MANAGEMENT -> user.mayManage();
      case MONITORING -> user.tags().contains("monitoring");
      case POLICYMAKER -> user.tags().contains("policymaker");
      case ADMINISTRATOR -> false;
    };
  }
}
