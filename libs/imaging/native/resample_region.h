#pragma once
#include <cstddef>
#include <cstdint>

/** Which source pixels make each target pixel along one axis: `Taps` of triangle-taps.ts. */
struct Taps {
  const int32_t *first, *starts, *weights;
};

/** Bytes of a decoded pixel, the last without a meaning. */
constexpr int kPixelBytes = 4;

/**
 * `resampleRegion` of resample-region.ts, to the last bit.
 * @param pixels first pixel of the region @param stride bytes from row to row
 * @param narrowed scratch, rows * size * 3 values @param result RGB, [size, size, 3]
 */
void resampleRegion(const uint8_t *pixels, size_t stride, int rows, int size, const Taps &columns, const Taps &lines,
                    int16_t *narrowed, uint8_t *result);
