package dev.warren.server.cli;

/**
 * What output goes to. Immutable.
 *
 * @param columns how wide lines may be, or 0 if standard output is no terminal: then nothing is cut
 * @param showsProgress whether somebody watches standard error
 * @param canAsk whether somebody who can be asked is at standard input
 */
public record Terminal(int columns, boolean showsProgress, boolean canAsk) {
  /** Files and pipes. */
  public static final Terminal NONE = new Terminal(0, false, false);

  /** What scripts/warren found out and says in properties of the process. */
  public static Terminal ofProperties() {
    return new Terminal(
        Math.max(0, Integer.getInteger("warren.columns", 0)),
        Boolean.getBoolean("warren.progress"),
        Boolean.getBoolean("warren.asks"));
  }
}
