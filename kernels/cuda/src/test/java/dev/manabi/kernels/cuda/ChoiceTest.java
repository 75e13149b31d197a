package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.cuda.Choice.Prefer;
import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who computes what a library can do, too. */
class ChoiceTest {
  private static final String PROBLEM = "a product";

  private final CudaContext context = new PtxDriver().context(0);

  /** Work of so many milliseconds that counts its runs. */
  private static final class Work implements Runnable {
    private final int milliseconds;
    private int runs;

    Work(int milliseconds) {
      this.milliseconds = milliseconds;
    }

    @Override
    public void run() {
      runs++;
      long end = System.nanoTime() + milliseconds * 1_000_000L;
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(100_000);
      }
    }
  }

  /** How often each is run by five more calls, once the choice is made. */
  private static void assertTaken(Choice choice, Work hand, Work library, Work taken) {
    choice.run(PROBLEM, hand, library);
    int handRuns = hand.runs;
    int libraryRuns = library.runs;
    for (int i = 0; i < 5; i++) {
      choice.run(PROBLEM, hand, library);
    }
    assertEquals(taken == hand ? 5 : 0, hand.runs - handRuns);
    assertEquals(taken == library ? 5 : 0, library.runs - libraryRuns);
    assertEquals(taken == library, choice.libraryRuns() > 0);
  }

  @Test
  void autoMeasuresOnceAndTakesTheFaster() {
    Work slow = new Work(6);
    Work fast = new Work(0);
    assertTaken(new Choice(context, Prefer.AUTO), slow, fast, fast);
    slow = new Work(6);
    fast = new Work(0);
    assertTaken(new Choice(context, Prefer.AUTO), fast, slow, fast);
    assertTrue(slow.runs > 1, "was not measured");
  }

  @Test
  void eachProblemIsMeasured() {
    Choice choice = new Choice(context, Prefer.AUTO);
    Work slow = new Work(6);
    Work fast = new Work(0);
    choice.run("one", slow, fast);
    choice.run("another", fast, slow);
    int before = slow.runs;
    choice.run("one", slow, fast);
    choice.run("another", fast, slow);
    assertEquals(before, slow.runs);
  }

  @Test
  void aPreferenceIsFollowedWithoutMeasuring() {
    Work hand = new Work(0);
    Work library = new Work(0);
    assertTaken(new Choice(context, Prefer.HAND), hand, library, hand);
    assertEquals(0, library.runs);
    hand = new Work(0);
    assertTaken(new Choice(context, Prefer.LIBRARY), hand, library, library);
    assertEquals(0, hand.runs);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatALibraryCannotDoIsDoneByHand(boolean capturing) {
    for (Prefer prefer : Prefer.values()) {
      Choice choice = new Choice(context, prefer);
      Work hand = new Work(0);
      Runnable library =
          () -> {
            throw new CudaException("not supported\n  fix: none");
          };
      choice.capturing(capturing);
      choice.run(PROBLEM, hand, library);
      assertEquals(1, hand.runs, prefer.toString());
      boolean asked = prefer == Prefer.LIBRARY || (prefer == Prefer.AUTO && !capturing);
      assertEquals(asked, choice.describe().contains("  1: not supported"), prefer.toString());
    }
  }

  @Test
  void aLibraryThatCannotWorkOnThisDeviceIsLeftOut() {
    Choice choice = new Choice(context, Prefer.AUTO);
    assertEquals("cuDNN", choice.ready("cuDNN", () -> "cuDNN"));
    assertEquals(List.of(), choice.describe());
    assertNull(
        choice.ready(
            "cuBLAS",
            () -> {
              throw new CudaException("cublasCreate: the driver is too old\n  fix: update it");
            }));
    assertEquals(
        List.of("cuBLAS is not used: cublasCreate: the driver is too old"), choice.describe());
  }

  /** A capture keeps no choice: what it computes is not run yet. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPreferredLibraryRunsOnceAtItsFirstProblem(boolean capturing) {
    Choice choice = new Choice(context, Prefer.LIBRARY);
    Work hand = new Work(0);
    Work library = new Work(0);
    choice.capturing(capturing);
    choice.run(PROBLEM, hand, library);
    assertEquals(1, library.runs);
    assertEquals(1, choice.libraryRuns());
    assertEquals(0, hand.runs);
    String kept = "1 problems are computed by libraries, 0 by hand, of which libraries refused 0";
    assertEquals(capturing ? List.of() : List.of(kept), choice.describe());
  }

  @Test
  void nothingIsMeasuredNorKeptDuringACapture() {
    Choice choice = new Choice(context, Prefer.AUTO);
    Work hand = new Work(6);
    Work library = new Work(0);
    choice.capturing(true);
    choice.run(PROBLEM, hand, library);
    assertEquals(1, hand.runs);
    assertEquals(0, library.runs);
    choice.capturing(false);
    assertTaken(choice, hand, library, library);
  }

  @Test
  void anUnknownPreferenceIsToldByName() {
    var e = assertThrows(CudaException.class, () -> Prefer.named("manabi.cuda.prefer", "fast"));
    assertTrue(e.getMessage().contains("hand, library or auto, found fast"), e.getMessage());
  }
}
