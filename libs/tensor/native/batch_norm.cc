// Batch normalisation with the batch's own statistics, what is added to it and its activation, in one kernel, and the
// gradient likewise: each value is read from memory twice on the way in and twice on the way back.
// Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1. With fixed statistics each value is read once on the way in,
// and once on the way back where neither scale nor offset is trained.
#include <algorithm>
#include <cmath>
#include <vector>

#include "activation.h"
#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

// Sums are taken over parts of fixed size, whatever the number of threads: the same input gives the same bits.
constexpr int64_t kPartElements = 1 << 17;
// Inner loops run over whole rows of channels, repeated until they are long enough to be worth vectorising.
constexpr int64_t kPeriodElements = 256;
// Periods that are summed in single precision before they go to double.
constexpr int64_t kFlush = 32;

struct Layout {
  int64_t rows;
  int64_t channels;
  // Rows that one inner loop covers.
  int64_t rows_per_period;
  int64_t parts;
  int64_t rows_per_part;

  Layout(int64_t size, int64_t channel_count) : channels(channel_count) {
    rows = size / channels;
    rows_per_period = std::max<int64_t>(1, kPeriodElements / channels);
    rows_per_part = std::max<int64_t>(1, kPartElements / channels / rows_per_period) * rows_per_period;
    parts = std::max<int64_t>(1, (rows + rows_per_part - 1) / rows_per_part);
  }
  int64_t period() const { return rows_per_period * channels; }

  // Calls body(offset of the first element, elements of one period, periods) for the whole periods of a part, and for
  // its remaining rows one by one.
  template <typename Body>
  void ForPart(int64_t part, const Body& body) const {
    const int64_t first = part * rows_per_part;
    const int64_t count = std::min(rows, first + rows_per_part) - first;
    const int64_t whole = count / rows_per_period;
    for (int64_t done = 0; done < whole; done += kFlush) {
      body((first + done * rows_per_period) * channels, period(), std::min(kFlush, whole - done));
    }
    const int64_t rest = count - whole * rows_per_period;
    if (rest > 0) body((first + whole * rows_per_period) * channels, channels, rest);
  }

  // All parts, the last first: the pass before left the end of the data in the processor's caches.
  template <typename Body>
  void RunBackwards(const Body& body) const {
    ThreadPool::Shared().Run(parts, [&](int64_t part) { ForPart(parts - 1 - part, body); });
  }
};

std::vector<float> Repeated(const float* values, const Layout& layout) {
  std::vector<float> result(layout.period());
  for (int64_t row = 0; row < layout.rows_per_period; ++row) {
    std::copy(values, values + layout.channels, result.begin() + row * layout.channels);
  }
  return result;
}

// Adds an inner loop's sums, one for each place of a period, to those of the channels.
void Fold(const float* sums, int64_t period, int64_t channels, double* totals) {
  for (int64_t place = 0; place < period; ++place) totals[place % channels] += sums[place];
}

WINNOW_VECTORISED
void AddMoments(const float* x, const float* shift, int64_t period, int64_t repeats, float* __restrict sums, float* __restrict squares) {
  for (int64_t repeat = 0; repeat < repeats; ++repeat, x += period) {
    for (int64_t i = 0; i < period; ++i) {
      const float difference = x[i] - shift[i];
      sums[i] += difference;
      squares[i] += difference * difference;
    }
  }
}

WINNOW_VECTORISED
void Apply(Activation activation, const float* x, const float* plus, const float* scale, const float* offset,
           int64_t period, int64_t repeats, float* __restrict y) {
  WithActivation(activation, [&](auto tag) __attribute__((always_inline)) {
    for (int64_t repeat = 0; repeat < repeats; ++repeat, x += period, y += period) {
      if (plus == nullptr) {
        for (int64_t i = 0; i < period; ++i) y[i] = Activate<tag.value>(x[i] * scale[i] + offset[i]);
      } else {
        for (int64_t i = 0; i < period; ++i) y[i] = Activate<tag.value>(x[i] * scale[i] + offset[i] + plus[i]);
        plus += period;
      }
    }
  });
}

// What a gradient tells from how much of it the activation lets through.
enum class Gate {
  // From x, whose result before the activation is computed again: cheaper than reading it.
  kFromX,
  // From the result y, where something was added on the way; its gradient is written too.
  kFromY,
};

struct GradientStretch {
  const float *dy, *y, *x;
  int64_t period, repeats;
};

// One value a place of a period.
struct GradientTerms {
  const float *mean, *scale, *offset;
  Activation activation;
};

