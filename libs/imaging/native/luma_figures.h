#pragma once
#include <cstddef>
#include <cstdint>

/** Which pixels of a line make each of 64 cells: `CellTaps` of cell-taps.ts. */
struct CellTaps {
  const int32_t *first, *starts;
  const double *weights;
};

constexpr int kGrid = 64;
constexpr int kCoefficients = 16;
constexpr int kBins = 256;
/** Coefficients [16, 16], steps between cells, pixels by luma [256], sums of the Laplacian, its square and the gradients'. */
constexpr size_t kLumaFigures = kCoefficients * kCoefficients + 1 + kBins + 3;

/**
 * What pdq-hash.ts and measure-image.ts make of an image, to the last bit: the same operations in the same order and precision.
 * @param luma [height, width] @param dct rows 1 to 16, [16, 64]
 */
void lumaFigures(const float *luma, int width, int height, const CellTaps &columns, const CellTaps &rows, const double *dct,
                 double *result);
