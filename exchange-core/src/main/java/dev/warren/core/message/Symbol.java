package dev.warren.core.message;

/** An AMQP symbol (AMQP 1.0 §1.6.21): an ASCII name, told apart from a string on the wire. */
public record Symbol(String name) {
  @Override
  public String toString() {
    return name;
  }
}
