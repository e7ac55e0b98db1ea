package dev.warren.core.security;

import java.util.Optional;

/** Fits no password. */
record NoPassword() implements PasswordHash {
  @Override
  public boolean matches(String password) {
    return false;
  }

  @Override
  public Optional<ScramSecrets> scram() {
    return Optional.empty();
  }

  @Override
  public boolean isSlow() {
    return false;
  }

  @Override
  public String text() {
    return "";
  }

  @Override
  public String algorithm() {
    return SaltedDigest.SHA256;
  }

  @Override
  public String toString() {
    return "no password";
  }
}
