// Gradient of a convolution of each channel by its input, any stride and any zeros around. NHWC, channels a multiple of
// eight. TensorFlow's own takes several times the convolution's time where the stride is above 1.
#include <algorithm>
#include <cstring>

#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

typedef float Lanes __attribute__((vector_size(32)));
constexpr int64_t kLanes = 8;

struct Attributes {
  int64_t stride = 0, top = 0, left = 0;
};

struct Shape {
  Attributes at;
  int64_t kernel, height, width, channels, out_height, out_width;
};

// Adds what one row of an image's gradient gives to one row of its input through one row of the filter.
WINNOW_VECTORISED
void AddRow(const Shape& shape, const float* dy, const float* filter, float* dx) {
  const int64_t channels = shape.channels, stride = shape.at.stride, left = shape.at.left;
  for (int64_t kx = 0; kx < shape.kernel; ++kx, filter += channels) {
    // Columns of the result whose windows meet the image there.
    const int64_t first = kx >= left ? 0 : (left - kx + stride - 1) / stride;
    const int64_t reach = shape.width - 1 + left - kx;
    // Of an image narrower than the window: -1 / 2 is 0, which would be the next row.
    if (reach < 0) continue;
    const int64_t last = std::min(shape.out_width - 1, reach / stride);
    for (int64_t column = first; column <= last; ++column) {
      const float* from = dy + column * channels;
      float* to = dx + (column * stride - left + kx) * channels;
      for (int64_t channel = 0; channel < channels; channel += kLanes) {
        Lanes slope, weight, sum;
        std::memcpy(&slope, from + channel, sizeof slope);
        std::memcpy(&weight, filter + channel, sizeof weight);
        std::memcpy(&sum, to + channel, sizeof sum);
        sum += slope * weight;
        std::memcpy(to + channel, &sum, sizeof sum);
      }
    }
  }
}

// dy, filter [kernel, kernel, channels, 1], shape of x [4] -> dx
void Compute(void* kernel, TF_OpKernelContext* context) {
  const Input dy(context, 0), filter(context, 1), sizes(context, 2);
  const auto& at = *static_cast<Attributes*>(kernel);
  const bool fits = dy.rank() == 4 && filter.rank() == 4 && sizes.size() == 4 && filter.dim(0) == filter.dim(1) &&
                    filter.dim(3) == 1 && filter.dim(2) == dy.dim(3) && dy.dim(3) % kLanes == 0 && at.stride >= 1 &&
                    at.top >= 0 && at.left >= 0 && sizes.data<int32_t>()[0] == dy.dim(0) &&
                    sizes.data<int32_t>()[3] == dy.dim(3);
  if (!fits) return Fail(context, "depthwise input gradient: it takes NHWC with a multiple of eight channels");
  const int32_t* side = sizes.data<int32_t>();
  const Shape shape{at, filter.dim(0), side[1], side[2], dy.dim(3), dy.dim(1), dy.dim(2)};
  const int64_t dims[] = {dy.dim(0), shape.height, shape.width, shape.channels};
  const int64_t row = shape.width * shape.channels, image = shape.height * row;
  Output dx(context, 0, TF_FLOAT, dims, 4, dy.dim(0) * image * sizeof(float));
  if (!dx.data()) return;
  // Band by band of the input's rows: each is written by one thread alone, in one order.
  const int64_t rows = std::max<int64_t>(1, std::min<int64_t>(shape.height, 16)), bands = (shape.height + rows - 1) / rows;
  ThreadPool::Shared().Run(dy.dim(0) * bands, [&](int64_t part) {
    const int64_t first = part % bands * rows, last = std::min(first + rows, shape.height);
    const float* slopes = dy.data() + part / bands * shape.out_height * shape.out_width * shape.channels;
    float* to = dx.data() + part / bands * image;
    std::memset(to + first * row, 0, (last - first) * row * sizeof(float));
    for (int64_t y = first; y < last; ++y) {
      for (int64_t ky = 0; ky < shape.kernel; ++ky) {
        const int64_t under = y + at.top - ky;
        if (under < 0 || under % at.stride != 0 || under / at.stride >= shape.out_height) continue;
        AddRow(shape, slopes + under / at.stride * shape.out_width * shape.channels,
               filter.data() + ky * shape.kernel * shape.channels, to + y * row);
      }
    }
  });
}

void* Create(TF_OpKernelConstruction* construction) {
  auto* at = new Attributes;
  Status status;
  TF_OpKernelConstruction_GetAttrInt64(construction, "stride", &at->stride, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt64(construction, "top", &at->top, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt64(construction, "left", &at->left, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  return at;
}

void Delete(void* kernel) { delete static_cast<Attributes*>(kernel); }

__attribute__((constructor)) void Register() {
  RegisterKernel("WinnowDepthwiseInputGrad", {"dy: float", "filter: float", "sizes: int32"}, {"dx: float"},
                 {"stride: int", "top: int", "left: int"}, {&Create, &Compute, &Delete});
}

}  // namespace
}  // namespace winnow
