package dev.warren.server.audit;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TriggeringPolicyBase;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import dev.warren.core.broker.AuditEvent;
import dev.warren.core.journal.PrivateDirectory;
import dev.warren.core.time.BrokerClock;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file audit events are written to. Whoever tells it one never waits: a thread of its own
 * writes, and what finds no room in front of it is counted and lost. Thread-safe.
 */
public final class AuditFile implements Consumer<AuditEvent>, AutoCloseable {
  /** Events that may wait to be written. */
  static final int WAITING_MAX = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final long WAIT_MS = 200;
  private static final long CLOSE_MS_MAX = 5000;
  private static final long COMPLAINT_MS = 60_000;

  private final BlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong lost = new AtomicLong();
  private final RollingFileAppender<String> file;
  private final BrokerClock clock;
  private final Thread writer = new Thread(this::writeAll, "audit-file");
  private volatile boolean isClosing;

  private AuditFile(RollingFileAppender<String> file, BrokerClock clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Opens the file, or goes on with the one that is there; its folder is made if need be.
   *
   * @param rollBytes length at which it is renamed to {@code *.1} and a new one begins
   * @param kept older files kept, 1 to 20
   * @throws IOException if it cannot be written
   */
  public static AuditFile open(Path path, long rollBytes, int kept, BrokerClock clock)
      throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      PrivateDirectory.create(folder);
    }
    if (path.toString().indexOf('%') >= 0) {
      throw new IOException(path + " has a % in it");
    }
    if (Files.exists(path) && !(Files.isRegularFile(path) && Files.isWritable(path))) {
      throw new IOException(path + " is not a file that can be written");
    }
    ContextBase context = new ContextBase();
    Complaints complaints = new Complaints(path, clock);
    context.getStatusManager().add((StatusListener) complaints::hear);
    RollingFileAppender<String> file = appender(context, path, rollBytes, kept);
    file.start();
    if (!file.isStarted()) {
      throw new IOException(path + " cannot be written");
    }
    AuditFile audit = new AuditFile(file, clock);
    audit.writer.setDaemon(true);
    audit.writer.start();
    return audit;
  }

  private static RollingFileAppender<String> appender(
      ContextBase context, Path path, long rollBytes, int kept) {
    RollingFileAppender<String> file = new RollingFileAppender<>();
    file.setContext(context);
    file.setName("audit");
    file.setFile(path.toString());
    file.setEncoder(new LineEncoder());
    FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
    names.setContext(context);
    names.setParent(file);
    names.setFileNamePattern(path + ".%i");
    names.setMinIndex(1);
    names.setMaxIndex(kept);
    names.start();
    file.setRollingPolicy(names);
    Length length = new Length(rollBytes);
    length.setContext(context);
    length.start();
    file.setTriggeringPolicy(length);
    return file;
  }

  /** Writes an event soon; never waits. */
  @Override
  public void accept(AuditEvent event) {
    if (!waiting.offer(event)) {
      lost.incrementAndGet();
    }
  }

  private void writeAll() {
    boolean isInterrupted = false;
    long written = 0;
    while (!isInterrupted) {
      boolean isLast = isClosing;
      try {
        AuditEvent event = waiting.poll(isLast ? 0 : WAIT_MS, TimeUnit.MILLISECONDS);
        if (event != null) {
          file.doAppend(AuditLine.of(event));
          written++;
        }
        if (event == null || written % WAITING_MAX == 0) {
          writeLost();
        }
        if (event == null && isLast) {
          break;
        }
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    writeLost();
    file.stop();
  }

  private void writeLost() {
    long events = lost.getAndSet(0);
    if (events > 0) {
      LOG.warn(
          "audit events came faster than they could be written and are lost events={}", events);
      file.doAppend(AuditLine.lost(clock.epochMs(), events));
    }
  }

  /** Writes what is left; waits for it, but not for ever. */
  @Override
  public void close() {
    isClosing = true;
    try {
      writer.join(CLOSE_MS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (writer.isAlive()) {
      LOG.warn("audit events are left unwritten events={}", waiting.size());
      writer.interrupt();
    }
  }

  /** Lines as they are. */
  private static final class LineEncoder extends EncoderBase<String> {
    @Override
    public byte[] headerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] encode(String line) {
      return line.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return new byte[0];
    }
  }

  /** Looks at every event, where logback's own policy looks now and then. */
  private static final class Length extends TriggeringPolicyBase<String> {
    private final long bytesMax;

    Length(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public boolean isTriggeringEvent(File activeFile, String line) {
      return activeFile.length() >= bytesMax;
    }
  }

  /** What logback has to say of the file goes to the log, once a minute at most. */
  private static final class Complaints {
    private final Path path;
    private final BrokerClock clock;
    private final AtomicLong silentUntilMs = new AtomicLong(Long.MIN_VALUE);

    Complaints(Path path, BrokerClock clock) {
      this.path = path;
      this.clock = clock;
    }

    void hear(Status status) {
      long nowMs = clock.epochMs();
      long until = silentUntilMs.get();
      if (status.getEffectiveLevel() >= Status.WARN
          && nowMs >= until
          && silentUntilMs.compareAndSet(until, nowMs + COMPLAINT_MS)) {
        LOG.warn("the audit file has a problem file={} problem={}", path, status.getMessage());
      }
    }
  }
}
