// Elementwise functions of one and two numbers.
//
// Idea: such a kernel does almost no arithmetic, so its time is that of moving its bytes. Where all
// tensors lie without gaps in one order, a thread moves four neighbours in one access of up to 16
// bytes. Anything else (broadcast, transposed, flipped) goes element by element through a Walk, one
// warp over 32 neighbours of the output.
//
// Each line of the tables below makes one kernel: the x-macro keeps a function beside its name.
#include "math.cuh"
#include "vectors.cuh"
#include "walk.cuh"

// First element of this thread and the distance to its next: neighbours for whole vectors, else a
// block apart, so that a warp stays together.
__device__ __forceinline__ u32 first_element(int linear) {
  return linear ? thread_number() * LANES : blockIdx.x * blockDim.x * LANES + threadIdx.x;
}

template <class R, class F>
__device__ __forceinline__ void map(const Walk<2>& w, int linear, const T* x, R* y, F f) {
  u32 i = first_element(linear);
  if (linear && i + LANES <= w.count) {
    T a[LANES];
    R r[LANES];
    load4(x + i, a);
#pragma unroll
    for (int k = 0; k < LANES; k++) r[k] = f(get(a[k]));
    store4(y + i, r);
    return;
  }
  u32 step = linear ? 1 : blockDim.x;
#pragma unroll 1
  for (int k = 0; k < LANES && i < w.count; k++, i += step) {
    i64 at[2];
    w.locate(i, at);
    y[at[1]] = f(get(x[at[0]]));
  }
}

template <class R, class F>
__device__ __forceinline__ void zip(const Walk<3>& w, int linear, const T* x, const T* y, R* z,
                                    F f) {
  u32 i = first_element(linear);
  if (linear && i + LANES <= w.count) {
    T a[LANES], b[LANES];
    R r[LANES];
    load4(x + i, a);
    load4(y + i, b);
#pragma unroll
    for (int k = 0; k < LANES; k++) r[k] = f(get(a[k]), get(b[k]));
    store4(z + i, r);
    return;
  }
  u32 step = linear ? 1 : blockDim.x;
#pragma unroll 1
  for (int k = 0; k < LANES && i < w.count; k++, i += step) {
    i64 at[3];
    w.locate(i, at);
    z[at[2]] = f(get(x[at[0]]), get(y[at[1]]));
  }
}

#define UNARY(NAME, EXPRESSION)                                                             \
  extern "C" __global__ void unary_##NAME(Walk<2> w, int linear, const T* x, T* y) {        \
    map(w, linear, x, y, [](A a) { return put((A)(EXPRESSION)); });                         \
  }

#define TEST(NAME, EXPRESSION)                                                              \
  extern "C" __global__ void unary_##NAME(Walk<2> w, int linear, const T* x, u8* y) {       \
    map(w, linear, x, y, [](A a) { return (u8)(EXPRESSION); });                             \
  }

#define BINARY(NAME, EXPRESSION)                                                            \
  extern "C" __global__ void binary_##NAME(Walk<3> w, int linear, const T* x, const T* y,   \
                                           T* z) {                                          \
    zip(w, linear, x, y, z, [](A a, A b) { return put((A)(EXPRESSION)); });                 \
  }

#define COMPARE(NAME, EXPRESSION)                                                           \
  extern "C" __global__ void binary_##NAME(Walk<3> w, int linear, const T* x, const T* y,   \
                                           u8* z) {                                         \
    zip(w, linear, x, y, z, [](A a, A b) { return (u8)(EXPRESSION); });                     \
  }

#if defined(FLOATING)
UNARY(neg, -a)
UNARY(abs, fabs(a))
UNARY(sign, sign(a))
UNARY(exp, exp(a))
UNARY(expm1, expm1(a))
UNARY(log, log(a))
UNARY(log1p, log1p(a))
UNARY(sqrt, sqrt(a))
UNARY(rsqrt, rsqrt(a))
UNARY(reciprocal, 1 / a)
UNARY(sin, sine(a))
UNARY(cos, cosine(a))
UNARY(tanh, tanh(a))
UNARY(sigmoid, sigmoid(a))
UNARY(erf, erf(a))
UNARY(relu, larger(a, 0))
UNARY(floor, floor(a))
UNARY(ceil, ceil(a))
UNARY(round, rint(a))
UNARY(trunc, trunc(a))
TEST(is_nan, a != a)
TEST(is_inf, fabs(a) == infinity())
TEST(is_finite, fabs(a) < infinity())
TEST(not, a == 0)
BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(mul, a * b)
BINARY(div, a / b)
BINARY(pow, pow(a, b))
BINARY(max, larger(a, b))
BINARY(min, smaller(a, b))
BINARY(remainder, remainder_of(a, b))
// In f64, where a quotient just below an integer is not rounded up to it.
BINARY(floor_div, floor((double)a / (double)b))
#else
// Arithmetic and order with 0 are for numbers: bool has what follows.
#if !defined(DTYPE_BOOL)
UNARY(neg, -a)
UNARY(abs, a < 0 ? -a : a)
UNARY(sign, a > 0 ? 1 : a < 0 ? -1 : 0)
UNARY(relu, a > 0 ? a : 0)
UNARY(floor, a)
UNARY(ceil, a)
UNARY(round, a)
UNARY(trunc, a)
BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(mul, a * b)
BINARY(pow, power(a, b))
BINARY(remainder, a - floor_div(a, b) * b)
BINARY(floor_div, floor_div(a, b))
#endif
TEST(is_nan, 0)
TEST(is_inf, 0)
TEST(is_finite, 1)
TEST(not, a == 0)
BINARY(max, larger(a, b))
BINARY(min, smaller(a, b))
BINARY(and, a & b)
BINARY(or, a | b)
BINARY(xor, a ^ b)
#endif
#if !defined(DTYPE_BOOL)
BINARY(relu_mask, b > 0 ? a : 0)
#endif
COMPARE(eq, a == b)
COMPARE(ne, a != b)
COMPARE(lt, a < b)
COMPARE(le, a <= b)
COMPARE(gt, a > b)
COMPARE(ge, a >= b)

#if !defined(DTYPE_BOOL)
extern "C" __global__ void clamp(Walk<2> w, int linear, const T* x, T* y, A low, A high) {
  map(w, linear, x, y, [=](A a) { return put(smaller(larger(a, low), high)); });
}
#endif
