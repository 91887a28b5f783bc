#pragma once
#include <cstddef>
#include <cstdint>

/** Of a baseline JPEG without metadata. */
struct JpegEncoding {
  /** 1..100 */
  int quality = 0;
  /** Codes made to measure. */
  bool hasOwnTables = false;
  /** Colour at half of the resolution along both axes. */
  bool isHalved = false;
};

/**
 * Of RGB pixels, the bytes that sharp gives.
 * @param room at least that of `encodedBytes` in jpeg-codec.ts
 * @returns its length, 0 where it is not vouched for
 */
size_t encodeJpeg(const uint8_t *pixels, int width, int height, const JpegEncoding &encoding, uint8_t *jpeg, size_t room);
