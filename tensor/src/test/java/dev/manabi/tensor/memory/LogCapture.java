package dev.manabi.tensor.memory;

import java.text.MessageFormat;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what the engine logs, instead of printing it. */
final class LogCapture extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.manabi");
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  LogCapture() {
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  @Override
  public void publish(LogRecord entry) {
    Object[] parameters = entry.getParameters();
    lines.add(
        parameters == null
            ? entry.getMessage()
            : MessageFormat.format(entry.getMessage(), parameters));
  }

  String text() {
    return String.join("\n", lines);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
