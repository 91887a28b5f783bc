// The activations of kernels, and what a gradient becomes before them: plain arithmetic, so that loops are vectorised.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernel.h"

#define WINNOW_INLINE inline __attribute__((always_inline))

namespace winnow {

// In the order of NATIVE_ACTIVATIONS in src/native-activation.ts.
enum class Activation : int64_t { kNone, kRelu, kRelu6, kHardSigmoid, kHardSwish, kSigmoid, kSilu };
constexpr int64_t kActivations = 7;

template <Activation A>
using ActivationTag = std::integral_constant<Activation, A>;

// e^x to some 1e-7 of its value: Cody and Waite's reduction to [-ln 2 / 2, ln 2 / 2], a polynomial, 2^n by its exponent.
WINNOW_INLINE float Exp(float x) {
  x = std::min(std::max(x, -87.0f), 88.0f);
  // Adding and subtracting 1.5 * 2^23 rounds to a whole number.
  const float rounded = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  const float r = (x - rounded * 0.693359375f) + rounded * 2.12194440e-4f;
  const float tail = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r +
                      1.6666665459e-1f) * r + 5.0000001201e-1f;
  const int32_t bits = (static_cast<int32_t>(rounded) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return (tail * r * r + r + 1.0f) * power;
}

WINNOW_INLINE float Sigmoid(float z) { return 1.0f / (1.0f + Exp(-z)); }
WINNOW_INLINE float HardSigmoid(float z) { return std::min(std::max(z + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f); }

template <Activation A>
WINNOW_INLINE float Activate(float z) {
  if constexpr (A == Activation::kRelu) return std::max(z, 0.0f);
  if constexpr (A == Activation::kRelu6) return std::min(std::max(z, 0.0f), 6.0f);
  if constexpr (A == Activation::kHardSigmoid) return HardSigmoid(z);
  if constexpr (A == Activation::kHardSwish) return z * HardSigmoid(z);
  if constexpr (A == Activation::kSigmoid) return Sigmoid(z);
  if constexpr (A == Activation::kSilu) return z * Sigmoid(z);
  return z;
}

// The gradient before the activation, from the one after it.
template <Activation A>
WINNOW_INLINE float Before(float dy, float z) {
  if constexpr (A == Activation::kRelu) return z > 0.0f ? dy : 0.0f;
  if constexpr (A == Activation::kRelu6) return (z > 0.0f) & (z < 6.0f) ? dy : 0.0f;
  if constexpr (A == Activation::kHardSigmoid) return (z > -3.0f) & (z < 3.0f) ? dy * (1.0f / 6.0f) : 0.0f;
  if constexpr (A == Activation::kHardSwish) {
    const float inner = dy * (z * (1.0f / 3.0f) + 0.5f);
    const float upper = z < 3.0f ? inner : dy;
    return z > -3.0f ? upper : 0.0f;
  }
  if constexpr (A == Activation::kSigmoid) {
    const float s = Sigmoid(z);
    return dy * s * (1.0f - s);
  }
  if constexpr (A == Activation::kSilu) {
    const float s = Sigmoid(z);
    return dy * s * (1.0f + z * (1.0f - s));
  }
  return dy;
}

// Calls work with the activation as a constant: inside a vectorised function its loops are compiled once for each.
template <typename Work>
WINNOW_INLINE void WithActivation(Activation activation, const Work& work) {
  switch (activation) {
    case Activation::kNone: return work(ActivationTag<Activation::kNone>{});
    case Activation::kRelu: return work(ActivationTag<Activation::kRelu>{});
    case Activation::kRelu6: return work(ActivationTag<Activation::kRelu6>{});
    case Activation::kHardSigmoid: return work(ActivationTag<Activation::kHardSigmoid>{});
    case Activation::kHardSwish: return work(ActivationTag<Activation::kHardSwish>{});
    case Activation::kSigmoid: return work(ActivationTag<Activation::kSigmoid>{});
    case Activation::kSilu: return work(ActivationTag<Activation::kSilu>{});
  }
}

// The attribute "activation: int"; a number that is none fails the construction.
inline Activation ReadActivation(TF_OpKernelConstruction* construction) {
  Status status;
  int64_t number = 0;
  TF_OpKernelConstruction_GetAttrInt64(construction, "activation", &number, status.get());
  if (status.ok() && (number < 0 || number >= kActivations)) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "there is no such activation");
  }
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  return static_cast<Activation>(number);
}

// True where the result alone tells what the activation lets through.
inline bool IsKnownFromResult(Activation activation) { return activation <= Activation::kRelu6; }

}  // namespace winnow
