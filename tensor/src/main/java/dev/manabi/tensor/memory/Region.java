package dev.manabi.tensor.memory;

import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Supplier;

/**
 * A stretch of the program whose tensors end with it.
 *
 * <pre>{@code
 * try (var step = Region.open("step")) {
 *   Tensor loss = model.forward(x).crossEntropy(y);
 *   loss.backward();
 *   optimizer.step();
 *   last = step.keep(loss.detach());
 * }                      // everything else made by this thread since open() is released here
 * }</pre>
 *
 * <p>Regions nest, and belong to the thread that opened them; other threads' tensors are not
 * theirs. Using a tensor that a region released is an error that names the tensor and the region.
 * Regions are never needed for correctness: outside of any, memory is freed when the garbage
 * collector finds that a tensor is unreachable. A region frees it at once, and is deterministic.
 */
public final class Region implements AutoCloseable {
  private final Owner owner;

  private Region(Owner owner) {
    this.owner = owner;
  }

  /** Opens a region on this thread; {@code name} is for messages. */
  public static Region open(String name) {
    Owner owner = Owner.push(name, false);
    Region region = new Region(owner);
    owner.attach(region);
    return region;
  }

  /**
   * Runs {@code body} as if no region were open: for what outlives the step that happens to make
   * it, such as parameters and the state of an optimizer.
   */
  public static <T> T outside(Supplier<T> body) {
    Owner owner = Owner.push("outside", true);
    try {
      return body.get();
    } finally {
      owner.close();
    }
  }

  /** As {@link #outside(Supplier)}, without a result. */
  public static void outside(Runnable body) {
    outside(
        () -> {
          body.run();
          return true;
        });
  }

  /** The name it was opened with. */
  public String name() {
    return owner.name;
  }

  /**
   * Moves {@code tensor}'s memory out of this region, into the one around it or, if there is none,
   * out of all regions. Nothing happens if this region does not own it.
   *
   * @return {@code tensor}
   */
  public Tensor keep(Tensor tensor) {
    tensor.storage().keepFrom(owner);
    return tensor;
  }

  /** True if {@code tensor}'s memory will be released when this region closes. */
  public boolean owns(Tensor tensor) {
    return tensor.storage().isOwnedBy(owner);
  }

  /** What this region owns now, by the place where it was made, most bytes first. */
  public List<AllocationSite> contents() {
    return AllocationSite.of(owner.blocks());
  }

  /** Releases what this region owns. A second call does nothing. */
  @Override
  public void close() {
    owner.close();
    // Until here somebody could close this region, so it was not abandoned.
    Reference.reachabilityFence(this);
  }
}
