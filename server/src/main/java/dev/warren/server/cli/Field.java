package dev.warren.server.cli;

/**
 * What a sub-command takes and where in the request it goes. Immutable.
 *
 * @param typed as it is typed: {@code --option}, or a word of the command line in capitals
 * @param name of the member of the body, of the parameter or of the header
 * @param initial what it is if it is not typed; empty for nothing
 */
record Field(String typed, String name, Kind kind, String description, String initial) {
  /** What kind of value, and where it goes. */
  enum Kind {
    /** Text in the body. */
    TEXT,
    /** Text in the body without which there is no request. */
    NEEDED,
    /** A number in the body. */
    NUMBER,
    /** Words with commas between, an array in the body. */
    WORDS,
    /** A flag: true in the body, else false. */
    FLAG,
    /** A flag: false in the body, else true. */
    UNLESS,
    /** {@code NAME=VALUE}, may be repeated: an object in the body. */
    ARGUMENTS,
    /** Text in the arguments of the body. */
    ARGUMENT,
    /** A flag: a parameter that is true or false. */
    QUERY,
    /** Text in a header. */
    HEADER;

    boolean isFlag() {
      return this == FLAG || this == UNLESS || this == QUERY;
    }
  }

  static Field of(Kind kind, String typed, String name, String description) {
    return new Field(typed, name, kind, description, "");
  }

  /** Arguments of a queue, exchange or binding. */
  static Field arguments() {
    return of(Kind.ARGUMENTS, "--argument", "arguments", "x-argument=value; may be repeated");
  }

  /** Whether it is an option, and not a word. */
  boolean isOption() {
    return typed.startsWith("--");
  }

  /** What stands for its value in help. */
  String label() {
    return kind == Kind.ARGUMENTS
        ? "NAME=VALUE"
        : isOption() ? typed.substring(2).toUpperCase(java.util.Locale.ROOT) : typed;
  }
}
