package dev.manabi.bench.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.manabi.data.formats.OnnxModel;
import dev.manabi.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** A model in ONNX Runtime, on the CPU, optimised as far as it can, with one batch to run it on. */
public final class OnnxSession implements AutoCloseable {
  private final OrtSession session;
  private final OnnxTensor images;

  /**
   * Loads a model.
   *
   * @param images what it will be run on, f32 of the shape of its one input
   * @param threads that one operator may use; operators run one after another
   */
  public OnnxSession(OnnxModel model, Tensor images, int threads) {
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      try (var options = new SessionOptions()) {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(model.toByteArray(), options);
      }
      float[] values = images.toFloatArray();
      FloatBuffer buffer =
          ByteBuffer.allocateDirect(values.length * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer()
              .put(values)
              .flip();
      long[] shape = Arrays.stream(images.shape().toArray()).asLongStream().toArray();
      this.images = OnnxTensor.createTensor(environment, buffer, shape);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  /** Runs the model on the batch, and returns the values of its output. */
  public float[] run() {
    try (OrtSession.Result result = session.run(Map.of(OnnxNet.IMAGES, images))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      var values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }

  /** Which ONNX Runtime it is. */
  public static String version() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  @Override
  public void close() {
    try {
      images.close();
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
    }
  }
}
