// Convolution and its two gradients element by element, for any strides; and the last step of the
// weight gradient.
#include "conv.cuh"

FORWARD(conv_forward_s, 1, false, false)
FORWARD(conv_forward_a, 1, true, false)
INPUT_GRAD(conv_input_grad_s, 1, false, false)
INPUT_GRAD(conv_input_grad_a, 1, true, false)
WEIGHT_GRAD(conv_weight_grad_s, 1, false, false)
WEIGHT_GRAD(conv_weight_grad_a, 1, true, false)

extern "C" __global__ void conv_weight_grad_sum(Conv v, const A* parts, T* weight, int filters,
                                                int splits) {
  u32 i = thread_number();
  int columns = v.f.kh * v.f.kw * v.f.per_group;
  u32 count = (u32)filters * columns;
  if (i >= count) return;
  A sum = 0;
#pragma unroll 1
  for (int s = 0; s < splits; s++) sum += parts[s * (i64)count + i];
  int o = i / columns;
  Tap t = tap(v.f, i - o * columns, v.f.per_group);
  weight[o * v.f.so + t.channel * v.f.sc + t.h * v.f.sh + t.w * v.f.sw] = put(sum);
}
