package dev.manabi.examples;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.Dataset;
import dev.manabi.data.Example;
import dev.manabi.data.transforms.Transform;
import dev.manabi.examples.train.Checkpoint;
import dev.manabi.examples.train.DigitData;
import dev.manabi.examples.train.EpochMetrics;
import dev.manabi.examples.train.History;
import dev.manabi.examples.train.Metrics;
import dev.manabi.examples.train.Progress;
import dev.manabi.examples.train.Recipe;
import dev.manabi.examples.train.Settings;
import dev.manabi.examples.train.Trainer;
import dev.manabi.nn.Module;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.Scheduler;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Tensors;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;

/**
 * The training program: epochs of training and measuring, with checkpoints in between. Stopped
 * after any step and restored, it ends with the same weights, bit for bit, as if left alone.
 */
final class TrainingRun {
  private static final int TEST_BATCH = 1000;
  private static final int LOADER_THREADS = 1;

  private final Settings settings;
  private final Recipe recipe;
  private final DigitData data;
  private final Module model;
  private final Optimizer optimizer;
  private final Trainer trainer;
  private final DataLoader<Batch> trainLoader;
  private final Generator random;
  private final RunFolder folder;
  private final PrintWriter out;
  private final BooleanSupplier stop;

  private History history = History.NONE;
  private Metrics training = Metrics.NONE;
  private double seconds;
  private int epoch;

  /**
   * A run that has not begun.
   *
   * @param data the images, divided as the settings say
   * @param stop asked after every step: whether to stop there
   */
  TrainingRun(
      Settings settings,
      DigitData data,
      Device device,
      RunFolder folder,
      PrintWriter out,
      BooleanSupplier stop) {
    this.settings = settings;
    this.folder = folder;
    this.out = out;
    this.stop = stop;
    recipe = Recipe.named(settings.recipe());
    this.data = data;
    // Weights are drawn on the CPU, dropout on the device; often that is one generator.
    random = Generator.of(device);
    Tensors.manualSeed(settings.seed());
    random.seed(settings.seed());
    model = recipe.model().get();
    model.to(device);
    optimizer = recipe.optimizer().create(model.parameters(), settings.lr());
    trainLoader =
        loader(data.train(), recipe.trainTransform())
            .batchSize(settings.batch())
            .shuffle(true)
            .seed(settings.seed())
            .build();
    double steps = trainLoader.batches();
    var scheduler = new Scheduler(optimizer, step -> settings.schedule().factor(step / steps));
    trainer = new Trainer(model, optimizer, scheduler, device);
  }

  private static DataLoader.Builder<Example, Batch> loader(
      Dataset<Example> images, Transform transform) {
    return DataLoader.of(images.map(transform)).batchSize(TEST_BATCH).workers(LOADER_THREADS);
  }

  /** Takes up the run where the checkpoint left it. */
  void restore(Checkpoint checkpoint) {
    Progress progress = checkpoint.progress();
    checkpoint.restore(model, optimizer);
    trainLoader.restore(new DataLoader.Position(progress.epoch(), progress.batch()));
    random.restore(progress.randomSeed(), progress.randomPosition());
    epoch = progress.epoch();
    training = progress.training();
    seconds = progress.seconds();
    history = progress.history();
  }

  /** Trains to the end and reports. Returns false if it was stopped before. */
  boolean run() {
    if (epoch == 0 && training.seen() == 0) {
      out.printf("%s%n%n%,d parameters%n%n", model, model.parameterCount());
      folder.drawSamples(data, recipe);
    }
    while (epoch < settings.epochs() && !stalled()) {
      if (!runEpoch()) {
        folder.saveLast(checkpoint());
        return false;
      }
    }
    history.overfitting().ifPresent(out::println);
    report();
    return true;
  }

  private boolean stalled() {
    boolean stalled = settings.patience() > 0 && history.isStalled(settings.patience());
    if (stalled) {
      out.printf("Stopped early: no lower loss in %d epochs.%n", settings.patience());
    }
    return stalled;
  }

  /** Trains what is left of an epoch and measures it. Returns false if stopped in between. */
  private boolean runEpoch() {
    long start = System.nanoTime();
    double before = seconds;
    train();
    Metrics heldOut = stop.getAsBoolean() ? Metrics.NONE : measure();
    seconds = before + (System.nanoTime() - start) / 1e9;
    if (stop.getAsBoolean()) {
      return false;
    }
    endEpoch(EpochMetrics.of(epoch + 1, training, settings.judge(), heldOut, seconds));
    return true;
  }

  private void train() {
    int done = trainLoader.position().epoch() == epoch ? trainLoader.position().batch() : 0;
    try (var display = display("Epoch %d/%d".formatted(epoch + 1, settings.epochs()), done)) {
      training =
          trainer.trainEpoch(
              trainLoader,
              training,
              soFar -> {
                display.show(trainLoader.position().batch(), soFar);
                return !stop.getAsBoolean();
              });
    }
  }

  private ProgressDisplay display(String task, int done) {
    return ProgressDisplay.open(out, task, trainLoader.batches(), done);
  }

  private Metrics measure() {
    var loader = loader(data.heldOut(), recipe.testTransform()).build();
    return trainer.evaluate(loader, _ -> !stop.getAsBoolean()).metrics();
  }

  private void endEpoch(EpochMetrics metrics) {
    history = history.plus(metrics);
    epoch++;
    training = Metrics.NONE;
    seconds = 0;
    String judge = metrics.judge().label();
    out.printf(
        "Epoch %d/%d - Train Loss: %.4f, Train Acc: %.2f%% - %s Loss: %.4f, %s Acc: %.2f%% - %.1f s%n",
        epoch,
        settings.epochs(),
        metrics.trainLoss(),
        100 * metrics.trainAccuracy(),
        judge,
        metrics.heldOutLoss(),
        judge,
        100 * metrics.heldOutAccuracy(),
        metrics.seconds());
    if (history.lastIsBest()) {
      folder.saveBest(recipe, model, metrics);
    }
    folder.saveHistory(history);
    folder.saveLast(checkpoint());
  }

  private Checkpoint checkpoint() {
    DataLoader.Position next = trainLoader.position();
    int batch = next.epoch() == epoch ? next.batch() : 0;
    Progress progress =
        new Progress(epoch, batch, training, seconds, history, random.seed(), random.position());
    return new Checkpoint(settings, progress, model.stateDict(), optimizer.stateDict());
  }

  /** Says how good the best epoch's model is on the test images, in words and pictures. */
  private void report() {
    model.loadStateDict(folder.loadBest().model().stateDict());
    var loader = loader(data.test(), recipe.testTransform()).build();
    EpochMetrics best = history.best();
    Trainer.Evaluation evaluation = trainer.evaluate(loader, _ -> true);
    Metrics test = evaluation.metrics();
    out.printf(
        "%nBest epoch: %d, by %s accuracy%nTest set: Average loss: %.4f, Accuracy: %d/%d (%.2f%%)%n%n",
        best.epoch(),
        best.judge().label().toLowerCase(java.util.Locale.ROOT),
        test.loss(),
        test.correct(),
        test.seen(),
        100 * test.accuracy());
    folder.report(data, history, evaluation.predictions(), out);
  }
}