// Calls body(i, x, gradient before the activation) for every place, stretch after stretch.
template <typename Body, typename Next>
WINNOW_INLINE void ForGated(Gate gate, GradientStretch at, const GradientTerms& terms, const Body& body, const Next& next) {
  const float *__restrict scale = terms.scale, *__restrict offset = terms.offset;
  WithActivation(terms.activation, [&](auto tag) __attribute__((always_inline)) {
    for (int64_t repeat = 0; repeat < at.repeats; ++repeat) {
      const float *__restrict dy = at.dy, *__restrict x = at.x, *__restrict y = at.y;
      if (gate == Gate::kFromX) {
        for (int64_t i = 0; i < at.period; ++i) {
          body(i, x[i], Before<tag.value>(dy[i], x[i] * scale[i] + offset[i]));
        }
      } else {
        for (int64_t i = 0; i < at.period; ++i) body(i, x[i], Before<tag.value>(dy[i], y[i]));
      }
      at.dy += at.period;
      at.x += at.period;
      at.y += at.period;
      next();
    }
  });
}

WINNOW_VECTORISED
void AddGradientMoments(Gate gate, GradientStretch at, GradientTerms terms, float* __restrict sums,
                        float* __restrict products) {
  const float* __restrict mean = terms.mean;
  ForGated(gate, at, terms,
           [=](int64_t i, float x, float dz) __attribute__((always_inline)) {
             sums[i] += dz;
             products[i] += dz * (x - mean[i]);
           },
           [] {});
}

// dx = scale * dz - slope * (x - mean) - level; dz itself is what flows into the summand.
WINNOW_VECTORISED
void ApplyGradient(Gate gate, GradientStretch at, GradientTerms terms, const float* __restrict slope,
                   const float* __restrict level, float* __restrict dx, float* __restrict dplus) {
  const float *__restrict mean = terms.mean, *__restrict scale = terms.scale;
  const auto next = [&] { dx += at.period; };
  if (dplus == nullptr) {
    ForGated(gate, at, terms,
             [&](int64_t i, float x, float dz) __attribute__((always_inline)) {
               dx[i] = scale[i] * dz - slope[i] * (x - mean[i]) - level[i];
             },
             next);
  } else {
    ForGated(gate, at, terms,
             [&](int64_t i, float x, float dz) __attribute__((always_inline)) {
               dplus[i] = dz;
               dx[i] = scale[i] * dz - slope[i] * (x - mean[i]) - level[i];
             },
             [&] {
               dx += at.period;
               dplus += at.period;
             });
  }
}

// Totals of two sums over all parts, in order.
struct PairedSums {
  std::vector<double> first, second;

  template <typename Body>
  PairedSums(const Layout& layout, const Body& add) : first(layout.channels), second(layout.channels) {
    const int64_t channels = layout.channels;
    std::vector<double> partial(layout.parts * channels * 2, 0.0);
    ThreadPool::Shared().Run(layout.parts, [&](int64_t part) {
      double* totals = partial.data() + part * channels * 2;
      std::vector<float> sums(layout.period() * 2);
      layout.ForPart(part, [&](int64_t offset, int64_t period, int64_t repeats) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        float* second_sums = sums.data() + layout.period();
        add(offset, period, repeats, sums.data(), second_sums);
        Fold(sums.data(), period, channels, totals);
        Fold(second_sums, period, channels, totals + channels);
      });
    });
    for (int64_t part = 0; part < layout.parts; ++part) {
      for (int64_t channel = 0; channel < channels; ++channel) {
        first[channel] += partial[part * channels * 2 + channel];
        second[channel] += partial[part * channels * 2 + channels + channel];
      }
    }
  }
};

// One value a channel.
struct BatchStatistics {
  std::vector<float> mean;
  // Divided by the count.
  std::vector<double> variance;

  // Moments about the first row: about zero, a mean far from it would swallow the variance.
  BatchStatistics(const Input& x, const Layout& layout) : mean(layout.channels), variance(layout.channels) {
    const std::vector<float> shift = Repeated(x.data(), layout);
    const PairedSums moments(layout, [&](int64_t offset, int64_t period, int64_t repeats, float* sums, float* squares) {
      AddMoments(x.data() + offset, shift.data(), period, repeats, sums, squares);
    });
    for (int64_t channel = 0; channel < layout.channels; ++channel) {
      const double average = moments.first[channel] / layout.rows;
      mean[channel] = static_cast<float>(average + shift[channel]);
      variance[channel] = std::max(0.0, moments.second[channel] / layout.rows - average * average);
    }
  }

  BatchStatistics(const Input& running_mean, const Input& running_variance)
      : mean(running_mean.data(), running_mean.data() + running_mean.size()),
        variance(running_variance.data(), running_variance.data() + running_variance.size()) {}
};

