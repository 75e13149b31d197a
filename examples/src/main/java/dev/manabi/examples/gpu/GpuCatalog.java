package dev.manabi.examples.gpu;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ViewOp;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;

/** Every case of the op catalog on a device, against the reference. */
public final class GpuCatalog {
  private static final long SMALL = 200;
  private static final int SHOWN = 20;

  /** So many cases are told of, for those who wait. */
  private static final int PROGRESS = 1000;

  private final Device device;
  private final boolean small;

  public GpuCatalog(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** Prints the first cases that do not agree, and how many do, by op; true if all do. */
  public boolean run(PrintWriter out) {
    out.printf("## The op catalog on %s%n", device);
    ReferenceBackend reference = new ReferenceBackend();
    Map<String, int[]> counts = new TreeMap<>();
    int failures = 0;
    int cases = 0;
    for (OpCase c : OpCases.all()) {
      if (c.op() instanceof ViewOp || (small && c.size() > SMALL)) {
        continue;
      }
      int[] count = counts.computeIfAbsent(c.op().getClass().getSimpleName(), op -> new int[2]);
      count[0]++;
      String difference = difference(c, reference);
      if (!difference.isEmpty()) {
        count[1]++;
        failures++;
        if (failures <= SHOWN) {
          out.printf("%n    %s%n", difference.replace("\n", "\n    "));
        }
      }
      cases++;
      if (cases % PROGRESS == 0) {
        out.printf("%n%d cases, %d differ%n", cases, failures);
        out.flush();
      }
    }
    out.printf("%n| op | cases | differ |%n|---|---|---|%n");
    counts.forEach((op, count) -> out.printf("| %s | %d | %d |%n", op, count[0], count[1]));
    out.printf("%n%d cases, %d differ from the reference%n", cases, failures);
    return failures == 0;
  }

  private String difference(OpCase c, ReferenceBackend reference) {
    try (var region = Region.open("case")) {
      return Agreement.difference(c, reference, device);
    } catch (RuntimeException e) {
      return c + "\n  " + e;
    }
  }
}
