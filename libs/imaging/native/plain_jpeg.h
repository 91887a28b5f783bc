#pragma once
#include <cstddef>
#include <cstdint>

/** What a file's markers say up to its first scan. */
struct PlainJpeg {
  int width, height;
};

/**
 * Whether a JPEG needs nothing but decoding: 8 bits, grey or three components, baseline or progressive, no colour profile, not
 * turned by EXIF, and nothing odd in front of the first scan. All else is for the other decoder.
 */
bool isPlainJpeg(const uint8_t *bytes, size_t length, PlainJpeg *found);
