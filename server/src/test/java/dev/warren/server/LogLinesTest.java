package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log as it is configured: what a client chose cannot pass for a line of the broker's. */
@SuppressWarnings("NullAway.Init")
class LogLinesTest {
  private static final String FORGED =
      "2026-01-01T00:00:00.000Z INFO  Broker connection opened user=admin";

  private final LoggerContext context = new LoggerContext();
  private ConsoleAppender<ILoggingEvent> console;

  @BeforeEach
  void configure() throws JoranException {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    URL shipped = Objects.requireNonNull(LogLinesTest.class.getResource("/logback.xml"));
    configurator.doConfigure(shipped);
    console =
        (ConsoleAppender<ILoggingEvent>)
            context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private String logged(String value, Throwable... thrown) {
    LoggingEvent event =
        new LoggingEvent(
            LogLinesTest.class.getName(),
            context.getLogger("dev.warren.amqp.ConnectionHandler"),
            Level.INFO,
            "connection opened container={}",
            thrown.length == 0 ? null : thrown[0],
            new Object[] {value});
    return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void isOneLineThatSaysWhatHappened() {
    assertThat(logged("größe-1 日本 😀"))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  ConnectionHandler"
                + " connection opened container=größe-1 日本 😀\\R");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", "\u000b", "\f"})
  void aClientCannotBeginALineOfItsOwn(String lineEnd) {
    String line = logged("x" + lineEnd + FORGED);

    assertThat(line.strip().lines()).hasSize(1);
    assertThat(line.strip().split("\\R", -1)).hasSize(1);
    assertThat(line).contains("container=x?").contains(FORGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u001b[2J", "\u009b31m", "\u0000", "\b", "\u202e", "\u200b", "\u007f"})
  void aClientCannotSteerATerminal(String control) {
    assertThat(logged("a" + control)).doesNotContain(control.substring(0, 1)).contains("a?");
  }

  @Test
  void aClientCannotFillTheLogWithOneName() {
    assertThat(logged("x".repeat(1 << 20))).hasSizeLessThan(4200).endsWith("\n");
  }

  @Test
  void aStackTraceIsIndentedWhateverItsMessageSays() {
    RuntimeException cause = new IllegalStateException("bad name\n" + FORGED + "\r" + FORGED);
    String all = logged("x", new IllegalStateException("wrapped\n" + FORGED, cause));

    assertThat(all).contains("Caused by").contains("LogLinesTest");
    assertThat(all.split("\\R", -1)).filteredOn(line -> line.startsWith("2")).hasSize(1);
  }
}
