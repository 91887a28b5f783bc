// One step of stochastic gradient descent over all weights of a network at once, as torch.optim.SGD takes it.
#include "weight_step.h"

namespace winnow {
namespace {

// Settings: rate, momentum, decay, nesterov.
WINNOW_VECTORISED
void Step(const float* const* in, const float* settings, int64_t count, float* const* out) {
  const float *weight = in[0], *gradient = in[1], *velocity = in[2];
  float *__restrict new_weight = out[0], *__restrict new_velocity = out[1];
  const float rate = settings[0], momentum = settings[1], decay = settings[2];
  const float direct = settings[3] != 0.0f ? 1.0f : 0.0f;
  const float through = settings[3] != 0.0f ? momentum : 1.0f;
  for (int64_t i = 0; i < count; ++i) {
    const float slope = gradient[i] + decay * weight[i];
    const float moved = momentum * velocity[i] + slope;
    new_velocity[i] = moved;
    new_weight[i] = weight[i] - rate * (direct * slope + through * moved);
  }
}

void Compute(void*, TF_OpKernelContext* context) { RunWeightStep<3, 2, 4>(context, &Step); }

__attribute__((constructor)) void Register() {
  RegisterWeightStep("WinnowSgdStep", {"weights", "gradients", "velocities"}, {"new_weights", "new_velocities"}, &Compute);
}

}  // namespace
}  // namespace winnow
