package dev.warren.core.journal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps the log quiet about failures which a test class makes on purpose, by the thousand. */
public final class QuietLog implements BeforeAllCallback, AfterAllCallback {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.warren.core");

  @Override
  public void beforeAll(ExtensionContext context) {
    LOGGER.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    LOGGER.setLevel(null);
  }
}
