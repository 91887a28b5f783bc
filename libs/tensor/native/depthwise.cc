// Convolution of each channel with an odd square filter of its own, stride 1, as many zeros on every side as keep the
// size; its bias; and all gradients at once. NHWC, channels a multiple of eight.
#include <cstring>

#include "register-kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

typedef float Lanes __attribute__((vector_size(32)));
constexpr int64_t kLanes = 8;
// Results that share the registers: with a filter's value and an input they fill the sixteen of AVX2.
constexpr int64_t kTile = 7;
// Rows of an image that one thread takes at a time.
constexpr int64_t kBandRows = 14;

inline __attribute__((always_inline)) void Load(const float* from, Lanes& to) { std::memcpy(&to, from, sizeof to); }
inline __attribute__((always_inline)) void Store(const Lanes& from, float* to) { std::memcpy(to, &from, sizeof from); }

struct Shape {
  int64_t batch, height, width, channels, kernel;

  int64_t margin() const { return kernel / 2; }
  // Width of a row with its margins, up to whole tiles.
  int64_t padded_width() const { return (width + kTile - 1) / kTile * kTile + kernel - 1; }
  int64_t bands() const { return (height + kBandRows - 1) / kBandRows; }
  int64_t image() const { return height * width * channels; }
};

struct Band {
  int64_t image, first, rows;
};

Band BandOf(const Shape& shape, int64_t part) {
  const int64_t first = part % shape.bands() * kBandRows;
  return {part / shape.bands(), first, std::min(kBandRows, shape.height - first)};
}

// The rows that a band's windows meet, with zeros around.
std::vector<float> Padded(const Shape& shape, const Band& band, const float* x) {
  const int64_t width = shape.padded_width() * shape.channels, margin = shape.margin();
  std::vector<float> padded((band.rows + 2 * margin) * width, 0.0f);
  for (int64_t row = 0; row < band.rows + 2 * margin; ++row) {
    const int64_t from = band.first + row - margin;
    if (from < 0 || from >= shape.height) continue;
    std::memcpy(padded.data() + row * width + margin * shape.channels,
                x + band.image * shape.image() + from * shape.width * shape.channels,
                shape.width * shape.channels * sizeof(float));
  }
  return padded;
}

WINNOW_VECTORISED
void FilterBand(const Shape& shape, int64_t rows, const float* padded, const float* filter, const float* bias, float* y) {
  const int64_t channels = shape.channels, width = shape.padded_width() * channels, kernel = shape.kernel;
  for (int64_t row = 0; row < rows; ++row, y += shape.width * channels) {
    for (int64_t column = 0; column < shape.width; column += kTile) {
      const int64_t valid = std::min(kTile, shape.width - column);
      for (int64_t channel = 0; channel < channels; channel += kLanes) {
        Lanes sums[kTile], weight, value;
        if (bias != nullptr) Load(bias + channel, sums[0]);
        else sums[0] = Lanes{};
        for (int64_t i = 1; i < kTile; ++i) sums[i] = sums[0];
        for (int64_t ky = 0; ky < kernel; ++ky) {
          const float* from = padded + (row + ky) * width + column * channels + channel;
          for (int64_t kx = 0; kx < kernel; ++kx, from += channels) {
            Load(filter + (ky * kernel + kx) * channels + channel, weight);
#pragma GCC unroll 7
            for (int64_t i = 0; i < kTile; ++i) {
              Load(from + i * channels, value);
              sums[i] += value * weight;
            }
          }
        }
        for (int64_t i = 0; i < valid; ++i) Store(sums[i], y + (column + i) * channels + channel);
      }
    }
  }
}

// Adds the products of a band's gradients with what each place of the filter sees.
template <int64_t kKernel>
inline __attribute__((always_inline)) void AddProducts(const Shape& shape, int64_t rows, const float* padded,
                                                       const float* dy, float* dfilter) {
  const int64_t channels = shape.channels, width = shape.padded_width() * channels;
  for (int64_t channel = 0; channel < channels; channel += kLanes) {
    for (int64_t ky = 0; ky < kKernel; ++ky) {
      Lanes sums[kKernel], slope, value;
      for (int64_t kx = 0; kx < kKernel; ++kx) sums[kx] = Lanes{};
      for (int64_t row = 0; row < rows; ++row) {
        const float* from = padded + (row + ky) * width + channel;
        const float* by = dy + row * shape.width * channels + channel;
        for (int64_t column = 0; column < shape.width; ++column, from += channels, by += channels) {
          Load(by, slope);
#pragma GCC unroll 7
          for (int64_t kx = 0; kx < kKernel; ++kx) {
            Load(from + kx * channels, value);
            sums[kx] += value * slope;
          }
        }
      }
      for (int64_t kx = 0; kx < kKernel; ++kx) Store(sums[kx], dfilter + (ky * kKernel + kx) * channels + channel);
    }
  }
}

