package dev.warren.core.time;

/**
 * The only source of time in Warren. Thread-safe. Tests step a simulated one; production uses
 * {@link #system()}.
 */
public interface BrokerClock {

  /** Wall-clock time in milliseconds since the epoch; may jump. For timestamps and expiry. */
  long epochMs();

  /** Monotonic time in nanoseconds from an arbitrary origin. For durations. */
  long nanoTime();

  /** The clock of this machine. */
  static BrokerClock system() {
    return new BrokerClock() {
      @Override
      public long epochMs() {
        return System.currentTimeMillis();
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }
    };
  }
}
