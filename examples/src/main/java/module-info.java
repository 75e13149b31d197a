/** The example programs and the command line. */
@SuppressWarnings("requires-automatic")
module dev.manabi.examples {
  requires com.fasterxml.jackson.annotation;
  requires dev.manabi.data;
  requires dev.manabi.kernels;
  requires dev.manabi.kernels.cuda;
  requires dev.manabi.kernels.ptx;
  requires dev.manabi.nn;
  requires info.picocli;
  requires java.desktop;
  requires org.knowm.xchart;
  requires me.tongfei.progressbar;
  requires tools.jackson.databind;

  // The command line and the JSON of a run are bound by reflection.
  opens dev.manabi.examples to
      info.picocli;
  opens dev.manabi.examples.ptx to
      info.picocli;
  opens dev.manabi.examples.train to
      tools.jackson.databind;
}
