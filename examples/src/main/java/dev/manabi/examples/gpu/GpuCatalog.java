package dev.manabi.examples.gpu;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ViewOp;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every case of the op catalog on a device, against the reference. */
public final class GpuCatalog {
  private static final long SMALL = 200;
  private static final int SHOWN = 20;

  private final Device device;
  private final boolean small;

  public GpuCatalog(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** Prints how many cases agree, by op, and the first that do not; true if all do. */
  public boolean run(PrintWriter out) {
    ReferenceBackend reference = new ReferenceBackend();
    Map<String, int[]> counts = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (OpCase c : OpCases.all()) {
      if (c.op() instanceof ViewOp || (small && c.size() > SMALL)) {
        continue;
      }
      int[] count = counts.computeIfAbsent(c.op().getClass().getSimpleName(), op -> new int[2]);
      count[0]++;
      String difference = difference(c, reference);
      if (!difference.isEmpty()) {
        count[1]++;
        failures.add(difference);
      }
    }
    out.printf("## The op catalog on %s%n%n| op | cases | differ |%n|---|---|---|%n", device);
    counts.forEach((op, count) -> out.printf("| %s | %d | %d |%n", op, count[0], count[1]));
    int cases = counts.values().stream().mapToInt(count -> count[0]).sum();
    out.printf("%n%d cases, %d differ from the reference%n", cases, failures.size());
    failures.stream()
        .limit(SHOWN)
        .forEach(f -> out.printf("%n    %s%n", f.replace("\n", "\n    ")));
    return failures.isEmpty();
  }

  private String difference(OpCase c, ReferenceBackend reference) {
    try (var region = Region.open("case")) {
      return Agreement.difference(c, reference, device);
    } catch (RuntimeException e) {
      return c + "\n  " + e;
    }
  }
}