struct Attributes {
  float epsilon = 1e-5f;
  float momentum = 0.0f;
  Activation activation = Activation::kNone;
  bool has_plus = false;
  // The running statistics stand for those of the batch, and do not move.
  bool is_fixed = false;
  // Gradients of scale and offset are wanted.
  bool trains_affine = true;
};

void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  Status status;
  unsigned char has_plus = 0, is_fixed = 0, trains_affine = 1;
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &attributes->epsilon, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrFloat(construction, "momentum", &attributes->momentum, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "plus", &has_plus, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "fixed", &is_fixed, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "affine", &trains_affine, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  attributes->is_fixed = is_fixed != 0;
  attributes->trains_affine = trains_affine != 0;
  attributes->activation = ReadActivation(construction);
  attributes->has_plus = has_plus != 0;
  return attributes;
}

void Delete(void* kernel) { delete static_cast<Attributes*>(kernel); }

bool Fits(TF_OpKernelContext* context, const Input& x, const Input& gamma) {
  if (x.rank() >= 1 && gamma.size() > 0 && x.size() > 0 && x.dim(x.rank() - 1) == gamma.size()) return true;
  Fail(context, "batch normalisation: the last axis of x must be as long as gamma, and neither may be empty");
  return false;
}

// x, gamma, beta, plus (empty without), running mean, running variance
// -> y, mean, 1 / sqrt(variance + epsilon), the running ones moved by `momentum`, the variance unbiased as in PyTorch
void Forward(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<Attributes*>(kernel);
  const Input x(context, 0), gamma(context, 1), beta(context, 2), plus(context, 3);
  const Input running_mean(context, 4), running_variance(context, 5);
  if (!Fits(context, x, gamma)) return;
  if (attributes.has_plus && plus.size() != x.size()) return Fail(context, "batch normalisation: x and plus differ in size");
  if (beta.size() != gamma.size() || running_mean.size() != gamma.size() || running_variance.size() != gamma.size()) {
    return Fail(context, "batch normalisation: gamma, beta and the running statistics differ in size");
  }
  const Layout layout(x.size(), gamma.size());
  Output y(context, 0, x), mean(context, 1, gamma), inverse(context, 2, gamma);
  Output moved_mean(context, 3, gamma), moved_variance(context, 4, gamma);
  if (!y.data() || !mean.data() || !inverse.data() || !moved_mean.data() || !moved_variance.data()) return;

  // Momentum 0 leaves the running statistics as they are, bit by bit.
  const double momentum = attributes.is_fixed ? 0.0 : attributes.momentum;
  const BatchStatistics statistics = attributes.is_fixed ? BatchStatistics(running_mean, running_variance)
                                                         : BatchStatistics(x, layout);
  std::vector<float> scale(layout.channels), addend(layout.channels);
  for (int64_t channel = 0; channel < layout.channels; ++channel) {
    const double spread = statistics.variance[channel];
    const double deviation = 1.0 / std::sqrt(spread + attributes.epsilon);
    mean.data()[channel] = statistics.mean[channel];
    inverse.data()[channel] = static_cast<float>(deviation);
    scale[channel] = static_cast<float>(deviation * gamma.data()[channel]);
    const double unbiased = spread * layout.rows / std::max<int64_t>(1, layout.rows - 1);
    moved_mean.data()[channel] =
        static_cast<float>((1 - momentum) * running_mean.data()[channel] + momentum * mean.data()[channel]);
    moved_variance.data()[channel] =
        static_cast<float>((1 - momentum) * running_variance.data()[channel] + momentum * unbiased);
    addend[channel] = beta.data()[channel] - mean.data()[channel] * scale[channel];
  }
  const std::vector<float> scales = Repeated(scale.data(), layout), addends = Repeated(addend.data(), layout);
  layout.RunBackwards([&](int64_t offset, int64_t period, int64_t repeats) {
    Apply(attributes.activation, x.data() + offset, attributes.has_plus ? plus.data() + offset : nullptr, scales.data(),
          addends.data(), period, repeats, y.data() + offset);
  });
}

