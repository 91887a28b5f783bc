// Moves the averages of all weights of a network towards the weights, at once.
#include "weight_step.h"

namespace winnow {
namespace {

// Settings: the share of the way that is gone.
WINNOW_VECTORISED
void Step(const float* const* in, const float* settings, int64_t count, float* const* out) {
  const float *average = in[0], *weight = in[1];
  float* __restrict moved = out[0];
  const float share = settings[0];
  for (int64_t i = 0; i < count; ++i) moved[i] = average[i] + share * (weight[i] - average[i]);
}

void Compute(void*, TF_OpKernelContext* context) { RunWeightStep<2, 1, 1>(context, &Step); }

__attribute__((constructor)) void Register() {
  RegisterWeightStep("WinnowAverageStep", {"averages", "weights"}, {"moved"}, &Compute);
}

}  // namespace
}  // namespace winnow
