// What a step over all weights of a network at once needs: lists of tensors that run in parallel, cut into stretches
// that threads share, and a row of settings for each weight.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "kernel.h"
#include "thread-pool.h"

namespace winnow {

constexpr int64_t kStretchElements = 1 << 15;

// Runs over one stretch of one weight: its part of each input list, the weight's settings, its part of each output list.
using WeightStep = void (*)(const float* const* in, const float* settings, int64_t count, float* const* out);

// `kLists` lists of N inputs, then settings [N, kSettings] -> `kMoved` lists of N outputs of the first list's shapes.
// A step sees at most `stretch` values of a weight at once.
template <int kLists, int kMoved, int kSettings>
void RunWeightStep(TF_OpKernelContext* context, WeightStep step, int64_t stretch = kStretchElements) {
  struct Stretch {
    const float* in[kLists];
    const float* settings;
    int64_t count;
    float* out[kMoved];
  };
  const int count = (TF_NumInputs(context) - 1) / kLists;
  const Input settings(context, kLists * count);
  if (settings.size() != static_cast<int64_t>(count) * kSettings) {
    return Fail(context, "a step needs " + std::to_string(kSettings) + " settings for each weight");
  }
  std::vector<Stretch> stretches;
  // Inputs and outputs stay alive until the loop below is done.
  std::vector<std::unique_ptr<Input>> inputs;
  std::vector<std::unique_ptr<Output>> outputs;
  for (int index = 0; index < count; ++index) {
    const float* in[kLists];
    float* out[kMoved];
    const Input* first = nullptr;
    for (int list = 0; list < kLists; ++list) {
      inputs.push_back(std::make_unique<Input>(context, list * count + index));
      const Input* input = inputs.back().get();
      if (first == nullptr) first = input;
      if (input->size() != first->size()) return Fail(context, "a weight and what goes with it differ in size");
      in[list] = input->template data<float>();
    }
    const int64_t size = first->size();
    for (int list = 0; list < kMoved; ++list) {
      outputs.push_back(std::make_unique<Output>(context, list * count + index, *first));
      out[list] = outputs.back()->template data<float>();
      if (size > 0 && out[list] == nullptr) return;
    }
    for (int64_t from = 0; from < size; from += std::min(stretch, size - from)) {
      Stretch part;
      for (int list = 0; list < kLists; ++list) part.in[list] = in[list] + from;
      for (int list = 0; list < kMoved; ++list) part.out[list] = out[list] + from;
      part.settings = settings.data() + static_cast<int64_t>(index) * kSettings;
      part.count = std::min(stretch, size - from);
      stretches.push_back(part);
    }
  }
  ThreadPool::Shared().Run(static_cast<int64_t>(stretches.size()), [&](int64_t index) {
    const Stretch& part = stretches[index];
    step(part.in, part.settings, part.count, part.out);
  });
}

inline void* CreateNothing(TF_OpKernelConstruction*) { return nullptr; }
inline void DeleteNothing(void*) {}

inline void RegisterWeightStep(const char* name, std::initializer_list<const char*> lists,
                               std::initializer_list<const char*> moved, void (*compute)(void*, TF_OpKernelContext*)) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddAttr(op, "N: int >= 1");
  for (const char* list : lists) TF_OpDefinitionBuilderAddInput(op, (std::string(list) + ": N * float").c_str());
  TF_OpDefinitionBuilderAddInput(op, "settings: float");
  for (const char* list : moved) TF_OpDefinitionBuilderAddOutput(op, (std::string(list) + ": N * float").c_str());
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &UnknownShapes);
  TF_RegisterOpDefinition(op, status.get());
  if (!status.ok()) return;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", &CreateNothing, compute, &DeleteNothing), status.get());
}

}  // namespace winnow
