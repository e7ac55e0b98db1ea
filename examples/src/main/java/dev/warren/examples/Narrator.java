package dev.warren.examples;

/** Takes the story line by line. The programs print it; a test may keep it. */
@FunctionalInterface
public interface Narrator {

  /** One thing that happened. Lines may come from several threads. */
  void tell(String line);
}
