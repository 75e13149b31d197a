package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.cases.Values;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ReduceOp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Orders of lines longer than the catalog's: of one run, of several merged, and their first few.
 */
class SortingTest {
  private static final Values INTEGERS = Values.integers(-1L << 62, 1L << 62);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  private static void compare(ReduceOp op, Input x) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    OpCase c = OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x);
    try (var region = Region.open("case")) {
      assertEquals("", Agreement.difference(c, new ReferenceBackend(), Device.cuda(0)), c.name());
    }
  }

  /** An odd number of runs, of which the last is a short one and has nobody to merge with. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "BF16", "I64", "I8"})
  void runsAreMerged(DType dtype) {
    int length = 2 * Sorting.longestRun(dtype) + 77;
    Values values = dtype.isFloating() ? Values.SPECIAL : INTEGERS;
    compare(new ReduceOp.ArgSort(1, false), Input.of(1, length).with(dtype).with(values));
  }

  /** Several lines whose elements are not neighbours; one tile, several, and one element. */
  @Test
  void onlyTheFirstOfARunAreKept() {
    int length = 2 * Sorting.longestRun(DType.F32) + 3;
    Input x = Input.of(length, 2).with(Arrangement.REVERSED).with(Values.TIES);
    compare(new ReduceOp.ArgTopK(1500, 0, false), x);
    compare(new ReduceOp.ArgTopK(1, 0, true), x);
  }

  /** Whole runs of exactly one block, and one element more. */
  @Test
  void runsEndWhereLinesDo() {
    int longest = Sorting.longestRun(DType.I64);
    for (int length : new int[] {longest, longest + 1}) {
      compare(new ReduceOp.ArgSort(1, true), Input.of(1, length).with(DType.I64).with(INTEGERS));
    }
  }
}
