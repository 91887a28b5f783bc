// One step of stochastic gradient descent over all weights of a network at once, as torch.optim.SGD takes it.
#include <vector>
#include <algorithm>
#include <memory>
#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

constexpr int64_t kPartElements = 1 << 15;

// Runs over one stretch of one weight.
WINNOW_VECTORISED
void Step(const float* weight, const float* gradient, const float* velocity, const float* settings, int64_t count,
          float* __restrict new_weight, float* __restrict new_velocity) {
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

struct Stretch {
  const float *weight, *gradient, *velocity;
  int64_t count;
  float *new_weight, *new_velocity;
};

// weights, gradients, velocities, [rate, momentum, decay, nesterov] -> weights, velocities
void Compute(void*, TF_OpKernelContext* context) {
  const int count = (TF_NumInputs(context) - 1) / 3;
  const Input settings(context, 3 * count);
  if (settings.size() != 4) return Fail(context, "the settings of a step are four numbers");
  std::vector<Stretch> stretches;
  // Inputs and outputs stay alive until the loop below is done.
  std::vector<std::unique_ptr<Input>> inputs;
  std::vector<std::unique_ptr<Output>> outputs;
  for (int index = 0; index < count; ++index) {
    const Input* parts[3];
    for (int list = 0; list < 3; ++list) {
      inputs.push_back(std::make_unique<Input>(context, list * count + index));
      parts[list] = inputs.back().get();
    }
    const int64_t size = parts[0]->size();
    if (parts[1]->size() != size || parts[2]->size() != size) {
      return Fail(context, "a weight, its gradient and its velocity differ in size");
    }
    outputs.push_back(std::make_unique<Output>(context, index, *parts[0]));
    float* new_weight = outputs.back()->data();
    outputs.push_back(std::make_unique<Output>(context, count + index, *parts[0]));
    float* new_velocity = outputs.back()->data();
    if (size > 0 && (!new_weight || !new_velocity)) return;
    for (int64_t from = 0; from < size; from += kPartElements) {
      stretches.push_back({parts[0]->data() + from, parts[1]->data() + from, parts[2]->data() + from,
                           std::min(kPartElements, size - from), new_weight + from, new_velocity + from});
    }
  }
  ThreadPool::Shared().Run(static_cast<int64_t>(stretches.size()), [&](int64_t index) {
    const Stretch& part = stretches[index];
    Step(part.weight, part.gradient, part.velocity, settings.data(), part.count, part.new_weight, part.new_velocity);
  });
}

void* Create(TF_OpKernelConstruction*) { return nullptr; }
void Delete(void*) {}

__attribute__((constructor)) void Register() {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder("WinnowSgdStep");
  TF_OpDefinitionBuilderAddAttr(op, "N: int >= 1");
  for (const char* input : {"weights: N * float", "gradients: N * float", "velocities: N * float", "settings: float"}) {
    TF_OpDefinitionBuilderAddInput(op, input);
  }
  for (const char* output : {"new_weights: N * float", "new_velocities: N * float"}) {
    TF_OpDefinitionBuilderAddOutput(op, output);
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &UnknownShapes);
  TF_RegisterOpDefinition(op, status.get());
  if (!status.ok()) return;
  TF_RegisterKernelBuilder("WinnowSgdStep", TF_NewKernelBuilder("WinnowSgdStep", "CPU", &Create, &Compute, &Delete),
                           status.get());
}

}  // namespace
}  // namespace winnow
