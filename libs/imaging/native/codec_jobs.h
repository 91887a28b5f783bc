#pragma once
#include <cstddef>
#include <cstdint>
#include <variant>

#include "encode_jpeg.h"
#include "kernel_resize.h"
#include "luma_figures.h"

struct Bytes {
  uint8_t *data = nullptr;
  size_t length = 0;
};

struct Numbers {
  int32_t *data = nullptr;
  size_t length = 0;
};

/** Reads the header by this thread's decoder. @returns whether the whole file is of the kind that is decoded here */
bool openPlainJpeg(Bytes file, int *width, int *height);

// What can be asked for. Each runs in any thread and says how many bytes it wrote, 0 for what is left to the caller.

/** All pixels of an image 1/denominator as large. */
struct DecodeWhole {
  Bytes file, result;
  int denominator;

  size_t run() const;
};

/** A region resampled to side x side. */
struct DecodeRegion {
  Bytes file, result;
  int left, top, width, height, side;
  Numbers columns[3], lines[3];

  size_t run() const;
};

/** A region of pixels resampled to side x side. */
struct ResampleRegion {
  Bytes pixels, result;
  int lineWidth, left, top, width, height, side;
  Numbers columns[3], lines[3];

  size_t run() const;
};

/** Floats of bytes, each by the table of its channel. */
struct LookUp {
  Bytes pixels;
  /** [3, 256] */
  const float *tables;
  float *result;

  size_t run() const;
};

/** `ResizePlan` of resize-plan.ts: pixels of a smaller image, or its file. */
struct MakeSmaller {
  Bytes file, result;
  int denominator;
  double shrinkX, shrinkY;
  Kernel kernel;
  int decodedWidth, decodedHeight, left, top, width, height;
  /** Of quality 0: pixels are wanted. */
  JpegEncoding encoding;

  size_t run() const;
  size_t resizedBytes() const { return size_t(width) * height * 3; }
  /** @returns whether the plan fits an image that is decoded to this size */
  bool tapsFor(int stride, int rows, KernelTaps *across, KernelTaps *down) const;
  /** Of pixels that are decoded. @param room for the resized ones where a file is wanted */
  size_t makeOf(const uint8_t *pixels, int stride, const KernelTaps &across, const KernelTaps &down, uint8_t *room) const;
};

/** A file of pixels. */
struct Encode {
  Bytes pixels, result;
  int width, height;
  JpegEncoding encoding;

  size_t run() const;
};

/** The descriptor of pixels. */
struct Describe {
  Bytes pixels, result;
  int width, height;

  size_t run() const;
};

/** PDQ and measures of pixels. */
struct MeasureLuma {
  Bytes pixels;
  int width, height;
  CellTaps columns, rows;
  const double *dct;
  double *figures;

  size_t run() const;
};

/**
 * What is stored of an image: PDQ and measures of a smaller copy, then its digest, then its descriptor where there is room for one. And
 * the file of a square, from the same decoded pixels.
 */
struct Analyse {
  /** Gives pixels; has no place for them. */
  MakeSmaller copy;
  /** Of quality 0: none is wanted. */
  MakeSmaller square;
  /** Bytes of the square, 0 where it is left to the caller. */
  int32_t *squareLength;
  /** What the digest covers before the pixels. */
  Bytes prefix, result;
  /** Of the copy. */
  CellTaps columns, rows;
  const double *dct;

  size_t run() const;

 private:
  size_t makeBoth(const MakeSmaller &made) const;
};

using Job = std::variant<DecodeWhole, DecodeRegion, ResampleRegion, LookUp, MakeSmaller, Encode, Describe, MeasureLuma, Analyse>;

inline size_t runJob(const Job &job) {
  return std::visit([](const auto &one) { return one.run(); }, job);
}
