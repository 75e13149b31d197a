// Softmax and cross-entropy over class indices in one pass: the probabilities never go to memory.
// One warp for each row. The target distribution q gives class t the weight 1 - smoothing and spreads
// smoothing evenly over all classes; rows whose target is `ignore` have loss and gradient 0.
#include "block.cuh"
#include "faults.cuh"

// Strides of logits [N, C] and of one vector beside them.
struct Rows {
  i64 row, column;
};

__device__ __forceinline__ A weight(int c, i64 target, int classes, A smoothing) {
  return (c == target ? 1 - smoothing : (A)0) + smoothing / (A)classes;
}

extern "C" __global__ void cross_entropy(int classes, Rows s, const T* logits, const i64* target,
                                         i64 target_stride, T* loss, T* log_sum_exp, A smoothing,
                                         i64 ignore, Fault* fault, int op) {
  int n = blockIdx.x;
  const T* row = logits + n * s.row;
  i64 t = target[n * target_stride];
  A max = -infinity();
#pragma unroll 1
  for (int c = threadIdx.x; c < classes; c += 32) max = larger(max, get(row[c * s.column]));
  max = warp_combine(max, [](A a, A b) { return larger(a, b); });
  A sum = 0, below = 0;
#pragma unroll 1
  for (int c = threadIdx.x; c < classes; c += 32) {
    A v = get(row[c * s.column]);
    sum += exp(v - max);
    A q = weight(c, t, classes, smoothing);
    // A class ruled out by a logit of minus infinity takes no part.
    if (q != 0) below += q * (max - v);
  }
  sum = warp_combine(sum, [](A a, A b) { return a + b; });
  below = warp_combine(below, [](A a, A b) { return a + b; });
  if (threadIdx.x > 0) return;
  A log_sum = log(sum);
  bool ignored = t == ignore;
  if (!ignored && outside(t, classes, fault, op)) ignored = true;
  loss[n] = put(ignored ? (A)0 : log_sum + below);
  log_sum_exp[n] = put(max + log_sum);
}

// gradLogits = gradLoss * (softmax - q).
extern "C" __global__ void cross_entropy_grad(int classes, Rows s, Rows out, const T* grad_loss,
                                              i64 grad_stride, const T* logits, const i64* target,
                                              i64 target_stride, const T* log_sum_exp,
                                              i64 lse_stride, T* y, A smoothing, i64 ignore,
                                              Fault* fault, int op) {
  int n = blockIdx.x;
  i64 t = target[n * target_stride];
  bool ignored = t == ignore;
  if (!ignored && outside(t, classes, fault, op)) ignored = true;
  A g = ignored ? (A)0 : get(grad_loss[n * grad_stride]);
  A lse = get(log_sum_exp[n * lse_stride]);
#pragma unroll 1
  for (int c = threadIdx.x; c < classes; c += 32) {
    A p = exp(get(logits[n * s.row + c * s.column]) - lse);
    y[n * out.row + c * out.column] = put(g * (p - weight(c, t, classes, smoothing)));
  }
}
