package dev.manabi.autograd;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where random streams stood, so that a computation can draw the same numbers again. */
final class RandomState {
  private record Mark(Generator generator, long seed, long position) {
    static Mark of(Generator generator) {
      return new Mark(generator, generator.seed(), generator.position());
    }

    void restore() {
      generator.restore(seed, position);
    }
  }

  private final List<Mark> marks;

  private RandomState(List<Mark> marks) {
    this.marks = marks;
  }

  /** The state of the CPU's streams and of those of every device that {@code tensors} lie on. */
  static RandomState of(List<Tensor> tensors) {
    Set<Device> devices = new LinkedHashSet<>(List.of(Device.CPU));
    tensors.forEach(t -> devices.add(t.device()));
    return new RandomState(devices.stream().map(d -> Mark.of(Generator.of(d))).toList());
  }

  /** Runs {@code body} from this state, and then puts the streams back where they are now. */
  void replay(Runnable body) {
    List<Mark> now = marks.stream().map(mark -> Mark.of(mark.generator)).toList();
    marks.forEach(Mark::restore);
    try {
      body.run();
    } finally {
      now.forEach(Mark::restore);
    }
  }
}
