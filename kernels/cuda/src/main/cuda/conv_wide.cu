// Convolution and its two gradients, 16 bytes at a time: images and filters lie channels-last, and the
// channels of a group fill whole chunks; no tensor has more than 2^30 elements.
#define SMALL_OFFSETS
#include "conv.cuh"

FORWARD(conv_wide_forward_64, 1, false, true)
FORWARD(conv_wide_forward_128, 2, false, true)
INPUT_GRAD(conv_wide_input_grad_64, 1, false, true)
INPUT_GRAD(conv_wide_input_grad_128, 2, false, true)
WEIGHT_GRAD(conv_wide_weight_grad_64, 1, true, true)
WEIGHT_GRAD(conv_wide_weight_grad_128, 2, true, true)
