/** Datasets, loaders, transforms and file formats. */
module dev.manabi.data {
  requires transitive dev.manabi.tensor;

  exports dev.manabi.data;
}