WINNOW_VECTORISED
void FilterProducts(const Shape& shape, int64_t rows, const float* padded, const float* dy, float* dfilter) {
  if (shape.kernel == 3) AddProducts<3>(shape, rows, padded, dy, dfilter);
  if (shape.kernel == 5) AddProducts<5>(shape, rows, padded, dy, dfilter);
  if (shape.kernel == 7) AddProducts<7>(shape, rows, padded, dy, dfilter);
}

WINNOW_VECTORISED
void AddRows(const float* dy, int64_t rows, int64_t channels, float* __restrict sums) {
  for (int64_t row = 0; row < rows; ++row, dy += channels) {
    for (int64_t i = 0; i < channels; ++i) sums[i] += dy[i];
  }
}

bool ShapeOf(TF_OpKernelContext* context, const Input& x, const Input& filter, Shape* shape) {
  const bool fits = x.rank() == 4 && filter.rank() == 4 && filter.dim(0) == filter.dim(1) && filter.dim(3) == 1 &&
                    (filter.dim(0) == 3 || filter.dim(0) == 5 || filter.dim(0) == 7) && filter.dim(2) == x.dim(3) &&
                    x.dim(3) % kLanes == 0 && x.size() > 0;
  if (!fits) {
    Fail(context, "depthwise convolution: it takes NHWC with a multiple of eight channels, and filters of 3, 5 or 7");
    return false;
  }
  *shape = {x.dim(0), x.dim(1), x.dim(2), x.dim(3), filter.dim(0)};
  return true;
}

void FilterAll(const Shape& shape, const float* x, const float* filter, const float* bias, float* y) {
  ThreadPool::Shared().Run(shape.batch * shape.bands(), [&](int64_t part) {
    const Band band = BandOf(shape, part);
    const std::vector<float> padded = Padded(shape, band, x);
    FilterBand(shape, band.rows, padded.data(), filter, bias,
               y + band.image * shape.image() + band.first * shape.width * shape.channels);
  });
}

// x, filter [kernel, kernel, channels, 1], bias (empty without) -> y
void Forward(void*, TF_OpKernelContext* context) {
  const Input x(context, 0), filter(context, 1), bias(context, 2);
  Shape shape;
  if (!ShapeOf(context, x, filter, &shape)) return;
  if (bias.size() != 0 && bias.size() != shape.channels) return Fail(context, "depthwise convolution: wrong bias");
  Output y(context, 0, x);
  if (y.data()) FilterAll(shape, x.data(), filter.data(), bias.size() > 0 ? bias.data() : nullptr, y.data());
}

// dy, x, filter -> dx, dfilter, dbias
void Backward(void*, TF_OpKernelContext* context) {
  const Input dy(context, 0), x(context, 1), filter(context, 2);
  Shape shape;
  if (!ShapeOf(context, x, filter, &shape)) return;
  if (dy.size() != x.size()) return Fail(context, "depthwise convolution: x and the gradient differ in size");
  const int64_t channels = shape.channels, area = shape.kernel * shape.kernel, width = (area + 1) * channels;
  Output dx(context, 0, x), dfilter(context, 1, filter);
  Output dbias(context, 2, TF_FLOAT, &channels, 1, channels * sizeof(float));
  if (!dx.data() || !dfilter.data() || !dbias.data()) return;
  // The gradient meets the filter turned by half a turn.
  std::vector<float> turned(area * channels);
  for (int64_t at = 0; at < area; ++at) {
    std::memcpy(turned.data() + (area - 1 - at) * channels, filter.data() + at * channels, channels * sizeof(float));
  }
  FilterAll(shape, dy.data(), turned.data(), nullptr, dx.data());
  // Added up band after band: the same input gives the same bits on any number of threads.
  const int64_t parts = shape.batch * shape.bands();
  std::vector<float> partial(parts * width, 0.0f);
  ThreadPool::Shared().Run(parts, [&](int64_t part) {
    const Band band = BandOf(shape, part);
    const float* slopes = dy.data() + band.image * shape.image() + band.first * shape.width * channels;
    const std::vector<float> padded = Padded(shape, band, x.data());
    float* sums = partial.data() + part * width;
    FilterProducts(shape, band.rows, padded.data(), slopes, sums);
    AddRows(slopes, band.rows * shape.width, channels, sums + area * channels);
  });
  std::vector<double> totals(width, 0.0);
  for (int64_t part = 0; part < parts; ++part) {
    for (int64_t i = 0; i < width; ++i) totals[i] += partial[part * width + i];
  }
  for (int64_t i = 0; i < area * channels; ++i) dfilter.data()[i] = static_cast<float>(totals[i]);
  for (int64_t i = 0; i < channels; ++i) dbias.data()[i] = static_cast<float>(totals[area * channels + i]);
}

__attribute__((constructor)) void RegisterAll() {
  RegisterKernel({"WinnowDepthwise", {"x: float", "filter: float", "bias: float"}, {"y: float"}, {}, &NoAttributes,
                  &Forward, &NothingToDelete});
  RegisterKernel({"WinnowDepthwiseGrad",
                  {"dy: float", "x: float", "filter: float"},
                  {"dx: float", "dfilter: float", "dbias: float"},
                  {},
                  &NoAttributes, &Backward, &NothingToDelete});
}

}  // namespace
}  // namespace winnow
