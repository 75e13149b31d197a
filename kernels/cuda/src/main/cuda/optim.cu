// Optimizer updates of many parameters in one launch: with a launch for each, a network of small
// layers would spend its time starting kernels. blockIdx.y is the parameter; all tensors of one
// parameter lie without gaps in the same order, so an element is a number.
//
// Rates and counts change from step to step. A launch is given them; one that a graph repeats reads
// them where the host writes them before each run (`renewed`).
#include "types.cuh"

#define MANY 32

struct Parameter {
  const T *param, *grad, *m, *v;
  T *new_param, *new_m, *new_v;
  i64 count;
};

struct Parameters {
  Parameter of[MANY];
};

struct SgdNumbers {
  double lr, momentum, dampening, weight_decay;
  int nesterov, first;
};

extern "C" __global__ void sgd(const Parameters all, const SgdNumbers given,
                               const SgdNumbers* renewed) {
  SgdNumbers n = given;
  if (renewed) n = *renewed;
  const Parameter& p = all.of[blockIdx.y];
  for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < p.count;
       i += (i64)gridDim.x * blockDim.x) {
    A w = get(p.param[i]);
    A d = get(p.grad[i]) + (A)n.weight_decay * w;
    if (n.momentum != 0) {
      A buffer = n.first ? d : (A)n.momentum * get(p.m[i]) + (A)(1 - n.dampening) * d;
      p.new_m[i] = put(buffer);
      d = n.nesterov ? d + (A)n.momentum * buffer : buffer;
    }
    p.new_param[i] = put(w - (A)n.lr * d);
  }
}

// A correction is 1 - beta^step.
struct AdamNumbers {
  double lr, beta1, beta2, eps, weight_decay, correction1, correction2;
  int decoupled;
};

extern "C" __global__ void adam(const Parameters all, const AdamNumbers given,
                                const AdamNumbers* renewed) {
  AdamNumbers n = given;
  if (renewed) n = *renewed;
  const Parameter& p = all.of[blockIdx.y];
  for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < p.count;
       i += (i64)gridDim.x * blockDim.x) {
    A w = get(p.param[i]), g = get(p.grad[i]);
    if (n.decoupled) {
      w -= (A)(n.lr * n.weight_decay) * w;
    } else {
      g += (A)n.weight_decay * w;
    }
    A m = (A)n.beta1 * get(p.m[i]) + (A)(1 - n.beta1) * g;
    A v = (A)n.beta2 * get(p.v[i]) + (A)(1 - n.beta2) * g * g;
    A scale = sqrt(v / (A)n.correction2) + (A)n.eps;
    p.new_param[i] = put(w - (A)n.lr * (m / (A)n.correction1) / scale);
    p.new_m[i] = put(m);
    p.new_v[i] = put(v);
  }
}
