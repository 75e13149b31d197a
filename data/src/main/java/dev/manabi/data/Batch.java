package dev.manabi.data;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * Labelled images as tensors, or, from {@link DataLoader#ofTensors}, rows of two tensors.
 *
 * @param images {@code [N, C, H, W]}: f32, or u8 if no transform made floats of the bytes
 * @param labels {@code [N]} i64, the indices of the classes
 */
public record Batch(Tensor images, Tensor labels) {
  /** Number of images N. */
  public int size() {
    return labels.size(0);
  }

  /**
   * The {@link Collate} of labelled images.
   *
   * @throws IllegalArgumentException if two images differ in shape or kind
   */
  public static Supplier<Batch> collate(List<Example> examples) {
    int n = examples.size();
    Image first = examples.getFirst().image();
    long imageBytes = values(first).byteSize();
    var images = MemorySegment.ofArray(new byte[Math.toIntExact(n * imageBytes)]);
    long[] labels = new long[n];
    for (int i = 0; i < n; i++) {
      Image image = examples.get(i).image();
      requireLike(first, image, i);
      MemorySegment.copy(values(image), 0, images, i * imageBytes, imageBytes);
      labels[i] = examples.get(i).label();
    }
    Shape shape = Shape.of(n, first.channels(), first.height(), first.width());
    DType dtype = dtype(first);
    return () ->
        new Batch(
            tensor(shape, dtype, images),
            tensor(Shape.of(n), DType.I64, MemorySegment.ofArray(labels)));
  }

  private static MemorySegment values(Image image) {
    return switch (image) {
      case Image.Bytes bytes -> MemorySegment.ofArray(bytes.pixels());
      case Image.Floats floats -> MemorySegment.ofArray(floats.pixels());
    };
  }

  private static DType dtype(Image image) {
    return switch (image) {
      case Image.Bytes _ -> DType.U8;
      case Image.Floats _ -> DType.F32;
    };
  }

  private static void requireLike(Image first, Image image, int i) {
    if (image.channels() != first.channels()
        || image.height() != first.height()
        || image.width() != first.width()
        || dtype(image) != dtype(first)) {
      throw new IllegalArgumentException(
          """
          batch: the images differ in shape or kind
            image 0 %s    image %d %s
            fix: add a transform that gives all images one size, and ToTensor\
          """
              .formatted(first, i, image));
    }
  }

  private static Tensor tensor(Shape shape, DType dtype, MemorySegment values) {
    Tensor tensor = Interpreter.allocate(TensorSpec.of(shape, dtype), Device.CPU);
    MemorySegment.copy(values, 0, tensor.storage().segment(), 0, values.byteSize());
    return tensor;
  }
}
