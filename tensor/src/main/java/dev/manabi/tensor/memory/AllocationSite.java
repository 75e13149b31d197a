package dev.manabi.tensor.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Storages that are alive and were made at the same place.
 *
 * @param count how many
 * @param bytes the native memory they take together
 * @param stack where they were made, innermost frame first, without the engine's own frames; empty
 *     if they were made before {@link Memory#trackAllocations} was on
 */
public record AllocationSite(int count, long bytes, List<StackTraceElement> stack) {

  /** The live blocks by site, most bytes first. */
  static List<AllocationSite> of(Iterable<Block> blocks) {
    Map<List<StackTraceElement>, AllocationSite> sites = new HashMap<>();
    for (Block block : blocks) {
      if (block.used) {
        Trace trace = block.trace;
        List<StackTraceElement> stack = trace == null ? List.of() : trace.frames();
        sites.merge(stack, new AllocationSite(1, block.bytes(), stack), AllocationSite::plus);
      }
    }
    List<AllocationSite> sorted = new ArrayList<>(sites.values());
    sorted.sort((a, b) -> Long.compare(b.bytes, a.bytes));
    return sorted;
  }

  private AllocationSite plus(AllocationSite other) {
    return new AllocationSite(count + other.count, bytes + other.bytes, stack);
  }

  /** One line, and the stack below it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(count).append(count == 1 ? " storage, " : " storages, ").append(Budget.text(bytes));
    if (stack.isEmpty()) {
      return text.append(", made while allocations were not tracked").toString();
    }
    for (StackTraceElement frame : stack) {
      text.append("\n    at ").append(frame);
    }
    return text.toString();
  }
}
