// Layer normalisation over the last axis, forward and back: each row is read once from memory each way.
// Ba, Kiros and Hinton 2016, arXiv:1607.06450.
#include <cmath>

#include "register-kernel.h"
#include "row-parts.h"

namespace winnow {
namespace {

// Sums side by side, as wide as the widest registers: a single one would wait for each addition.
constexpr int64_t kLanes = 16;

template <typename Term>
inline __attribute__((always_inline)) float SumOf(int64_t count, const Term& term) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  float sum = 0.0f;
  for (; i < count; ++i) sum += term(i);
  for (int64_t lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
  return sum;
}

WINNOW_VECTORISED
void Normalise(const float* x, const float* gamma, const float* beta, float epsilon, int64_t rows, int64_t channels,
               float* __restrict y, float* __restrict mean, float* __restrict inverse) {
  for (int64_t row = 0; row < rows; ++row, x += channels, y += channels) {
    const float average = SumOf(channels, [=](int64_t i) __attribute__((always_inline)) { return x[i]; }) / channels;
    const float variance = SumOf(channels, [=](int64_t i) __attribute__((always_inline)) {
                             return (x[i] - average) * (x[i] - average);
                           }) / channels;
    const float deviation = 1.0f / std::sqrt(variance + epsilon);
    for (int64_t i = 0; i < channels; ++i) y[i] = (x[i] - average) * deviation * gamma[i] + beta[i];
    mean[row] = average;
    inverse[row] = deviation;
  }
}

// With g = dy gamma and n = (x - mean) inverse: dx = inverse (g - mean of g - n mean of g n).
WINNOW_VECTORISED
void NormaliseGradient(const float* dy, const float* x, const float* gamma, const float* mean, const float* inverse,
                       int64_t rows, int64_t channels, float* __restrict dx, float* __restrict dgamma,
                       float* __restrict dbeta) {
  for (int64_t row = 0; row < rows; ++row, dy += channels, x += channels, dx += channels) {
    const float average = mean[row], deviation = inverse[row];
    const float level =
        SumOf(channels, [=](int64_t i) __attribute__((always_inline)) { return dy[i] * gamma[i]; }) / channels;
    const float slope = SumOf(channels, [=](int64_t i) __attribute__((always_inline)) {
                          return dy[i] * gamma[i] * ((x[i] - average) * deviation);
                        }) / channels;
    for (int64_t i = 0; i < channels; ++i) {
      const float normal = (x[i] - average) * deviation;
      dx[i] = deviation * (dy[i] * gamma[i] - level - normal * slope);
      dgamma[i] += dy[i] * normal;
      dbeta[i] += dy[i];
    }
  }
}

void* Create(TF_OpKernelConstruction* construction) {
  auto* epsilon = new float(1e-6f);
  Status status;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  return epsilon;
}

void Delete(void* kernel) { delete static_cast<float*>(kernel); }

bool Fits(TF_OpKernelContext* context, const Input& x, const Input& gamma) {
  if (x.rank() >= 1 && x.size() > 0 && x.dim(x.rank() - 1) == gamma.size()) return true;
  Fail(context, "layer normalisation: the last axis of x must be as long as gamma, and neither may be empty");
  return false;
}

// x, gamma, beta -> y, and mean and 1 / sqrt(variance + epsilon) of every row
void Forward(void* kernel, TF_OpKernelContext* context) {
  const float epsilon = *static_cast<float*>(kernel);
  const Input x(context, 0), gamma(context, 1), beta(context, 2);
  if (!Fits(context, x, gamma)) return;
  if (beta.size() != gamma.size()) return Fail(context, "layer normalisation: gamma and beta differ in size");
  const RowParts parts(x.size(), gamma.size());
  Output y(context, 0, x);
  Output mean(context, 1, TF_FLOAT, &parts.rows, 1, parts.rows * sizeof(float));
  Output inverse(context, 2, TF_FLOAT, &parts.rows, 1, parts.rows * sizeof(float));
  if (!y.data() || !mean.data() || !inverse.data()) return;
  parts.Run([&](int64_t first, int64_t rows) {
    const int64_t offset = first * parts.channels;
    Normalise(x.data() + offset, gamma.data(), beta.data(), epsilon, rows, parts.channels, y.data() + offset,
              mean.data() + first, inverse.data() + first);
  });
}

// dy, x, gamma, mean, inverse -> dx, dgamma, dbeta
void Backward(void*, TF_OpKernelContext* context) {
  const Input dy(context, 0), x(context, 1), gamma(context, 2), mean(context, 3), inverse(context, 4);
  if (!Fits(context, x, gamma)) return;
  const RowParts parts(x.size(), gamma.size());
  if (dy.size() != x.size() || mean.size() != parts.rows || inverse.size() != parts.rows) {
    return Fail(context, "layer normalisation: the gradient, x and its statistics differ in size");
  }
  Output dx(context, 0, x), dgamma(context, 1, gamma), dbeta(context, 2, gamma);
  if (!dx.data() || !dgamma.data() || !dbeta.data()) return;
  const auto sums = parts.Sum(2, [&](int64_t first, int64_t rows, float* rest) {
    const int64_t offset = first * parts.channels;
    NormaliseGradient(dy.data() + offset, x.data() + offset, gamma.data(), mean.data() + first, inverse.data() + first,
                      rows, parts.channels, dx.data() + offset, rest, rest + parts.channels);
  });
  for (int64_t i = 0; i < parts.channels; ++i) {
    dgamma.data()[i] = static_cast<float>(sums[i]);
    dbeta.data()[i] = static_cast<float>(sums[parts.channels + i]);
  }
}

__attribute__((constructor)) void RegisterAll() {
  RegisterKernel({"WinnowLayerNorm",
                  {"x: float", "gamma: float", "beta: float"},
                  {"y: float", "mean: float", "inverse: float"},
                  {"epsilon: float"},
                  &Create, &Forward, &Delete});
  RegisterKernel({"WinnowLayerNormGrad",
                  {"dy: float", "x: float", "gamma: float", "mean: float", "inverse: float"},
                  {"dx: float", "dgamma: float", "dbeta: float"},
                  {},
                  &NoAttributes, &Backward, &NothingToDelete});
}

}  // namespace
}  // namespace winnow
