package dev.warren.core.security;

/** Fits no password. */
record NoPassword() implements PasswordHash {
  @Override
  public boolean matches(String password) {
    return false;
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