// dy, y (empty where nothing was added), x, gamma, beta, mean, 1 / sqrt(variance + epsilon)
// -> dx, dgamma, dbeta, dplus (empty without summand or activation: then it is dy)
void Backward(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<Attributes*>(kernel);
  const Input dy(context, 0), y(context, 1), x(context, 2), gamma(context, 3), beta(context, 4), mean(context, 5);
  const Input inverse(context, 6);
  if (!Fits(context, x, gamma)) return;
  const bool is_gated = attributes.activation != Activation::kNone;
  if (attributes.has_plus && !IsKnownFromResult(attributes.activation)) {
    return Fail(context, "batch normalisation: this activation cannot follow a summand");
  }
  const Gate gate = attributes.has_plus && is_gated ? Gate::kFromY : Gate::kFromX;
  if (dy.size() != x.size() || (gate == Gate::kFromY && y.size() != x.size())) {
    return Fail(context, "batch normalisation: dy, y and x differ in size");
  }
  if (beta.size() != gamma.size() || mean.size() != gamma.size() || inverse.size() != gamma.size()) {
    return Fail(context, "batch normalisation: gamma, beta and the statistics differ in size");
  }
  const Layout layout(x.size(), gamma.size());
  const bool writes_plus = gate == Gate::kFromY;
  const int64_t none = 0;
  std::vector<int64_t> shape;
  for (int axis = 0; axis < x.rank(); ++axis) shape.push_back(x.dim(axis));
  Output dx(context, 0, x), dgamma(context, 1, gamma), dbeta(context, 2, gamma);
  Output dplus(context, 3, TF_FLOAT, writes_plus ? shape.data() : &none, writes_plus ? static_cast<int>(shape.size()) : 1,
               writes_plus ? x.size() * sizeof(float) : 0);
  if (!dx.data() || !dgamma.data() || !dbeta.data() || (writes_plus && !dplus.data())) return;

  std::vector<float> scale(layout.channels), offset(layout.channels);
  for (int64_t channel = 0; channel < layout.channels; ++channel) {
    scale[channel] = inverse.data()[channel] * gamma.data()[channel];
    offset[channel] = beta.data()[channel] - mean.data()[channel] * scale[channel];
  }
  const std::vector<float> means = Repeated(mean.data(), layout), scales = Repeated(scale.data(), layout);
  const std::vector<float> offsets = Repeated(offset.data(), layout);
  const GradientTerms terms{means.data(), scales.data(), offsets.data(), attributes.activation};
  const auto stretch = [&](int64_t from, int64_t period, int64_t repeats) {
    return GradientStretch{dy.data() + from, gate == Gate::kFromY ? y.data() + from : x.data() + from, x.data() + from,
                           period, repeats};
  };
  std::vector<float> slope(layout.channels), level(layout.channels);
  if (attributes.is_fixed && !attributes.trains_affine) {
    std::fill(dgamma.data(), dgamma.data() + layout.channels, 0.0f);
    std::fill(dbeta.data(), dbeta.data() + layout.channels, 0.0f);
  } else {
    const PairedSums sums(layout, [&](int64_t from, int64_t period, int64_t repeats, float* plain, float* products) {
      AddGradientMoments(gate, stretch(from, period, repeats), terms, plain, products);
    });
    for (int64_t channel = 0; channel < layout.channels; ++channel) {
      const double deviation = inverse.data()[channel];
      dbeta.data()[channel] = static_cast<float>(sums.first[channel]);
      dgamma.data()[channel] = static_cast<float>(sums.second[channel] * deviation);
      // Fixed statistics pass no gradient to x.
      if (attributes.is_fixed) continue;
      const double factor = gamma.data()[channel] * deviation;
      slope[channel] = static_cast<float>(factor * deviation * deviation * sums.second[channel] / layout.rows);
      level[channel] = static_cast<float>(factor * sums.first[channel] / layout.rows);
    }
  }
  const std::vector<float> slopes = Repeated(slope.data(), layout), levels = Repeated(level.data(), layout);
  layout.RunBackwards([&](int64_t from, int64_t period, int64_t repeats) {
    ApplyGradient(gate, stretch(from, period, repeats), terms, slopes.data(), levels.data(), dx.data() + from,
                  writes_plus ? dplus.data() + from : nullptr);
  });
}

__attribute__((constructor)) void RegisterAll() {
  const auto attributes = {"epsilon: float", "momentum: float", "activation: int", "plus: bool", "fixed: bool", "affine: bool"};
  RegisterKernel("WinnowBatchNorm",
                 {"x: float", "gamma: float", "beta: float", "addend: float", "running_mean: float", "running_variance: float"},
                 {"y: float", "mean: float", "inverse: float", "moved_mean: float", "moved_variance: float"}, attributes,
                 {&Create, &Forward, &Delete});
  RegisterKernel("WinnowBatchNormGrad",
                 {"dy: float", "y: float", "x: float", "gamma: float", "beta: float", "mean: float", "inverse: float"},
                 {"dx: float", "dgamma: float", "dbeta: float", "daddend: float"}, attributes, {&Create, &Backward, &Delete});
}

}  // namespace
}  // namespace winnow
