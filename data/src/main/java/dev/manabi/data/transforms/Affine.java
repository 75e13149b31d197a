package dev.manabi.data.transforms;

/**
 * A map of the plane, {@code x' = a x + b y + c}, {@code y' = d x + e y + f}, with x to the right
 * and y down, in pixels.
 */
record Affine(double a, double b, double c, double d, double e, double f) {
  private static Affine linear(double a, double b, double d, double e) {
    return new Affine(a, b, 0, d, e, 0);
  }

  static Affine translation(double dx, double dy) {
    return new Affine(1, 0, dx, 0, 1, dy);
  }

  /** Turns by an angle in degrees, clockwise on the screen since y points down. */
  static Affine rotation(double degrees) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    return linear(cos, -sin, sin, cos);
  }

  static Affine scaling(double factor) {
    return linear(factor, 0, 0, factor);
  }

  /** Slants along x, then along y, by angles in degrees; signs as torchvision has them. */
  static Affine shear(double xDegrees, double yDegrees) {
    Affine alongX = linear(1, -Math.tan(Math.toRadians(xDegrees)), 0, 1);
    Affine alongY = linear(1, 0, -Math.tan(Math.toRadians(yDegrees)), 1);
    return alongY.after(alongX);
  }

  /** The map that applies {@code first}, then this one. */
  Affine after(Affine first) {
    return new Affine(
        a * first.a + b * first.d,
        a * first.b + b * first.e,
        a * first.c + b * first.f + c,
        d * first.a + e * first.d,
        d * first.b + e * first.e,
        d * first.c + e * first.f + f);
  }

  /** This map, with the point (x, y) taken as the origin. */
  Affine about(double x, double y) {
    return translation(x, y).after(this).after(translation(-x, -y));
  }

  /** The map that undoes this one; its determinant must not be 0. */
  Affine inverse() {
    double det = a * e - b * d;
    Affine inverse = linear(e / det, -b / det, -d / det, a / det);
    return inverse.after(translation(-c, -f));
  }

  double x(double x, double y) {
    return a * x + b * y + c;
  }

  double y(double x, double y) {
    return d * x + e * y + f;
  }
}
