// Normalisation over some axes: batch norm, layer norm and group norm are one op.
//
// One block for each group that shares a mean. `groups` leads to the first member of a group in every
// tensor, `members` from there to the others; weight and bias are broadcast by strides of 0. Mean and
// variance take a pass each, because the sum of squares in one pass cancels; the group comes from the
// cache the second and third time. A residual and ReLU ride along on the pass that writes.
#include "block.cuh"
#include "walk.cuh"

// groups: x, weight, bias, y, residual, mean, rstd; members: the first five.
extern "C" __global__ void norm_forward(Walk<7> groups, Walk<5> members, const T* x, const T* weight,
                                const T* bias, T* y, const T* residual, T* mean_out, T* rstd_out,
                                double eps, int adds, int relu) {
  i64 g[7], at[5];
  groups.locate(blockIdx.x, g);
  x += g[0];
  A n = members.count, sum = 0;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    sum += get(x[at[0]]);
  }
  A mean = block_sum(sum) / n;
  A squares = 0;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    A d = get(x[at[0]]) - mean;
    squares += d * d;
  }
  A rstd = 1 / sqrt(block_sum(squares) / n + (A)eps);
  if (threadIdx.x == 0) {
    mean_out[g[5]] = put(mean);
    rstd_out[g[6]] = put(rstd);
  }
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    A v = (get(x[at[0]]) - mean) * rstd * get(weight[g[1] + at[1]]) + get(bias[g[2] + at[2]]);
    if (adds) v += get(residual[g[4] + at[4]]);
    y[g[3] + at[3]] = put(relu ? larger(v, 0) : v);
  }
}

// What of a gradient counts: all of it, or after ReLU only what the output let through.
__device__ __forceinline__ A counting(const T* grad, i64 p, const T* y, i64 q, int relu) {
  return relu && !(get(y[q]) > 0) ? (A)0 : get(grad[p]);
}

// With n = (x - mean) * rstd and h = grad * weight: gradX = rstd * (h - mean(h) - n * mean(h * n)).
// groups: x, grad, weight, gradX, y, gradResidual, mean, rstd; members: the first six.
extern "C" __global__ void norm_grad(Walk<8> groups, Walk<6> members, const T* x, const T* grad,
                                     const T* weight, T* grad_x, const T* y, T* grad_residual,
                                     const T* means, const T* rstds, int relu, int residual) {
  i64 g[8], at[6];
  groups.locate(blockIdx.x, g);
  A mean = get(means[g[6]]), rstd = get(rstds[g[7]]);
  A sum_h = 0, sum_hn = 0;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    A h = counting(grad, g[1] + at[1], y, g[4] + at[4], relu) * get(weight[g[2] + at[2]]);
    sum_h += h;
    sum_hn += h * (get(x[g[0] + at[0]]) - mean) * rstd;
  }
  A n = members.count;
  A mean_h = block_sum(sum_h) / n, mean_hn = block_sum(sum_hn) / n;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    A c = counting(grad, g[1] + at[1], y, g[4] + at[4], relu);
    A normal = (get(x[g[0] + at[0]]) - mean) * rstd;
    grad_x[g[3] + at[3]] = put(rstd * (c * get(weight[g[2] + at[2]]) - mean_h - normal * mean_hn));
    if (residual) grad_residual[g[5] + at[5]] = put(c);
  }
}

// One block for each weight sums over all that it was multiplied with. weights: x, grad, y, mean,
// rstd, gradWeight, gradBias; members: the first five.
extern "C" __global__ void norm_grad_affine(Walk<7> weights, Walk<5> members, const T* x,
                                            const T* grad, const T* y, const T* means,
                                            const T* rstds, T* grad_weight, T* grad_bias, int relu) {
  i64 w[7], at[5];
  weights.locate(blockIdx.x, w);
  A of_weight = 0, of_bias = 0;
#pragma unroll 1
  for (u32 i = threadIdx.x; i < members.count; i += blockDim.x) {
    members.locate(i, at);
    A c = counting(grad, w[1] + at[1], y, w[2] + at[2], relu);
    A normal = (get(x[w[0] + at[0]]) - get(means[w[3] + at[3]])) * get(rstds[w[4] + at[4]]);
    of_weight += c * normal;
    of_bias += c;
  }
  of_weight = block_sum(of_weight);
  of_bias = block_sum(of_bias);
  if (threadIdx.x == 0) {
    grad_weight[w[5]] = put(of_weight);
    grad_bias[w[6]] = put(of_bias);
  }
}

// Moves running statistics towards those of a batch. Walk: running mean and variance, mean, rstd, new
// mean and variance, which may be the first two.
extern "C" __global__ void running_statistics(Walk<6> w, const T* mean, const T* variance,
                                              const T* batch_mean, const T* batch_rstd, T* new_mean,
                                              T* new_variance, double momentum, double eps,
                                              double unbias) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[6];
  w.locate(i, at);
  A keep = (A)(1 - momentum), m = (A)momentum, rstd = get(batch_rstd[at[3]]);
  A batch_variance = (A)unbias * (1 / (rstd * rstd) - (A)eps);
  A moved = keep * get(mean[at[0]]) + m * get(batch_mean[at[2]]);
  new_variance[at[5]] = put(keep * get(variance[at[1]]) + m * batch_variance);
  new_mean[at[4]] = put(moved);
}
