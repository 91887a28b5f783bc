#include "luma_figures.h"

#include <algorithm>
#include <cmath>
#include <vector>

// Products and sums are rounded one by one, as in JavaScript; on some processors g++ would join them.
#pragma GCC optimize("-ffp-contract=off")

namespace {

void lumaOf(const uint8_t *rgb, int width, float *luma) {
  for (int x = 0; x < width; x += 1, rgb += 3) luma[x] = float(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
}

void narrowRow(const float *luma, const CellTaps &columns, float *narrow) {
  for (int cell = 0; cell < kGrid; cell += 1) {
    const float *read = luma + columns.first[cell];
    double sum = 0;
    for (int tap = columns.starts[cell]; tap < columns.starts[cell + 1]; tap += 1, read += 1) sum += columns.weights[tap] * *read;
    narrow[cell] = float(sum);
  }
}

void sampleGrid(const float *narrow, const CellTaps &rows, float *grid) {
  for (int row = 0; row < kGrid; row += 1) {
    float *const line = grid + row * kGrid;
    std::fill_n(line, kGrid, 0.0f);
    const float *read = narrow + size_t(rows.first[row]) * kGrid;
    for (int tap = rows.starts[row]; tap < rows.starts[row + 1]; tap += 1, read += kGrid) {
      const double weight = rows.weights[tap];
      for (int cell = 0; cell < kGrid; cell += 1) line[cell] = float(line[cell] + weight * read[cell]);
    }
  }
}

double stepsOf(const float *grid) {
  const auto step = [](double a, double b) { return std::floor(std::fabs(a - b) * (100.0 / 255)); };
  double sum = 0;
  for (int row = 0; row < kGrid; row += 1) {
    for (int column = 0; column < kGrid; column += 1) {
      const float *const at = grid + row * kGrid + column;
      if (row + 1 < kGrid) sum += step(*at, at[kGrid]);
      if (column + 1 < kGrid) sum += step(*at, at[1]);
    }
  }
  return sum;
}

void lowFrequencies(const float *grid, const double *dct, double *coefficients) {
  double half[kCoefficients * kGrid] = {};
  for (int i = 0; i < kCoefficients; i += 1) {
    for (int k = 0; k < kGrid; k += 1) {
      const double weight = dct[i * kGrid + k];
      for (int j = 0; j < kGrid; j += 1) half[i * kGrid + j] += weight * grid[k * kGrid + j];
    }
  }
  for (int i = 0; i < kCoefficients; i += 1) {
    for (int j = 0; j < kCoefficients; j += 1) {
      double sum = 0;
      for (int k = 0; k < kGrid; k += 1) sum += half[i * kGrid + k] * dct[j * kGrid + k];
      coefficients[i * kCoefficients + j] = sum;
    }
  }
}

void edgeSums(const float *luma, int width, int height, double *sums) {
  double sum = 0, squares = 0, gradients = 0;
  for (int y = 1; y < height - 1; y += 1) {
    const float *const line = luma + size_t(y) * width;
    for (int x = 1; x < width - 1; x += 1) {
      const double left = line[x - 1], right = line[x + 1], above = line[x - width], below = line[x + width];
      const double laplacian = left + right + above + below - 4.0 * line[x];
      sum += laplacian;
      squares += laplacian * laplacian;
      gradients += (right - left) * (right - left) + (below - above) * (below - above);
    }
  }
  sums[0] = sum, sums[1] = squares, sums[2] = gradients;
}

}  // namespace

void lumaFigures(const uint8_t *rgb, int width, int height, const CellTaps &columns, const CellTaps &rows, const double *dct,
                 double *result) {
  std::vector<float> luma(size_t(width) * height), narrow(size_t(height) * kGrid);
  for (int y = 0; y < height; y += 1) {
    float *const line = luma.data() + size_t(y) * width;
    lumaOf(rgb + size_t(y) * width * 3, width, line);
    narrowRow(line, columns, narrow.data() + size_t(y) * kGrid);
  }
  float grid[kGrid * kGrid];
  sampleGrid(narrow.data(), rows, grid);
  lowFrequencies(grid, dct, result);
  result += kCoefficients * kCoefficients;
  *result++ = stepsOf(grid);
  std::fill_n(result, kBins, 0.0);
  for (const float value : luma) result[int(value + 0.5)] += 1;
  edgeSums(luma.data(), width, height, result + kBins);
}
