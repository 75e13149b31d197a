package dev.manabi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.DataLoader.Position;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.RandomAffine;
import dev.manabi.data.transforms.RandomRotation;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.transforms.Transform;
import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DataLoaderTest {
  private static final LabeledImages TEST = Mnist.test();
  private static final Transform AUGMENT =
      new Compose(
          new RandomRotation(10),
          new RandomAffine(0).translate(0.1, 0.1),
          new ToTensor(),
          new Normalize(Mnist.MEAN, Mnist.STD));

  /** Example i is the number i; {@code trap} fails. */
  private static final class Numbers implements Dataset<Integer> {
    private final int size;
    private final int trap;
    private final AtomicInteger reads = new AtomicInteger();

    Numbers(int size, int trap) {
      this.size = size;
      this.trap = trap;
    }

    Numbers(int size) {
      this(size, -1);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public Integer get(int index, RandomGenerator random) {
      reads.incrementAndGet();
      if (index == trap) {
        throw new IllegalStateException("the disk is on fire");
      }
      return index;
    }
  }

  private static DataLoader.Builder<Integer, List<Integer>> numbers(int size) {
    return lists(new Numbers(size));
  }

  private static <T> DataLoader.Builder<T, List<T>> lists(Dataset<T> dataset) {
    return DataLoader.of(dataset, examples -> () -> List.copyOf(examples));
  }

  private static <B> List<B> epoch(DataLoader<B> loader) {
    List<B> batches = new ArrayList<>();
    loader.forEach(batches::add);
    return batches;
  }

  private static List<Integer> flat(List<List<Integer>> batches) {
    return batches.stream().flatMap(List::stream).toList();
  }

  private static List<Integer> upTo(int n) {
    return IntStream.range(0, n).boxed().toList();
  }

  @Test
  void withoutShuffleBatchesFollowTheDataset() {
    DataLoader<List<Integer>> loader = numbers(5).batchSize(2).build();
    assertEquals(List.of(List.of(0, 1), List.of(2, 3), List.of(4)), epoch(loader));
    assertEquals(3, loader.batches());
    assertEquals(5, loader.examples());
  }

  @Test
  void dropLastLeavesOutAPartBatch() {
    DataLoader<List<Integer>> loader = numbers(5).batchSize(2).dropLast(true).build();
    assertEquals(List.of(List.of(0, 1), List.of(2, 3)), epoch(loader));
    assertEquals(2, loader.batches());
  }

  @Test
  void anEmptyDatasetGivesNoBatches() {
    assertEquals(List.of(), epoch(numbers(0).batchSize(2).shuffle(true).build()));
  }

  @Test
  void everyEpochHasItsOwnOrderOfAllExamples() {
    DataLoader<List<Integer>> loader = numbers(100).batchSize(7).shuffle(true).seed(3).build();
    List<Integer> first = flat(epoch(loader));
    List<Integer> second = flat(epoch(loader));
    assertNotEquals(first, second);
    assertEquals(upTo(100), first.stream().sorted().toList());
    assertEquals(upTo(100), second.stream().sorted().toList());
  }

  @Test
  void theOrderDependsOnSeedAndEpochOnly() {
    List<Integer> first = flat(epoch(numbers(100).shuffle(true).seed(3).build()));
    assertEquals(first, flat(epoch(numbers(100).batchSize(9).shuffle(true).seed(3).build())));
    assertNotEquals(first, flat(epoch(numbers(100).shuffle(true).seed(4).build())));
  }

  @Test
  void imagesAreF32InNchwAndLabelsI64() {
    Dataset<Example> dataset = TEST.map(new ToTensor());
    Batch batch = DataLoader.of(dataset).batchSize(3).build().iterator().next();
    assertEquals(DType.F32, batch.images().dtype());
    assertEquals(Shape.of(3, 1, 28, 28), batch.images().shape());
    assertEquals(DType.I64, batch.labels().dtype());
    assertArrayEquals(new long[] {7, 2, 1}, batch.labels().toLongArray());
    assertEquals(3, batch.size());
    float[] values = batch.images().toFloatArray();
    for (int i = 0; i < 3; i++) {
      byte[] pixels = TEST.image(i).pixels();
      for (int p = 0; p < 784; p++) {
        assertEquals((pixels[p] & 0xff) / 255f, values[784 * i + p]);
      }
    }
  }

  @Test
  void imagesOfBytesMakeAU8Batch() {
    Batch batch = DataLoader.of(TEST).batchSize(2).build().iterator().next();
    assertEquals(DType.U8, batch.images().dtype());
    assertEquals(Shape.of(2, 1, 28, 28), batch.images().shape());
  }

  @Test
  void imagesOfDifferentSizesAreRefusedByName() {
    Dataset<Example> dataset =
        new Numbers(3)
            .map((i, random) -> new Example(new Image.Floats(new float[i + 1], 1, 1, i + 1), 0));
    for (int workers : new int[] {0, 1}) {
      var loader = DataLoader.of(dataset).batchSize(3).workers(workers).build();
      var e = assertThrows(IllegalArgumentException.class, () -> loader.iterator().next());
      assertTrue(e.getMessage().contains("image 1 Image.Floats[C=1, H=1, W=2]"), e.getMessage());
    }
  }

  @Test
  void rowsOfTensorsStayTogether() {
    Tensor inputs = Tensors.of(new float[] {0, 1, 10, 11, 20, 21, 30, 31, 40, 41}, 5, 2);
    Tensor targets = Tensors.of(new float[] {0, 10, 20, 30, 40}, 5, 1);
    var loader = DataLoader.ofTensors(inputs, targets).batchSize(2).shuffle(true).build();
    List<Batch> batches = epoch(loader);
    assertEquals(List.of(2, 2, 1), batches.stream().map(Batch::size).toList());
    List<Float> seen = new ArrayList<>();
    for (Batch batch : batches) {
      float[] in = batch.images().toFloatArray();
      float[] out = batch.labels().toFloatArray();
      assertEquals(Shape.of(out.length, 2), batch.images().shape());
      for (int i = 0; i < out.length; i++) {
        assertEquals(out[i], in[2 * i]);
        assertEquals(out[i] + 1, in[2 * i + 1]);
        seen.add(out[i]);
      }
    }
    assertEquals(List.of(0f, 10f, 20f, 30f, 40f), seen.stream().sorted().toList());
    assertThrows(
        IllegalArgumentException.class, () -> DataLoader.ofTensors(inputs, targets.reshape(1, 5)));
  }

  @Test
  void batchesAreTheSameForAnyNumberOfWorkers() {
    Dataset<Example> dataset = Datasets.take(TEST, 300).map(AUGMENT);
    List<float[]> expected = images(dataset, 0, 0);
    assertFalse(Arrays.equals(expected.get(0), expected.get(10)), "two epochs should differ");
    for (int[] setting : new int[][] {{1, 0}, {1, 3}, {2, 4}, {5, 1}, {3, 50}}) {
      List<float[]> found = images(dataset, setting[0], setting[1]);
      assertEquals(expected.size(), found.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i), Arrays.toString(setting));
      }
    }
  }

  /** All batches of two epochs. */
  private static List<float[]> images(Dataset<Example> dataset, int workers, int prefetch) {
    DataLoader<Batch> loader =
        DataLoader.of(dataset)
            .batchSize(32)
            .shuffle(true)
            .seed(7)
            .workers(workers)
            .prefetch(prefetch)
            .build();
    return Stream.concat(epoch(loader).stream(), epoch(loader).stream())
        .map(batch -> batch.images().toFloatArray())
        .toList();
  }

  @Test
  void workersPrepareAsManyBatchesAheadAsAsked() throws InterruptedException {
    var dataset = new Numbers(100);
    Iterator<List<Integer>> batches =
        lists(dataset).batchSize(2).workers(2).prefetch(5).build().iterator();
    assertEquals(List.of(0, 1), batches.next());
    while (dataset.reads.get() < 12) {
      Thread.sleep(1);
    }
    // Nobody asked for more, so no more may come.
    Thread.sleep(50);
    assertEquals(12, dataset.reads.get());
    assertEquals(List.of(2, 3), batches.next());
  }

  @Test
  void aFailingExampleReachesTheLoopWithItsIndex() {
    for (int workers : new int[] {0, 2}) {
      var loader = lists(new Numbers(20, 13)).batchSize(4).workers(workers).build();
      List<Integer> seen = new ArrayList<>();
      var e =
          assertThrows(ExampleException.class, () -> loader.forEach(batch -> seen.addAll(batch)));
      assertEquals(13, e.index());
      assertEquals("the disk is on fire", e.getCause().getMessage());
      assertTrue(e.getMessage().contains("example 13"), e.getMessage());
      assertTrue(
          Arrays.stream(e.getStackTrace())
              .anyMatch(frame -> frame.getClassName().equals(DataLoaderTest.class.getName())));
      assertEquals(upTo(12), seen);
    }
  }

  @Test
  void afterAFailureTheLoopIsOverAndTheNextCanBegin() {
    var loader = lists(new Numbers(20, 13)).batchSize(4).shuffle(true).workers(2).build();
    Iterator<List<Integer>> batches = loader.iterator();
    assertThrows(
        ExampleException.class,
        () -> {
          while (true) {
            batches.next();
          }
        });
    assertFalse(batches.hasNext());
    assertThrows(NoSuchElementException.class, batches::next);
    assertThrows(ExampleException.class, () -> epoch(loader));
  }

  @Test
  void anErrorInAWorkerReachesTheLoopAsItIs() {
    var error = new StackOverflowError();
    Dataset<Integer> dataset =
        new Numbers(4)
            .map(
                (i, random) -> {
                  throw error;
                });
    var loader = lists(dataset).workers(1).build();
    assertSame(error, assertThrows(StackOverflowError.class, () -> epoch(loader)));
  }

  @Test
  void leavingALoopEarlyLeavesNoThreadBehind() throws InterruptedException {
    var dataset = new Numbers(1_000_000);
    for (int i = 0; i < 20; i++) {
      for (List<Integer> batch : lists(dataset).batchSize(10).workers(3).prefetch(4).build()) {
        assertEquals(10, batch.size());
        break;
      }
    }
    while (loaderThreads() > 0) {
      Thread.sleep(20);
    }
    // One batch taken and at most four ahead, in each of twenty loops.
    assertTrue(dataset.reads.get() <= 20 * 5 * 10, dataset.reads + " reads");
  }

  private static long loaderThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("manabi-loader"))
        .count();
  }

  @Test
  void anInterruptedLoopEndsAndStaysInterrupted() {
    var never = new CountDownLatch(1);
    Dataset<Integer> stuck =
        new Numbers(4)
            .map(
                (i, random) -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return i;
                });
    Iterator<Integer> batches =
        DataLoader.of(stuck, examples -> examples::getFirst).workers(1).build().iterator();
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, batches::next);
    assertTrue(Thread.interrupted());
    never.countDown();
  }

  @Test
  void aRestoredPositionGoesOnWithExactlyTheRemainingBatches() {
    Dataset<Example> dataset = Datasets.take(TEST, 100).map(AUGMENT);
    var settings = DataLoader.of(dataset).batchSize(8).shuffle(true).seed(5).workers(2);
    DataLoader<Batch> whole = settings.build();
    List<float[]> expected =
        Stream.of(epoch(whole), epoch(whole), epoch(whole))
            .flatMap(List::stream)
            .map(batch -> batch.images().toFloatArray())
            .toList();
    int perEpoch = whole.batches();

    DataLoader<Batch> stopped = settings.build();
    epoch(stopped);
    Iterator<Batch> second = stopped.iterator();
    for (int i = 0; i < 5; i++) {
      second.next();
    }
    assertEquals(new Position(1, 5), stopped.position());

    DataLoader<Batch> resumed = settings.build();
    resumed.restore(stopped.position());
    assertEquals(new Position(1, 5), resumed.position());
    List<Batch> rest = new ArrayList<>(epoch(resumed));
    assertEquals(perEpoch - 5, rest.size());
    rest.addAll(epoch(resumed));
    for (int i = 0; i < rest.size(); i++) {
      assertArrayEquals(expected.get(perEpoch + 5 + i), rest.get(i).images().toFloatArray());
    }
  }

  @Test
  void aPositionAtTheEndOfAnEpochLeavesNothingOfItAndTheNextFollows() {
    var settings = numbers(10).batchSize(3).shuffle(true).seed(1);
    DataLoader<List<Integer>> whole = settings.build();
    epoch(whole);
    assertEquals(new Position(0, 4), whole.position());
    DataLoader<List<Integer>> resumed = settings.build();
    resumed.restore(whole.position());
    assertEquals(List.of(), epoch(resumed));
    assertEquals(epoch(whole), epoch(resumed));
  }

  @Test
  void aLoopLeftEarlyIsFollowedByTheNextEpoch() {
    var settings = numbers(10).shuffle(true).seed(1);
    DataLoader<List<Integer>> loader = settings.build();
    loader.iterator().next();
    List<List<Integer>> next = epoch(loader);
    DataLoader<List<Integer>> other = settings.build();
    other.restore(Position.startOf(1));
    assertEquals(next, epoch(other));
  }

  @Test
  void anImpossiblePositionIsRefused() {
    DataLoader<List<Integer>> loader = numbers(10).build();
    assertThrows(IllegalArgumentException.class, () -> loader.restore(new Position(0, 11)));
    assertThrows(IllegalArgumentException.class, () -> loader.restore(new Position(-1, 0)));
    assertThrows(IllegalArgumentException.class, () -> loader.restore(new Position(0, -1)));
  }

  @Test
  void impossibleSettingsAreRefused() {
    var settings = numbers(10);
    assertThrows(IllegalArgumentException.class, () -> settings.batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> settings.workers(-1));
    assertThrows(IllegalArgumentException.class, () -> settings.prefetch(-1));
  }
}
