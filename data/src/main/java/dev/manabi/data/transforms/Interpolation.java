package dev.manabi.data.transforms;

/** How a value between pixels is found. */
public enum Interpolation {
  /** The pixel whose square the point lies in. */
  NEAREST,
  /** The four pixels whose centres surround the point, weighted by closeness. */
  BILINEAR
}
