package dev.manabi.kernels.ptx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kernel with the functions it calls, decoded: what warps run.
 *
 * @param name the kernel's
 * @param code its instructions; functions stand before their callers, so that the lowest place is
 *     also the innermost call
 * @param entry where the kernel begins
 * @param registers how many registers there are, constants last
 * @param constants what stands in the constant registers
 * @param predicates how many predicates there are
 * @param localBytes the local memory of one thread
 * @param staticShared the declared shared memory of a block
 * @param sharedGranule the smallest access to shared memory, at most 4 bytes
 * @param callDepth how deep calls nest at most
 * @param slots the number of each named register or predicate
 */
record Program(
    String name,
    List<Step> code,
    int entry,
    int registers,
    List<Constant> constants,
    int predicates,
    int localBytes,
    int staticShared,
    int sharedGranule,
    int callDepth,
    Map<Scope.Register, Integer> slots) {

  /**
   * One instruction, with the predicate that guards it. Either {@code plain} or {@code control}.
   *
   * @param guard as {@link Warp#predicate} takes it
   */
  record Step(
      Statement source,
      int guard,
      @Nullable LaneInstruction plain,
      @Nullable ControlInstruction control) {}

  /** What a register holds from the start, in each lane. */
  @FunctionalInterface
  interface Constant {
    long value(Warp warp, int lane);
  }

  @Nullable LaneInstruction plain(int place) {
    return code.get(place).plain;
  }

  ControlInstruction control(int place) {
    ControlInstruction control = code.get(place).control;
    if (control == null) {
      throw new IllegalStateException("no instruction at " + place);
    }
    return control;
  }

  int guard(int place) {
    return code.get(place).guard;
  }

  Statement source(int place) {
    return code.get(place).source;
  }

  /** Sets the registers of a warp as they are at the beginning of a kernel. */
  void initialise(Warp warp) {
    long[] values = warp.registers;
    int at = (registers - constants.size()) * Warp.LANES;
    Arrays.fill(values, 0, at, 0);
    for (Constant constant : constants) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        values[at++] = constant.value(warp, lane);
      }
    }
    Arrays.fill(warp.predicates, 0);
    warp.predicates[0] = -1;
  }
}
