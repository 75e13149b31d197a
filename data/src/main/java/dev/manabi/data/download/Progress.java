package dev.manabi.data.download;

/** Hears how far a download is; called now and then by the thread that downloads. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (file, bytes, total) -> {};

  /**
   * Reports a file's state.
   *
   * @param file name of the file
   * @param bytes how many bytes of it are on disk
   * @param total how many it has in all, or -1 if the server does not say
   */
  void update(String file, long bytes, long total);
}
