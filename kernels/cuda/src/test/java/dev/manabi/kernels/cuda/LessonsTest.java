package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.ptx.Dim3;
import dev.manabi.kernels.ptx.LaunchReport;
import dev.manabi.kernels.ptx.Machine;
import dev.manabi.kernels.ptx.PtxModule;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The steps of {@code src/main/cuda/lessons} compute what they should, and each is better than the
 * one before in what it claims. The table in their README is what the PTX machine counts; {@code
 * -Dmanabi.lessons=write} brings it up to date.
 */
class LessonsTest {
  private static final String HEADER =
      """
      | step | instructions | multiply-adds | share | sectors | shared accesses | turns |
      |---|---:|---:|---:|---:|---:|---:|
      """;

  /**
   * One step.
   *
   * @param rows of C that a block computes
   * @param columns of C that a block computes
   * @param downwards whether neighbouring blocks compute neighbouring rows
   * @param threads of a block
   */
  private record Step(String name, int rows, int columns, boolean downwards, Dim3 threads) {
    Dim3 grid(int m, int n) {
      int y = Math.ceilDiv(m, rows);
      int x = Math.ceilDiv(n, columns);
      return downwards ? new Dim3(y, x, 1) : new Dim3(x, y, 1);
    }
  }

  private static final List<Step> STEPS =
      List.of(
          new Step("01_naive", 32, 8, true, new Dim3(32, 8, 1)),
          new Step("02_coalesced", 8, 32, false, new Dim3(32, 8, 1)),
          new Step("03_shared_tile", 32, 32, false, new Dim3(32, 32, 1)),
          new Step("04_register_tile", 128, 128, false, new Dim3(256, 1, 1)),
          new Step("05_wide_loads", 128, 128, false, new Dim3(256, 1, 1)),
          new Step("06_warp_tile", 128, 128, true, new Dim3(256, 1, 1)));

  /** What a launch cost, in instructions of warps. */
  private record Cost(long instructions, long fma, long sectors, long shared, long turns) {
    static Cost of(LaunchReport report) {
      long fma = 0;
      long shared = 0;
      for (LaunchReport.Line line : report.lines()) {
        fma += line.opcode().startsWith("fma.rn.f32") ? line.executions() : 0;
        shared += line.opcode().contains(".shared") ? line.accesses() : 0;
      }
      return new Cost(report.warpInstructions(), fma, report.sectors(), shared, report.conflicts());
    }

    String row(String name) {
      return String.format(
          Locale.ROOT,
          "| `%s` | %,d | %,d | %d %% | %,d | %,d | %,d |\n",
          name,
          instructions,
          fma,
          100 * fma / instructions,
          sectors,
          shared,
          turns);
    }
  }

  private static float[] random(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** Runs a step and compares what it computes with the sums in f64. */
  private static LaunchReport run(Step step, int m, int n, int k) {
    SplittableRandom random = new SplittableRandom(1);
    float[] a = random(m * k, random);
    float[] b = random(k * n, random);
    float[] c = new float[m * n];
    Machine machine = new Machine(new DeviceMemory(), Machine.Options.strict().withProfile(true));
    ByteBuffer parameters = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    parameters.putInt(m).putInt(n).putInt(k).putInt(0);
    for (float[] matrix : List.of(a, b, c)) {
      long address = machine.memory().allocate(4L * matrix.length);
      if (matrix != c) {
        machine.memory().write(address, MemorySegment.ofArray(matrix));
      }
      parameters.putLong(address);
    }
    Path file = KernelFiles.lessons().resolve(step.name() + ".ptx");
    LaunchReport report =
        machine.launch(
            PtxModule.parse(KernelFiles.read(file)).kernel("sgemm"),
            step.grid(m, n),
            step.threads(),
            0,
            parameters.flip());
    machine.memory().read(parameters.getLong(32), MemorySegment.ofArray(c));
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int s = 0; s < k; s++) {
          sum += (double) a[i * k + s] * b[s * n + j];
        }
        assertEquals(sum, c[i * n + j], 1e-6 * k, step.name() + " at " + i + ", " + j);
      }
    }
    return report;
  }

  @Test
  void everyLessonIsAStep() {
    assertEquals(
        KernelFiles.files(KernelFiles.lessons(), ".ptx").stream().map(KernelFiles::name).toList(),
        STEPS.stream().map(step -> "lessons/" + step.name()).toList());
  }

  @Test
  void stepsAreRightAtTheEdgesToo() {
    for (Step step : STEPS) {
      run(step, 132, 36, 12);
      run(step, 4, 140, 20);
    }
  }

  @Test
  void eachStepImprovesOnTheOneBefore() throws IOException {
    List<Cost> costs = new ArrayList<>();
    StringBuilder table = new StringBuilder(HEADER);
    for (Step step : STEPS) {
      Cost cost = Cost.of(run(step, 128, 128, 256));
      costs.add(cost);
      table.append(cost.row(step.name()));
    }
    assertTrue(costs.get(1).sectors() < costs.get(0).sectors() / 4, "coalesced: " + costs);
    assertTrue(costs.get(2).sectors() < costs.get(1).sectors() / 4, "shared tile: " + costs);
    assertTrue(costs.get(3).shared() < costs.get(2).shared() / 4, "register tile: " + costs);
    assertTrue(costs.get(4).instructions() < costs.get(3).instructions(), "wide: " + costs);
    assertTrue(costs.get(5).turns() < costs.get(4).turns() / 4, "warp tile: " + costs);
    Path readme = KernelFiles.lessons().resolve("README.md");
    String text = Files.readString(readme);
    int start = text.contains("| step") ? text.indexOf("| step") : text.length();
    String current = text.substring(0, start) + table;
    if (System.getProperty("manabi.lessons", "").equals("write")) {
      Files.writeString(readme, current);
    } else {
      assertEquals(current, text, "run this test with -Dmanabi.lessons=write and commit it");
    }
  }
}
