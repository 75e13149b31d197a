package dev.manabi.kernels.ptx;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The special registers that keep their value while a block runs. */
final class SpecialRegisters {
  private static final Map<String, Program.Constant> ALL = new HashMap<>();

  static {
    extent("%tid", (warp, lane) -> warp.launch.blockDim().place(thread(warp, lane)));
    extent("%ctaid", (warp, _) -> warp.block.position());
    extent("%ntid", (warp, _) -> warp.launch.blockDim());
    extent("%nctaid", (warp, _) -> warp.launch.gridDim());
    ALL.put("%laneid", (_, lane) -> lane);
    ALL.put("WARP_SZ", (_, _) -> Warp.LANES);
    ALL.put("%lanemask_eq", (_, lane) -> 1L << lane);
    ALL.put("%lanemask_lt", (_, lane) -> (1L << lane) - 1);
    ALL.put("%lanemask_le", (_, lane) -> (2L << lane) - 1);
    ALL.put("%lanemask_gt", (_, lane) -> ~((2L << lane) - 1) & 0xffff_ffffL);
    ALL.put("%lanemask_ge", (_, lane) -> ~((1L << lane) - 1) & 0xffff_ffffL);
    ALL.put("%warpid", (warp, _) -> warp.index);
    ALL.put("%nwarpid", (warp, _) -> warp.block.warps().length);
    // One multiprocessor, one grid.
    ALL.put("%smid", (_, _) -> 0);
    ALL.put("%nsmid", (_, _) -> 1);
    ALL.put("%gridid", (_, _) -> 1);
    launch("%dynamic_smem_size", Launch::dynamicShared);
    launch("%total_smem_size", Launch::sharedBytes);
    launch("%aggr_smem_size", Launch::sharedBytes);
  }

  /** What has three components. */
  @FunctionalInterface
  private interface Extent {
    Dim3 of(Warp warp, int lane);
  }

  private SpecialRegisters() {}

  static Program.@Nullable Constant named(String name) {
    return ALL.get(name);
  }

  private static void extent(String name, Extent extent) {
    Map<String, Function<Dim3, Integer>> components =
        Map.of(".x", Dim3::x, ".y", Dim3::y, ".z", Dim3::z);
    components.forEach(
        (suffix, component) ->
            ALL.put(name + suffix, (warp, lane) -> component.apply(extent.of(warp, lane))));
  }

  private static void launch(String name, ToLongFunction<Launch> value) {
    ALL.put(name, (warp, _) -> value.applyAsLong(warp.launch));
  }

  private static long thread(Warp warp, int lane) {
    return (long) warp.index * Warp.LANES + lane;
  }
}
