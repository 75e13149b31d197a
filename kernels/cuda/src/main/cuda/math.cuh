// Functions of one number that CUDA lacks or does otherwise than the engine.
#pragma once
#include "types.cuh"
#if defined(FLOATING)

__device__ __forceinline__ A sigmoid(A x) {
  A e = exp(-fabs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

__device__ __forceinline__ A sign(A x) { return x > 0 ? (A)1 : x < 0 ? (A)-1 : x; }

// Remainder of a division with the sign of the divisor; fmod is exact and has that of the dividend.
__device__ __forceinline__ A remainder_of(A a, A b) {
  A r = fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

// The angle less the nearest multiple q of pi / 2, which is split into three parts so that q times
// the first two is exact: Cody and Waite. Good for as many turns as an int counts; the textbook's
// way for larger angles needs a table that does not fit into registers.
__device__ __forceinline__ double turn(double x, int* quarter) {
  double q = rint(x * 0.63661977236758134308);
  *quarter = (int)(i64)q;
  double r = fma(-q, 1.57079632673412561417e+00, x);
  r = fma(-q, 6.07710050630396597660e-11, r);
  return fma(-q, 2.02226624879595063154e-21, r);
}

__device__ __forceinline__ double sine_near_zero(double r) {
  double z = r * r;
  double p = 1.58969099521155010221e-10;
  p = fma(p, z, -2.50507602534068634195e-08);
  p = fma(p, z, 2.75573137070700676789e-06);
  p = fma(p, z, -1.98412698298579493134e-04);
  p = fma(p, z, 8.33333333332248946124e-03);
  p = fma(p, z, -1.66666666666666324348e-01);
  return fma(z * r, p, r);
}

__device__ __forceinline__ double cosine_near_zero(double r) {
  double z = r * r;
  double p = -1.13596475577881948265e-11;
  p = fma(p, z, 2.08757232129817482790e-09);
  p = fma(p, z, -2.75573143513906633035e-07);
  p = fma(p, z, 2.48015872894767294178e-05);
  p = fma(p, z, -1.38888888888741095749e-03);
  p = fma(p, z, 4.16666666666666019037e-02);
  double half = 0.5 * z;
  double w = 1.0 - half;
  return w + ((1.0 - w - half) + z * z * p);
}

// Both are computed in f64, which is exact enough for every dtype. Quarter 0 and 2 are the function
// itself, 1 and 3 the other one; from 2 on the sign is turned.
__device__ __forceinline__ A wave(double x, int shift) {
  if (fabs(x) > 1.7e308) return not_a_number();
  int quarter;
  double r = turn(x, &quarter);
  quarter += shift;
  double y = (quarter & 1) ? cosine_near_zero(r) : sine_near_zero(r);
  return (A)((quarter & 2) ? -y : y);
}

__device__ __forceinline__ A sine(A x) { return x == 0 ? x : x != x ? x : wave((double)x, 0); }
__device__ __forceinline__ A cosine(A x) { return x != x ? x : wave((double)x, 1); }
#else

__device__ __forceinline__ A floor_div(A a, A b) {
  A q = a / b;
  return q * b != a && (a < 0) != (b < 0) ? q - 1 : q;
}

__device__ __forceinline__ A power(A base, A exponent) {
  if (exponent < 0) {
    if (base == -1) return exponent & 1 ? -1 : 1;
    return base == 1 ? 1 : 0;
  }
  A result = 1;
  for (A square = base; exponent > 0; exponent >>= 1, square *= square) {
    if (exponent & 1) result *= square;
  }
  return result;
}
#endif
