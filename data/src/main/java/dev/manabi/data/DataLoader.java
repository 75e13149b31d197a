package dev.manabi.data;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a dataset, epoch after epoch.
 *
 * <pre>
 * var loader = DataLoader.of(dataset).batchSize(64).shuffle(true).seed(42).workers(2).build();
 * for (Batch batch : loader) { .. }   // one epoch; the next loop is the next epoch
 * </pre>
 *
 * <p>The order of an epoch depends on (seed, epoch) only, and the random numbers of an example on
 * (seed, epoch, index) only, so the batches are the same for any number of workers.
 *
 * <p>Workers prepare whole batches ahead of the loop. They start when first needed and end when
 * idle, so a loop may be left at any time and nothing has to be closed.
 *
 * <p>{@link #position} tells the next batch; a loader given it by {@link #restore} goes on with
 * exactly the batches that were still to come. A loader is used by one thread at a time.
 *
 * @param <B> what a batch is, such as {@link Batch}
 */
public final class DataLoader<B> implements Iterable<B> {
  private static final int IDLE_SECONDS = 1;

  /**
   * A place between two batches.
   *
   * @param epoch counted from 0
   * @param batch the batch of that epoch that comes next, counted from 0; the number of batches at
   *     the epoch's end
   */
  public record Position(int epoch, int batch) {
    /** The beginning of an epoch. */
    public static Position startOf(int epoch) {
      return new Position(epoch, 0);
    }
  }

  /** Gathers the examples at {@code indices} as they are in {@code epoch}. */
  private interface Gather<B> {
    Supplier<B> gather(int epoch, int[] indices);
  }

  private final int examples;
  private final int batchSize;
  private final boolean dropLast;
  private final boolean shuffle;
  private final long seed;
  private final int prefetch;
  private final Gather<B> gather;
  private final Executor executor;

  private Position position = Position.startOf(0);
  private boolean begun;

  private <T> DataLoader(Builder<T, B> b) {
    examples = b.dataset.size();
    batchSize = b.batchSize;
    dropLast = b.dropLast;
    shuffle = b.shuffle;
    seed = b.seed;
    prefetch = b.ahead();
    executor = b.workers == 0 ? Runnable::run : pool(b.workers);
    Dataset<T> dataset = b.dataset;
    Collate<T, B> collate = b.collate;
    gather = (epoch, indices) -> collate.collate(examples(dataset, seed, epoch, indices));
  }

  /** Batches of labelled images; the batch size is 1 until set. */
  public static Builder<Example, Batch> of(Dataset<Example> dataset) {
    return new Builder<>(dataset, Batch::collate);
  }

  /** Batches that {@code collate} makes; the batch size is 1 until set. */
  public static <T, B> Builder<T, B> of(Dataset<T> dataset, Collate<T, B> collate) {
    return new Builder<>(dataset, collate);
  }

  /**
   * Batches of rows of two tensors, for data that is already in memory; a batch has the same rows
   * of both.
   *
   * @param inputs {@code [N, ..]}, what {@link Batch#images} shows
   * @param targets {@code [N, ..]}, what {@link Batch#labels} shows
   * @throws IllegalArgumentException if they have different numbers of rows
   */
  public static Builder<Integer, Batch> ofTensors(Tensor inputs, Tensor targets) {
    if (inputs.size(0) != targets.size(0)) {
      throw ShapeException.of("data loader", "inputs and targets differ in their number of rows")
          .operand("inputs", inputs.spec())
          .operand("targets", targets.spec())
          .fix("the first sizes must be equal");
    }
    return of(new Rows(inputs.size(0)), rows -> () -> rows(inputs, targets, rows));
  }

  /** Example i is the number i of a row. */
  private record Rows(int size) implements Dataset<Integer> {
    @Override
    public Integer get(int index, RandomGenerator random) {
      return index;
    }
  }

  private static Batch rows(Tensor inputs, Tensor targets, List<Integer> rows) {
    Tensor index = Tensors.of(rows.stream().mapToLong(Integer::longValue).toArray());
    return new Batch(inputs.indexSelect(0, index), targets.indexSelect(0, index));
  }

  /** Number of batches in an epoch. */
  public int batches() {
    return dropLast ? examples / batchSize : Math.ceilDiv(examples, batchSize);
  }

  /** Number of examples of the dataset. */
  public int examples() {
    return examples;
  }

  /** The batch that comes next: after the last one that was handed out. */
  public Position position() {
    return position;
  }

  /**
   * Makes the next loop start at {@code position}.
   *
   * @throws IllegalArgumentException if there is no such place
   */
  public void restore(Position position) {
    if (position.epoch < 0 || position.batch < 0 || position.batch > batches()) {
      throw new IllegalArgumentException(
          "data loader: no place %s; an epoch has %,d batches".formatted(position, batches()));
    }
    this.position = position;
    begun = false;
  }

  /** The batches of the next epoch, or what is left of the epoch that {@link #restore} set. */
  @Override
  public Iterator<B> iterator() {
    if (begun) {
      position = Position.startOf(position.epoch + 1);
    }
    begun = true;
    return new Batches(position);
  }

  private static <T> List<T> examples(Dataset<T> dataset, long seed, int epoch, int[] indices) {
    List<T> examples = new ArrayList<>(indices.length);
    for (int index : indices) {
      try {
        examples.add(dataset.get(index, new ExampleRandom(seed, epoch, index)));
      } catch (RuntimeException e) {
        throw new ExampleException(index, e);
      }
    }
    return examples;
  }

  /** Threads that end after a second without work, so that no loader needs to be closed. */
  private static ThreadPoolExecutor pool(int threads) {
    var factory = Thread.ofPlatform().daemon().name("manabi-loader-", 0).factory();
    var pool =
        new ThreadPoolExecutor(
            threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** One epoch, or the rest of one. */
  private final class Batches implements Iterator<B> {
    private final int epoch;
    private final int[] order;
    private final int count = batches();
    private final ArrayDeque<FutureTask<Supplier<B>>> ahead = new ArrayDeque<>();
    private int next;
    private int submitted;

    Batches(Position start) {
      epoch = start.epoch;
      next = start.batch;
      submitted = start.batch;
      order = shuffle ? Permutation.of(examples, seed, epoch) : Permutation.identity(examples);
    }

    @Override
    public boolean hasNext() {
      return next < count;
    }

    @Override
    public B next() {
      if (!hasNext()) {
        throw new NoSuchElementException("epoch " + epoch + " has " + count + " batches");
      }
      try {
        B batch = await().get();
        next++;
        position = new Position(epoch, next);
        return batch;
      } catch (RuntimeException | Error e) {
        next = count;
        ahead.forEach(future -> future.cancel(false));
        throw e;
      }
    }

    private Supplier<B> gather(int batch) {
      int from = batch * batchSize;
      int to = Math.min(from + batchSize, examples);
      return gather.gather(epoch, Arrays.copyOfRange(order, from, to));
    }

    /** The next batch, after asking for those that shall be under way while it is used. */
    private Supplier<B> await() {
      while (submitted < count && ahead.size() <= prefetch) {
        int batch = submitted++;
        var task = new FutureTask<>(() -> gather(batch));
        ahead.add(task);
        executor.execute(task);
      }
      try {
        return ahead.remove().get();
      } catch (ExecutionException e) {
        throw rethrown(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("data loader: interrupted while waiting for a batch");
      }
    }
  }

  /** The worker's failure, with the stack trace of the loop on top of the worker's. */
  private static RuntimeException rethrown(@Nullable Throwable failure) {
    return switch (failure) {
      case ExampleException e -> new ExampleException(e);
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(failure);
    };
  }

  /**
   * The settings of a loader.
   *
   * @param <T> what an example is
   * @param <B> what a batch is
   */
  public static final class Builder<T, B> {
    private final Dataset<T> dataset;
    private final Collate<T, B> collate;
    private int batchSize = 1;
    private boolean shuffle;
    private long seed;
    private boolean dropLast;
    private int workers;
    private int prefetch = -1;

    private Builder(Dataset<T> dataset, Collate<T, B> collate) {
      this.dataset = dataset;
      this.collate = collate;
    }

    /** Examples per batch, at least 1; the last batch of an epoch may be smaller. 1 by default. */
    public Builder<T, B> batchSize(int size) {
      batchSize = atLeast(1, "batchSize", size);
      return this;
    }

    /** Whether each epoch has an order of its own; otherwise it is the dataset's. */
    public Builder<T, B> shuffle(boolean on) {
      shuffle = on;
      return this;
    }

    /** Seed of the order and of random transforms; 0 by default. */
    public Builder<T, B> seed(long value) {
      seed = value;
      return this;
    }

    /** Whether to leave out a last batch that is not full. */
    public Builder<T, B> dropLast(boolean on) {
      dropLast = on;
      return this;
    }

    /** Threads that prepare batches; with 0, the default, the loop's own thread does. */
    public Builder<T, B> workers(int count) {
      workers = atLeast(0, "workers", count);
      return this;
    }

    /** Batches that workers prepare ahead of the loop; twice the workers by default. */
    public Builder<T, B> prefetch(int batches) {
      prefetch = atLeast(0, "prefetch", batches);
      return this;
    }

    /** The loader. */
    public DataLoader<B> build() {
      return new DataLoader<>(this);
    }

    private int ahead() {
      return workers == 0 ? 0 : prefetch < 0 ? 2 * workers : prefetch;
    }

    private static int atLeast(int least, String name, int value) {
      if (value < least) {
        throw new IllegalArgumentException(
            "data loader: " + name + " is " + value + "; fix: give " + least + " or more");
      }
      return value;
    }
  }
}
