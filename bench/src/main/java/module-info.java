/** JMH benchmarks of the engine and of its peers. */
@SuppressWarnings("requires-automatic")
module dev.manabi.bench {
  requires static org.jspecify;
  requires dev.manabi.data;
  requires dev.manabi.kernels;
  requires dev.manabi.kernels.lessons;
  requires dev.manabi.nn;
  requires com.microsoft.onnxruntime;
  requires info.picocli;
  requires java.management;
  requires jmh.core;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires tools.jackson.databind;

  // The JSON of a run is bound by reflection.
  opens dev.manabi.bench to
      tools.jackson.databind;
  // The command line is bound by reflection.
  opens dev.manabi.bench.command to
      info.picocli;
}
