// Squeeze and excitation's passes over memory: the mean of each channel of an image, the channels times factors, and the
// gradients of that product. Hu et al. 2018, arXiv:1709.01507, section 3.
#include <algorithm>

#include "kernel.h"
#include "thread-pool.h"

namespace winnow {
namespace {

// Pixels that are summed in single precision before they go to double.
constexpr int64_t kFlush = 64;
// Channels of a part: an image of few pixels and many channels is still work for all threads.
constexpr int64_t kPartChannels = 128;

struct Layout {
  int64_t images, pixels, channels;
  int64_t slices;

  explicit Layout(const Input& x) : images(x.dim(0)), pixels(x.dim(1) * x.dim(2)), channels(x.dim(3)) {
    slices = (channels + kPartChannels - 1) / kPartChannels;
  }
  // Calls body(offset of the first element, offset among the gates, channels) for every part; rows are `channels` apart.
  template <typename Body>
  void Run(const Body& body) const {
    ThreadPool::Shared().Run(images * slices, [&](int64_t part) {
      const int64_t image = part / slices, first = part % slices * kPartChannels;
      body(image * pixels * channels + first, image * channels + first, std::min(kPartChannels, channels - first));
    });
  }
};

bool Fits(TF_OpKernelContext* context, const Input& x) {
  if (x.rank() == 4 && x.size() > 0) return true;
  Fail(context, "channel gate: x must be [batch, height, width, channels], and not empty");
  return false;
}

WINNOW_VECTORISED
void AddRows(const float* x, int64_t stride, int64_t rows, int64_t count, float* __restrict sums) {
  for (int64_t row = 0; row < rows; ++row, x += stride) {
    for (int64_t i = 0; i < count; ++i) sums[i] += x[i];
  }
}

WINNOW_VECTORISED
void ScaleRows(const float* x, const float* gate, int64_t stride, int64_t rows, int64_t count, float* __restrict y) {
  for (int64_t row = 0; row < rows; ++row, x += stride, y += stride) {
    for (int64_t i = 0; i < count; ++i) y[i] = x[i] * gate[i];
  }
}

struct GradientRows {
  const float *dy, *x, *gate;
  int64_t stride, rows, count;
};

WINNOW_VECTORISED
void ScaleAndDot(GradientRows at, float* __restrict dx, float* __restrict sums) {
  for (int64_t row = 0; row < at.rows; ++row, at.dy += at.stride, at.x += at.stride, dx += at.stride) {
    const float *__restrict dy = at.dy, *__restrict x = at.x, *__restrict gate = at.gate;
    for (int64_t i = 0; i < at.count; ++i) {
      dx[i] = dy[i] * gate[i];
      sums[i] += dy[i] * x[i];
    }
  }
}

// Calls add(first row, rows, sums of single precision) for all rows of a part. Writes the totals times a factor.
template <typename Add>
void SumRows(int64_t rows, int64_t count, double factor, float* result, const Add& add) {
  float sums[kPartChannels];
  double totals[kPartChannels] = {};
  for (int64_t first = 0; first < rows; first += kFlush) {
    std::fill(sums, sums + count, 0.0f);
    add(first, std::min(kFlush, rows - first), sums);
    for (int64_t i = 0; i < count; ++i) totals[i] += sums[i];
  }
  for (int64_t i = 0; i < count; ++i) result[i] = static_cast<float>(totals[i] * factor);
}

// x [batch, height, width, channels] -> the means [batch * channels]
void MeanPool(void*, TF_OpKernelContext* context) {
  const Input x(context, 0);
  if (!Fits(context, x)) return;
  const Layout layout(x);
  const int64_t size = layout.images * layout.channels;
  Output means(context, 0, TF_FLOAT, &size, 1, size * sizeof(float));
  if (!means.data()) return;
  layout.Run([&](int64_t offset, int64_t gate, int64_t count) {
    SumRows(layout.pixels, count, 1.0 / layout.pixels, means.data() + gate, [&](int64_t first, int64_t rows, float* sums) {
      AddRows(x.data() + offset + first * layout.channels, layout.channels, rows, count, sums);
    });
  });
}

// x, gate -> x with its channels times their factors
void Gate(void*, TF_OpKernelContext* context) {
  const Input x(context, 0), gate(context, 1);
  if (!Fits(context, x)) return;
  const Layout layout(x);
  if (gate.size() != layout.images * layout.channels) return Fail(context, "channel gate: one factor a channel and image");
  Output y(context, 0, x);
  if (!y.data()) return;
  layout.Run([&](int64_t offset, int64_t first, int64_t count) {
    ScaleRows(x.data() + offset, gate.data() + first, layout.channels, layout.pixels, count, y.data() + offset);
  });
}

// dy, x, gate -> dx, dgate
void GateGradient(void*, TF_OpKernelContext* context) {
  const Input dy(context, 0), x(context, 1), gate(context, 2);
  if (!Fits(context, x)) return;
  const Layout layout(x);
  if (dy.size() != x.size() || gate.size() != layout.images * layout.channels) {
    return Fail(context, "channel gate: dy, x and gate differ in size");
  }
  Output dx(context, 0, x), dgate(context, 1, gate);
  if (!dx.data() || !dgate.data()) return;
  layout.Run([&](int64_t offset, int64_t at, int64_t count) {
    SumRows(layout.pixels, count, 1.0, dgate.data() + at, [&](int64_t first, int64_t rows, float* sums) {
      const int64_t from = offset + first * layout.channels;
      ScaleAndDot({dy.data() + from, x.data() + from, gate.data() + at, layout.channels, rows, count}, dx.data() + from, sums);
    });
  });
}

void* Create(TF_OpKernelConstruction*) { return nullptr; }
void Delete(void*) {}

__attribute__((constructor)) void RegisterAll() {
  RegisterKernel("WinnowMeanPool", {"x: float"}, {"means: float"}, {}, {&Create, &MeanPool, &Delete});
  RegisterKernel("WinnowGate", {"x: float", "gate: float"}, {"y: float"}, {}, {&Create, &Gate, &Delete});
  RegisterKernel("WinnowGateGrad", {"dy: float", "x: float", "gate: float"}, {"dx: float", "dgate: float"}, {},
                 {&Create, &GateGradient, &Delete});
}

}  // namespace
}  // namespace winnow
