#pragma once
#include <cstddef>
#include <cstdint>

constexpr int kThumbnailSide = 16, kLumaSide = 32;
/** RGB [16, 16, 3], then luma [32, 32] as 32-bit floats. */
constexpr size_t kThumbnailBytes = size_t(kThumbnailSide) * kThumbnailSide * 3;
constexpr size_t kDescriptorBytes = kThumbnailBytes + size_t(kLumaSide) * kLumaSide * sizeof(float);

/**
 * What image-descriptor.ts makes of an image, to the last bit: the same operations in the same order and precision.
 * @param rgb [height, width, 3] @param luma [height, width]
 */
void describeImage(const uint8_t *rgb, const float *luma, int width, int height, uint8_t *descriptor);
