package dev.warren.core.security;

/** Is told of refused logins, on whatever thread found out; must be quick and must not fail. */
@FunctionalInterface
public interface LoginListener {
  /** Nobody listens. */
  LoginListener NONE = (client, refusal) -> {};

  /** A login was refused. */
  void refused(LoginClient client, Login.Refused refusal);
}
