// What follows a matrix product, in one pass: bias, then GELU, or a factor for each channel and a summand; and its
// gradient with the sums for bias and factors.
#include "register-kernel.h"
#include "row-parts.h"
#include "vector-math.h"

namespace winnow {
namespace {

struct Attributes {
  bool gelu = false, scale = false, plus = false;
};

// scale and plus may be null.
WINNOW_VECTORISED
void Apply(const float* z, const float* bias, const float* scale, const float* plus, bool gelu, int64_t rows,
           int64_t channels, float* __restrict y) {
  for (int64_t row = 0; row < rows; ++row, z += channels, y += channels) {
    if (gelu) {
      for (int64_t i = 0; i < channels; ++i) y[i] = Gelu(z[i] + bias[i]);
    } else if (scale != nullptr) {
      for (int64_t i = 0; i < channels; ++i) y[i] = (z[i] + bias[i]) * scale[i];
    } else {
      for (int64_t i = 0; i < channels; ++i) y[i] = z[i] + bias[i];
    }
    if (plus == nullptr) continue;
    for (int64_t i = 0; i < channels; ++i) y[i] += plus[i];
    plus += channels;
  }
}

// z is read only for GELU and scale, dz null where it is dy; dscale is null without scale.
WINNOW_VECTORISED
void ApplyGradient(const float* dy, const float* z, const float* bias, const float* scale, bool gelu, int64_t rows,
                   int64_t channels, float* __restrict dz, float* __restrict dbias, float* __restrict dscale) {
  for (int64_t row = 0; row < rows; ++row, dy += channels) {
    if (gelu) {
      for (int64_t i = 0; i < channels; ++i) {
        const float slope = dy[i] * GeluSlope(z[i] + bias[i]);
        dz[i] = slope;
        dbias[i] += slope;
      }
    } else if (scale != nullptr) {
      for (int64_t i = 0; i < channels; ++i) {
        const float slope = dy[i] * scale[i];
        dz[i] = slope;
        dbias[i] += slope;
        dscale[i] += dy[i] * (z[i] + bias[i]);
      }
    } else {
      for (int64_t i = 0; i < channels; ++i) dbias[i] += dy[i];
    }
    if (dz != nullptr) dz += channels, z += channels;
  }
}

void* Create(TF_OpKernelConstruction* construction) {
  auto* attributes = new Attributes;
  Status status;
  unsigned char gelu = 0, scale = 0, plus = 0;
  TF_OpKernelConstruction_GetAttrBool(construction, "gelu", &gelu, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "scale", &scale, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "plus", &plus, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.get());
  *attributes = {gelu != 0, scale != 0, plus != 0};
  return attributes;
}

void Delete(void* kernel) { delete static_cast<Attributes*>(kernel); }

bool Fits(TF_OpKernelContext* context, const Attributes& attributes, const Input& x, const Input& bias,
          const Input& scale) {
  if (x.rank() < 1 || x.size() == 0 || x.dim(x.rank() - 1) != bias.size()) {
    Fail(context, "linear: the last axis must be as long as the bias, and neither may be empty");
  } else if (attributes.scale && scale.size() != bias.size()) {
    Fail(context, "linear: bias and scale differ in size");
  } else if (attributes.scale && attributes.gelu) {
    Fail(context, "linear: a scale after GELU is not implemented");
  } else {
    return true;
  }
  return false;
}

// z, bias, scale and plus (each empty without) -> y
void Forward(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<Attributes*>(kernel);
  const Input z(context, 0), bias(context, 1), scale(context, 2), plus(context, 3);
  if (!Fits(context, attributes, z, bias, scale)) return;
  if (attributes.plus && plus.size() != z.size()) return Fail(context, "linear: the product and plus differ in size");
  const RowParts parts(z.size(), bias.size());
  Output y(context, 0, z);
  if (!y.data()) return;
  parts.Run([&](int64_t first, int64_t rows) {
    const int64_t offset = first * parts.channels;
    Apply(z.data() + offset, bias.data(), attributes.scale ? scale.data() : nullptr,
          attributes.plus ? plus.data() + offset : nullptr, attributes.gelu, rows, parts.channels, y.data() + offset);
  });
}

// dy, z (empty where only the bias is added), bias, scale (empty without)
// -> dz (empty where it is dy), dbias, dscale (empty without)
void Backward(void* kernel, TF_OpKernelContext* context) {
  const auto& attributes = *static_cast<Attributes*>(kernel);
  const Input dy(context, 0), z(context, 1), bias(context, 2), scale(context, 3);
  if (!Fits(context, attributes, dy, bias, scale)) return;
  const bool writes = attributes.gelu || attributes.scale;
  if (writes && z.size() != dy.size()) return Fail(context, "linear: the product and its gradient differ in size");
  const RowParts parts(dy.size(), bias.size());
  const int64_t none = 0;
  int64_t shape[8];
  for (int axis = 0; axis < dy.rank(); ++axis) shape[axis] = dy.dim(axis);
  Output dz(context, 0, TF_FLOAT, writes ? shape : &none, writes ? dy.rank() : 1, writes ? dy.size() * sizeof(float) : 0);
  Output dbias(context, 1, bias);
  Output dscale(context, 2, scale);
  if ((writes && !dz.data()) || !dbias.data() || (attributes.scale && !dscale.data())) return;
  const auto sums = parts.Sum(2, [&](int64_t first, int64_t rows, float* rest) {
    const int64_t offset = first * parts.channels;
    ApplyGradient(dy.data() + offset, writes ? z.data() + offset : nullptr, bias.data(),
                  attributes.scale ? scale.data() : nullptr, attributes.gelu, rows, parts.channels,
                  writes ? dz.data() + offset : nullptr, rest, rest + parts.channels);
  });
  for (int64_t i = 0; i < parts.channels; ++i) {
    dbias.data()[i] = static_cast<float>(sums[i]);
    if (attributes.scale) dscale.data()[i] = static_cast<float>(sums[parts.channels + i]);
  }
}

__attribute__((constructor)) void RegisterAll() {
  RegisterKernel({"WinnowLinearEpilogue",
                  {"z: float", "bias: float", "factor: float", "addend: float"},
                  {"y: float"},
                  {"gelu: bool", "scale: bool", "plus: bool"},
                  &Create, &Forward, &Delete});
  RegisterKernel({"WinnowLinearEpilogueGrad",
                  {"dy: float", "z: float", "bias: float", "factor: float"},
                  {"dz: float", "dbias: float", "dscale: float"},
                  {"gelu: bool", "scale: bool", "plus: bool"},
                  &Create, &Backward, &Delete});
}

}  // namespace
}  // namespace winnow
