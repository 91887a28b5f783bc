// Activations on their own, and their gradients: one pass over memory each.
#include "activation.h"
#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

constexpr int64_t kPartElements = 1 << 15;

WINNOW_VECTORISED
void ApplyAll(Activation activation, const float* x, int64_t count, float* __restrict y) {
  WithActivation(activation, [=](auto tag) __attribute__((always_inline)) {
    for (int64_t i = 0; i < count; ++i) y[i] = Activate<tag.value>(x[i]);
  });
}

WINNOW_VECTORISED
void GradientAll(Activation activation, const float* dy, const float* x, int64_t count, float* __restrict dx) {
  WithActivation(activation, [=](auto tag) __attribute__((always_inline)) {
    for (int64_t i = 0; i < count; ++i) dx[i] = Before<tag.value>(dy[i], x[i]);
  });
}

template <typename Body>
void ForStretches(int64_t size, const Body& body) {
  ThreadPool::Shared().Run((size + kPartElements - 1) / kPartElements, [&](int64_t part) {
    const int64_t from = part * kPartElements;
    body(from, std::min(kPartElements, size - from));
  });
}

// x -> y
void Forward(void* kernel, TF_OpKernelContext* context) {
  const Input x(context, 0);
  Output y(context, 0, x);
  if (!y.data()) return;
  const Activation activation = *static_cast<Activation*>(kernel);
  ForStretches(x.size(), [&](int64_t from, int64_t count) { ApplyAll(activation, x.data() + from, count, y.data() + from); });
}

// dy, x -> dx
void Backward(void* kernel, TF_OpKernelContext* context) {
  const Input dy(context, 0), x(context, 1);
  if (dy.size() != x.size()) return Fail(context, "activation: dy and x differ in size");
  Output dx(context, 0, x);
  if (!dx.data()) return;
  const Activation activation = *static_cast<Activation*>(kernel);
  ForStretches(x.size(), [&](int64_t from, int64_t count) {
    GradientAll(activation, dy.data() + from, x.data() + from, count, dx.data() + from);
  });
}

void* Create(TF_OpKernelConstruction* construction) { return new Activation(ReadActivation(construction)); }
void Delete(void* kernel) { delete static_cast<Activation*>(kernel); }

__attribute__((constructor)) void RegisterAll() {
  RegisterKernel("WinnowActivate", {"x: float"}, {"y: float"}, {"activation: int"}, {&Create, &Forward, &Delete});
  RegisterKernel("WinnowActivateGrad", {"dy: float", "x: float"}, {"dx: float"}, {"activation: int"}, {&Create, &Backward, &Delete});
}

}  // namespace
}  // namespace winnow
