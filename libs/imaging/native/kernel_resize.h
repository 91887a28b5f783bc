#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

/** Of convolution; the numbers are those of `ResizePlan` in resize-plan.ts. */
enum class Kernel { kLanczos3 = 0, kLinear = 1 };

/** Which source pixels make each of some target pixels along one axis, as libvips weighs them. */
struct KernelTaps {
  /** Of every target pixel. */
  int count;
  /** First source pixel, [target]; it and those after it may lie outside, where the border goes on. */
  std::vector<int32_t> first;
  /** Fractions of `kWeightOne`, [target, count]. */
  std::vector<int16_t> weights;
};

/**
 * Weights of the target pixels from `begin` to before `end`.
 * @param shrink source by target length, 1 or more; of 1, every pixel is taken as it is
 * @returns false where the last bit of a position may be another in libvips, which adds positions up along parts of an image
 */
bool kernelTaps(int source, double shrink, Kernel kernel, int begin, int end, KernelTaps *taps);

/**
 * RGB to RGB, lines first, each pass rounded to bytes.
 * @param stride pixels from row to row @param width of what is read of each @param result [rows of `lines`, columns of `columns`, 3]
 */
void kernelResize(const uint8_t *pixels, int stride, int width, int height, const KernelTaps &columns, const KernelTaps &lines,
                  uint8_t *result);
