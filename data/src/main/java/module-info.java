/** Datasets, loaders, transforms and file formats. */
module dev.manabi.data {
  requires transitive dev.manabi.tensor;
  requires com.google.protobuf;
  requires java.net.http;
  requires tools.jackson.core;

  exports dev.manabi.data;
  exports dev.manabi.data.download;
  exports dev.manabi.data.formats;
  exports dev.manabi.data.transforms;
  exports dev.manabi.data.vision;
}
