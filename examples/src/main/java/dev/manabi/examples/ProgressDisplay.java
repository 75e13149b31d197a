package dev.manabi.examples;

import dev.manabi.examples.train.Metrics;
import java.io.Console;
import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how far an epoch is: a bar on a terminal, and elsewhere a line every hundred batches, so
 * that log files stay short.
 */
interface ProgressDisplay extends AutoCloseable {
  /** Shows that {@code batch} batches are done. */
  void show(int batch, Metrics soFar);

  @Override
  void close();

  /**
   * A display of one pass over the data.
   *
   * @param task what is under way, such as {@code Epoch 1/5}
   * @param batches how many batches there are
   * @param done how many were done before
   */
  @SuppressWarnings("SystemConsoleNull") // whether it can be null differs between versions of 25
  static ProgressDisplay open(PrintWriter out, String task, int batches, int done) {
    Console console = System.console();
    return console != null && console.isTerminal()
        ? new Bar(task, batches, done)
        : new Lines(out, task, batches);
  }

  /** A bar on the terminal. */
  final class Bar implements ProgressDisplay {
    private static final int UPDATE_MILLIS = 200;
    private static final int DEFAULT_COLUMNS = 80;

    private final ProgressBar bar;

    private Bar(String task, int batches, int done) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(batches)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(new ConsoleProgressBarConsumer(System.err, columns() - 1))
              .clearDisplayOnFinish()
              .startsFrom(done, java.time.Duration.ZERO)
              .build();
    }

    private static int columns() {
      // The starting script asks the terminal.
      String columns = System.getenv().getOrDefault("COLUMNS", "");
      return columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : DEFAULT_COLUMNS;
    }

    @Override
    public void show(int batch, Metrics soFar) {
      bar.setExtraMessage(" loss %.4f acc %.2f%%".formatted(soFar.loss(), 100 * soFar.accuracy()));
      bar.stepTo(batch);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Lines of a log. */
  final class Lines implements ProgressDisplay {
    private static final int EVERY = 100;

    private final PrintWriter out;
    private final String task;
    private final int batches;

    private Lines(PrintWriter out, String task, int batches) {
      this.out = out;
      this.task = task;
      this.batches = batches;
    }

    @Override
    public void show(int batch, Metrics soFar) {
      if (batch % EVERY == 0) {
        out.printf(
            "%s, Batch %d/%d, Loss: %.4f, Acc: %.2f%%%n",
            task, batch, batches, soFar.loss(), 100 * soFar.accuracy());
      }
    }

    @Override
    public void close() {}
  }
}
