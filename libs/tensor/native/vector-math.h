// Functions of single precision without branches, so that loops over them vectorise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace winnow {

#define WINNOW_INLINE inline __attribute__((always_inline))

// e^x to about 1e-7 of it; 0 below -87, the largest of 88 above.
WINNOW_INLINE float Exp(float x) {
  const float clamped = std::min(std::max(x, -87.0f), 88.0f);
  // Rounds to a whole number, which is then also in the lowest bits.
  const float shifted = clamped * 1.44269504f + 12582912.0f;
  const float whole = shifted - 12582912.0f;
  const float rest = (clamped - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * rest + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  int32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

// The error function to about 3e-7: a quotient of polynomials on [-4, 4], outside of which it is 1 in single precision.
WINNOW_INLINE float Erf(float x) {
  const float z = std::min(std::max(x, -4.0f), 4.0f);
  const float square = z * z;
  float p = -2.72614225801306e-10f;
  p = p * square + 2.77068142495902e-08f;
  p = p * square - 2.10102402082508e-06f;
  p = p * square - 5.69250639462346e-05f;
  p = p * square - 7.34990630326855e-04f;
  p = p * square - 2.95459980854025e-03f;
  p = p * square - 1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * square - 2.13374055278905e-04f;
  q = q * square - 1.68282697438203e-03f;
  q = q * square - 7.37332916720468e-03f;
  q = q * square - 1.42647390514189e-02f;
  return z * p / q;
}

// Share of a normal distribution below x.
WINNOW_INLINE float NormalBelow(float x) { return 0.5f + 0.5f * Erf(x * 0.70710678f); }

// x NormalBelow(x): Hendrycks and Gimpel 2016, arXiv:1606.08415.
WINNOW_INLINE float Gelu(float x) { return x * NormalBelow(x); }

WINNOW_INLINE float GeluSlope(float x) { return NormalBelow(x) + x * 0.39894228f * Exp(-0.5f * x * x); }

}  // namespace winnow
