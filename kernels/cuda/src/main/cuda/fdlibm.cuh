// Logarithm, sine and cosine in f64 as Sun's fdlibm computes them, which is also Java's StrictMath:
// the same seed gives the same bits on every machine. Compiled without fused multiply-add, because
// fdlibm rounds after every operation. For x > 0 and normal (logarithm) and 0 <= x < 7 (waves).
#pragma once
#include "types.cuh"

__device__ __forceinline__ double fdlibm_log(double x) {
  const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;
  int hx = __double2hiint(x), lx = __double2loint(x);
  int k = (hx >> 20) - 1023;
  hx &= 0x000fffff;
  int i = (hx + 0x95f64) & 0x100000;
  x = __hiloint2double(hx | (i ^ 0x3ff00000), lx);
  k += i >> 20;
  double f = x - 1.0, dk = k;
  if ((0x000fffff & (2 + hx)) < 3) {  // |f| < 2^-20
    if (f == 0) return k == 0 ? 0.0 : dk * ln2_hi + dk * ln2_lo;
    double r = f * f * (0.5 - 0.33333333333333333 * f);
    return k == 0 ? f - r : dk * ln2_hi - ((r - dk * ln2_lo) - f);
  }
  double s = f / (2.0 + f), z = s * s, w = z * z;
  double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 +
                                                   w * 1.531383769920937332e-01));
  double t2 = z * (6.666666666666735130e-01 +
                   w * (2.857142874366239149e-01 +
                        w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  double r = t2 + t1;
  if (((hx - 0x6147a) | (0x6b851 - hx)) > 0) {
    double hfsq = 0.5 * f * f;
    return k == 0 ? f - (hfsq - s * (hfsq + r))
                  : dk * ln2_hi - ((hfsq - (s * (hfsq + r) + dk * ln2_lo)) - f);
  }
  return k == 0 ? f - s * (f - r) : dk * ln2_hi - ((s * (f - r) - dk * ln2_lo) - f);
}

// `reduced`: y is the rest of a reduction, not 0 because there was none.
__device__ __forceinline__ double fdlibm_kernel_sin(double x, double y, bool reduced) {
  if ((__double2hiint(x) & 0x7fffffff) < 0x3e400000 && (int)x == 0) return x;
  double z = x * x, v = z * x;
  double r = 8.33333333332248946124e-03 +
             z * (-1.98412698298579493134e-04 +
                  z * (2.75573137070700676789e-06 +
                       z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  const double s1 = -1.66666666666666324348e-01;
  return reduced ? x - ((z * (0.5 * y - v * r) - y) - v * s1) : x + v * (s1 + z * r);
}

__device__ __forceinline__ double fdlibm_kernel_cos(double x, double y) {
  int ix = __double2hiint(x) & 0x7fffffff;
  if (ix < 0x3e400000 && (int)x == 0) return 1.0;
  double z = x * x;
  double r = z * (4.16666666666666019037e-02 +
                  z * (-1.38888888888741095749e-03 +
                       z * (2.48015872894767294178e-05 +
                            z * (-2.75573143513906633035e-07 +
                                 z * (2.08757232129817482790e-09 +
                                      z * -1.13596475577881948265e-11)))));
  if (ix < 0x3FD33333) return 1.0 - (0.5 * z - (z * r - x * y));
  double qx = ix > 0x3fe90000 ? 0.28125 : __hiloint2double(ix - 0x00200000, 0);
  double hz = 0.5 * z - qx, a = 1.0 - qx;
  return a - (hz - (z * r - x * y));
}

// x less n times pi / 2, as y0 + y1.
__device__ __forceinline__ int fdlibm_rem_pio2(double x, double* y0, double* y1) {
  const double pio2_1 = 1.57079632673412561417e+00, pio2_1t = 6.07710050650619224932e-11;
  const double pio2_2 = 6.07710050630396597660e-11, pio2_2t = 2.02226624879595063154e-21;
  const double pio2_3 = 2.02226624871116645580e-21, pio2_3t = 8.47842766036889956997e-32;
  int hx = __double2hiint(x), ix = hx & 0x7fffffff;
  if (ix <= 0x3fe921fb) {
    *y0 = x;
    *y1 = 0;
    return 0;
  }
  if (ix < 0x4002d97c) {  // |x| < 3 pi / 4
    double z = x - pio2_1;
    if (ix != 0x3ff921fb) {
      *y0 = z - pio2_1t;
      *y1 = (z - *y0) - pio2_1t;
    } else {
      z -= pio2_2;
      *y0 = z - pio2_2t;
      *y1 = (z - *y0) - pio2_2t;
    }
    return 1;
  }
  int n = (int)(x * 6.36619772367581382433e-01 + 0.5);
  double fn = n, r = x - fn * pio2_1, w = fn * pio2_1t;
  // Near a multiple of pi / 2 the first subtraction leaves too few bits.
  *y0 = r - w;
  int j = ix >> 20;
  if (j - ((__double2hiint(*y0) >> 20) & 0x7ff) > 16) {
    double t = r;
    w = fn * pio2_2;
    r = t - w;
    w = fn * pio2_2t - ((t - r) - w);
    *y0 = r - w;
    if (j - ((__double2hiint(*y0) >> 20) & 0x7ff) > 49) {
      t = r;
      w = fn * pio2_3;
      r = t - w;
      w = fn * pio2_3t - ((t - r) - w);
      *y0 = r - w;
    }
  }
  *y1 = (r - *y0) - w;
  return n;
}

// shift 0: sine; 1: cosine.
__device__ __forceinline__ double fdlibm_wave(double x, int shift) {
  double y0, y1;
  int turns = fdlibm_rem_pio2(x, &y0, &y1), n = turns + shift;
  double v = (n & 1) ? fdlibm_kernel_cos(y0, y1) : fdlibm_kernel_sin(y0, y1, turns != 0);
  return (n & 2) ? -v : v;
}
