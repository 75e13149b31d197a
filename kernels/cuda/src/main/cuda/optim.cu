// Optimizer updates of many parameters in one launch: with a launch for each, a network of small
// layers would spend its time starting kernels. blockIdx.y is the parameter; all tensors of one
// parameter lie without gaps in the same order, so an element is a number.
#include "replay.cuh"

#define MANY 32

struct Parameter {
  const T *param, *grad, *m, *v;
  T *new_param, *new_m, *new_v;
  i64 count;
};

struct Parameters {
  Parameter of[MANY];
};

extern "C" __global__ void sgd(const Parameters all, double lr, double momentum, double dampening,
                               double weight_decay, int nesterov, int first) {
  const Parameter& p = all.of[blockIdx.y];
  for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < p.count;
       i += (i64)gridDim.x * blockDim.x) {
    A w = get(p.param[i]);
    A d = get(p.grad[i]) + (A)weight_decay * w;
    if (momentum != 0) {
      A buffer = first ? d : (A)momentum * get(p.m[i]) + (A)(1 - dampening) * d;
      p.new_m[i] = put(buffer);
      d = nesterov ? d + (A)momentum * buffer : buffer;
    }
    p.new_param[i] = put(w - (A)lr * d);
  }
}

// correction1 and correction2 are 1 - beta^step for the step that the host knows; a graph that runs
// again has gone on from there.
extern "C" __global__ void adam(const Parameters all, double lr, double beta1, double beta2,
                                double eps, double weight_decay, int decoupled, double correction1,
                                double correction2, i64 step, const Replay* replay) {
  i64 more = replay->steps;
  if (more != 0) {
    // A power in f64 is long: one thread of the block computes it.
    __shared__ double corrections[2];
    if (threadIdx.x < 2)
      corrections[threadIdx.x] = 1 - pow(threadIdx.x ? beta2 : beta1, (double)(step + more));
    __syncthreads();
    correction1 = corrections[0];
    correction2 = corrections[1];
  }
  const Parameter& p = all.of[blockIdx.y];
  for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < p.count;
       i += (i64)gridDim.x * blockDim.x) {
    A w = get(p.param[i]), g = get(p.grad[i]);
    if (decoupled) {
      w -= (A)(lr * weight_decay) * w;
    } else {
      g += (A)weight_decay * w;
    }
    A m = (A)beta1 * get(p.m[i]) + (A)(1 - beta1) * g;
    A v = (A)beta2 * get(p.v[i]) + (A)(1 - beta2) * g * g;
    A scale = sqrt(v / (A)correction2) + (A)eps;
    p.new_param[i] = put(w - (A)lr * (m / (A)correction1) / scale);
    p.new_m[i] = put(m);
    p.new_v[i] = put(v);
  }
}
