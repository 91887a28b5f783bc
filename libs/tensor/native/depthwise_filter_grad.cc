// Gradient of a convolution of each channel by its filter, any stride. NHWC, channels a multiple of eight. TensorFlow's
// own takes several times the convolution's time.
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

typedef float Lanes __attribute__((vector_size(32)));
constexpr int64_t kLanes = 8;
// Rows of the result that one thread takes at a time.
constexpr int64_t kBandRows = 14;
// Pixels for which sums stay in registers: less would load and store them too often, more would leave the nearest cache.
constexpr int64_t kPassPixels = 56;

struct Attributes {
  int64_t kernel = 0, stride = 0, top = 0, left = 0;
};

struct Shape {
  Attributes at;
  int64_t batch, height, width, channels, out_height, out_width;

  int64_t area() const { return at.kernel * at.kernel; }
  int64_t padded_width() const { return (out_width - 1) * at.stride + at.kernel; }
  int64_t bands() const { return (out_height + kBandRows - 1) / kBandRows; }
};

// The rows that the windows of some rows of the result meet, with zeros around.
std::vector<float> Padded(const Shape& shape, int64_t first, int64_t rows, const float* image) {
  const int64_t width = shape.padded_width(), channels = shape.channels;
  const int64_t height = (rows - 1) * shape.at.stride + shape.at.kernel;
  const int64_t columns = std::min(shape.width, width - shape.at.left);
  std::vector<float> padded(height * width * channels, 0.0f);
  for (int64_t row = 0; row < height; ++row) {
    const int64_t from = first * shape.at.stride + row - shape.at.top;
    if (from < 0 || from >= shape.height) continue;
    std::memcpy(padded.data() + (row * width + shape.at.left) * channels, image + from * shape.width * channels,
                columns * channels * sizeof(float));
  }
  return padded;
}

// Adds the products of some rows of dy with what each place of the filter sees.
template <int64_t kKernel>
inline __attribute__((always_inline)) void AddProducts(const Shape& shape, int64_t rows, const float* padded,
                                                       const float* dy, float* dfilter) {
  const int64_t channels = shape.channels, width = shape.padded_width() * channels, stride = shape.at.stride;
  for (int64_t channel = 0; channel < channels; channel += kLanes) {
    for (int64_t ky = 0; ky < kKernel; ++ky) {
      float* to = dfilter + ky * kKernel * channels + channel;
      Lanes sums[kKernel], slope, value;
      for (int64_t kx = 0; kx < kKernel; ++kx) std::memcpy(&sums[kx], to + kx * channels, sizeof value);
      for (int64_t row = 0; row < rows; ++row) {
        const float* from = padded + (row * stride + ky) * width + channel;
        const float* by = dy + row * shape.out_width * channels + channel;
        for (int64_t column = 0; column < shape.out_width; ++column, from += stride * channels, by += channels) {
          std::memcpy(&slope, by, sizeof slope);
#pragma GCC unroll 7
          for (int64_t kx = 0; kx < kKernel; ++kx) {
            std::memcpy(&value, from + kx * channels, sizeof value);
            sums[kx] += value * slope;
          }
        }
      }
      for (int64_t kx = 0; kx < kKernel; ++kx) std::memcpy(to + kx * channels, &sums[kx], sizeof value);
    }
  }
}

WINNOW_VECTORISED
void FilterProducts(const Shape& shape, int64_t rows, const float* padded, const float* dy, float* dfilter) {
  if (shape.at.kernel == 3) AddProducts<3>(shape, rows, padded, dy, dfilter);
  if (shape.at.kernel == 5) AddProducts<5>(shape, rows, padded, dy, dfilter);
  if (shape.at.kernel == 7) AddProducts<7>(shape, rows, padded, dy, dfilter);
}

bool Fits(TF_OpKernelContext* context, const Input& x, const Input& dy, const Attributes& at) {
  const bool fits = x.rank() == 4 && dy.rank() == 4 && x.size() > 0 && dy.size() > 0 && dy.dim(0) == x.dim(0) &&
                    dy.dim(3) == x.dim(3) && x.dim(3) % kLanes == 0 &&
                    (at.kernel == 3 || at.kernel == 5 || at.kernel == 7) && at.stride >= 1 && at.top >= 0 &&
                    at.left >= 0 && at.top < at.kernel && at.left < at.kernel;
  if (!fits) Fail(context, "depthwise gradient: it takes NHWC with a multiple of eight channels, and filters of 3, 5 or 7");
  return fits;
}

// x, dy -> dfilter [kernel, kernel, channels, 1]
void Compute(void* kernel, TF_OpKernelContext* context) {
  const auto& at = *static_cast<Attributes*>(kernel);
  const Input x(context, 0), dy(context, 1);
  if (!Fits(context, x, dy, at)) return;
  const Shape shape{at, x.dim(0), x.dim(1), x.dim(2), x.dim(3), dy.dim(1), dy.dim(2)};
  const int64_t dims[] = {at.kernel, at.kernel, shape.channels, 1}, size = shape.area() * shape.channels;
  Output dfilter(context, 0, TF_FLOAT, dims, 4, size * sizeof(float));
  if (!dfilter.data()) return;
  // Added up band after band: the same input gives the same bits on any number of threads.
  const int64_t parts = shape.batch * shape.bands();
  std::vector<float> partial(parts * size, 0.0f);
  ThreadPool::Shared().Run(parts, [&](int64_t part) {
    const int64_t image = part / shape.bands(), first = part % shape.bands() * kBandRows;
    const int64_t last = std::min(first + kBandRows, shape.out_height);
    const int64_t pass = std::max<int64_t>(1, kPassPixels / shape.out_width);
    const int64_t row_size = shape.out_width * shape.channels;
    const std::vector<float> padded =
        Padded(shape, first, last - first, x.data() + image * shape.height * shape.width * shape.channels);
    for (int64_t row = first; row < last; row += pass) {
      const float* seen = padded.data() + (row - first) * at.stride * shape.padded_width() * shape.channels;
      FilterProducts(shape, std::min(pass, last - row), seen, dy.data() + (image * shape.out_height + row) * row_size,
                     partial.data() + part * size);
    }
  });
  std::vector<double> totals(size, 0.0);
  for (int64_t part = 0; part < parts; ++part) {
    for (int64_t i = 0; i < size; ++i) totals[i] += partial[part * size + i];
  }
  for (int64_t i = 0; i < size; ++i) dfilter.data()[i] = static_cast<float>(totals[i]);
}

void* Create(TF_OpKernelConstruction* construction) {
  auto* at = new Attributes;
  const struct {
    const char* name;
    int64_t* value;
  } numbers[] = {{"kernel", &at->kernel}, {"stride", &at->stride}, {"top", &at->top}, {"left", &at->left}};
  Status status;
  for (const auto& number : numbers) {
    if (status.ok()) TF_OpKernelConstruction_GetAttrInt64(construction, number.name, number.value, status.get());
  }
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  return at;
}

void Delete(void* kernel) { delete static_cast<Attributes*>(kernel); }

__attribute__((constructor)) void Register() {
  RegisterKernel("WinnowDepthwiseFilterGrad", {"x: float", "dy: float"}, {"dfilter: float"},
                 {"kernel: int", "stride: int", "top: int", "left: int"}, {&Create, &Compute, &Delete});
}

}  // namespace
}  // namespace winnow
