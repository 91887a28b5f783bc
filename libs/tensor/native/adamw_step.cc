// One step of AdamW over all weights of a network at once, as torch.optim.AdamW takes it.
// Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
#include <cmath>

#include "weight_step.h"

namespace winnow {
namespace {

// Settings: 1 - rate * decay, rate / (1 - beta1^t), 1 - beta1, beta2, 1 - beta2, sqrt(1 - beta2^t), epsilon.
WINNOW_VECTORISED
void Step(const float* const* in, const float* settings, int64_t count, float* const* out) {
  const float *weight = in[0], *gradient = in[1], *first = in[2], *second = in[3];
  float *__restrict new_weight = out[0], *__restrict new_first = out[1], *__restrict new_second = out[2];
  const float shrink = settings[0], rate = settings[1], first_share = settings[2];
  const float second_decay = settings[3], second_share = settings[4], correction = settings[5], epsilon = settings[6];
  for (int64_t i = 0; i < count; ++i) {
    const float slope = gradient[i];
    const float mean = first[i] + first_share * (slope - first[i]);
    const float square = second_decay * second[i] + second_share * slope * slope;
    new_first[i] = mean;
    new_second[i] = square;
    new_weight[i] = weight[i] * shrink - rate * (mean / (std::sqrt(square) / correction + epsilon));
  }
}

void Compute(void*, TF_OpKernelContext* context) { RunWeightStep<4, 3, 7>(context, &Step); }

__attribute__((constructor)) void Register() {
  RegisterWeightStep("WinnowAdamwStep", {"weights", "gradients", "firsts", "seconds"},
                     {"new_weights", "new_firsts", "new_seconds"}, &Compute);
}

}  // namespace
}  // namespace winnow
