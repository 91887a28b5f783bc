#pragma once
#include <cstddef>
#include <cstdint>

/**
 * Baseline JPEG of RGB pixels with full colour resolution and no metadata, the bytes that sharp gives.
 * @param quality 1..100 @param hasOwnTables codes made to measure @param room at least that of `encodedBytes` in jpeg-codec.ts
 * @returns its length, 0 where it is not vouched for
 */
size_t encodeJpeg(const uint8_t *pixels, int width, int height, int quality, bool hasOwnTables, uint8_t *jpeg, size_t room);
