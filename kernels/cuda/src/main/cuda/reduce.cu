// Sum, mean, product, extremes, any and all over any axes.
//
// Idea: the output elements are independent, the members of each are not. With many outputs a thread
// takes one (columns); with few a block takes one, its threads share the members and combine by warp
// shuffles (rows). With hardly any, several blocks share one and leave partial results, which a
// second launch combines (partial, finish): no atomics, so the result is the same in every run.
#include "block.cuh"
#include "walk.cuh"

#if defined(FLOATING)
#define LOWEST (-infinity())
#define HIGHEST infinity()
typedef T Total;
#define PUT_TOTAL(v) put(v)
#else
#define LOWEST ((A)0x8000000000000000ll)
#define HIGHEST ((A)0x7FFFFFFFFFFFFFFFll)
typedef i64 Total;
#define PUT_TOTAL(v) (v)
#endif

// neutral, how a member enters, how two results join, how the total of `n` members is written.
#define COMBINATION(NAME, RESULT, NEUTRAL, ENTER, JOIN, WRITE)                                \
  struct Combine_##NAME {                                                                     \
    typedef RESULT R;                                                                         \
    static __device__ __forceinline__ A neutral() { return NEUTRAL; }                         \
    static __device__ __forceinline__ A enter(A v) { return ENTER; }                          \
    static __device__ __forceinline__ A join(A a, A b) { return JOIN; }                       \
    static __device__ __forceinline__ R write(A v, u32 n) { return WRITE; }                   \
  };

COMBINATION(sum, Total, 0, v, a + b, PUT_TOTAL(v))
COMBINATION(prod, Total, 1, v, a* b, PUT_TOTAL(v))
COMBINATION(max, T, LOWEST, v, larger(a, b), put(v))
COMBINATION(min, T, HIGHEST, v, smaller(a, b), put(v))
COMBINATION(any, u8, 0, v != 0, a != 0 || b != 0, v != 0)
COMBINATION(all, u8, 1, v != 0, a != 0 && b != 0, v != 0)
#if defined(FLOATING)
COMBINATION(mean, T, 0, v, a + b, put(n == 0 ? not_a_number() : v / (A)n))
#endif

template <class C>
__device__ __forceinline__ A combine(const Walk<1>& members, const T* x, u32 from, u32 to, u32 step) {
  A v = C::neutral();
#pragma unroll 1
  for (u32 i = from; i < to; i += step) {
    i64 at[1];
    members.locate(i, at);
    v = C::join(v, C::enter(get(x[at[0]])));
  }
  return v;
}

template <class C>
__device__ __forceinline__ A combine_block(A v) {
  return block_combine(v, C::neutral(), [](A a, A b) { return C::join(a, b); });
}

// outputs: x at its first member, y. partial: [outputs][blocks of each].
#define REDUCTION(NAME)                                                                       \
  extern "C" __global__ void reduce_columns_##NAME(Walk<2> outputs, Walk<1> members,          \
                                                   const T* x, Combine_##NAME::R* y) {        \
    u32 i = thread_number();                                                                  \
    if (i >= outputs.count) return;                                                           \
    i64 at[2];                                                                                \
    outputs.locate(i, at);                                                                    \
    A v = combine<Combine_##NAME>(members, x + at[0], 0, members.count, 1);                   \
    y[at[1]] = Combine_##NAME::write(v, members.count);                                       \
  }                                                                                           \
  extern "C" __global__ void reduce_rows_##NAME(Walk<2> outputs, Walk<1> members, const T* x, \
                                                Combine_##NAME::R* y) {                       \
    i64 at[2];                                                                                \
    outputs.locate(blockIdx.x, at);                                                           \
    A v = combine<Combine_##NAME>(members, x + at[0], threadIdx.x, members.count, blockDim.x); \
    v = combine_block<Combine_##NAME>(v);                                                     \
    if (threadIdx.x == 0) y[at[1]] = Combine_##NAME::write(v, members.count);                 \
  }                                                                                           \
  extern "C" __global__ void reduce_partial_##NAME(Walk<2> outputs, Walk<1> members,          \
                                                   const T* x, A* partial) {                  \
    i64 at[2];                                                                                \
    outputs.locate(blockIdx.y, at);                                                           \
    A v = combine<Combine_##NAME>(members, x + at[0], thread_number(), members.count,         \
                                  gridDim.x * blockDim.x);                                    \
    v = combine_block<Combine_##NAME>(v);                                                     \
    if (threadIdx.x == 0) partial[blockIdx.y * gridDim.x + blockIdx.x] = v;                   \
  }                                                                                           \
  extern "C" __global__ void reduce_finish_##NAME(Walk<2> outputs, const A* partial,          \
                                                  Combine_##NAME::R* y, u32 parts, u32 n) {   \
    i64 at[2];                                                                                \
    outputs.locate(blockIdx.x, at);                                                           \
    A v = Combine_##NAME::neutral();                                                          \
    for (u32 i = threadIdx.x; i < parts; i += blockDim.x)                                     \
      v = Combine_##NAME::join(v, partial[blockIdx.x * parts + i]);                           \
    v = combine_block<Combine_##NAME>(v);                                                     \
    if (threadIdx.x == 0) y[at[1]] = Combine_##NAME::write(v, n);                             \
  }

REDUCTION(sum)
REDUCTION(prod)
REDUCTION(max)
REDUCTION(min)
REDUCTION(any)
REDUCTION(all)
#if defined(FLOATING)
REDUCTION(mean)
#endif
