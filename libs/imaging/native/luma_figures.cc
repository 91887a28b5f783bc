#include "luma_figures.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "narrow_rows.h"

namespace {

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

/** In several tables: equal neighbours would wait for each other. */
void countLuma(const float *luma, size_t pixels, double *histogram) {
  constexpr int kTables = 4;
  uint32_t counts[kTables][kBins] = {};
  for (size_t at = 0; at < pixels; at += 1) counts[at % kTables][int(luma[at] + 0.5)] += 1;
  for (int bin = 0; bin < kBins; bin += 1) {
    histogram[bin] = 0;
    for (const auto &table : counts) histogram[bin] += table[bin];
  }
}

using Quad = double __attribute__((vector_size(4 * sizeof(double))));

Quad readQuad(const float *at) {
  float __attribute__((vector_size(4 * sizeof(float)))) values;
  memcpy(&values, at, sizeof values);
  return __builtin_convertvector(values, Quad);
}

/** Each sum is one of every fourth pixel of a row, then of these. */
struct EdgeSums {
  Quad sum{}, squares{}, gradients{};

  void add(Quad middle, Quad left, Quad right, Quad above, Quad below) {
    const Quad laplacian = left + right + above + below - 4.0 * middle;
    sum += laplacian;
    squares += laplacian * laplacian;
    gradients += (right - left) * (right - left) + (below - above) * (below - above);
  }
};

double total(Quad of) { return of[0] + of[1] + of[2] + of[3]; }

void edgeSums(const float *luma, int width, int height, double *sums) {
  EdgeSums edges;
  for (int y = 1; y < height - 1; y += 1) {
    const float *at = luma + size_t(y) * width + 1;
    int remaining = width - 2;
    for (; remaining >= 4; remaining -= 4, at += 4)
      edges.add(readQuad(at), readQuad(at - 1), readQuad(at + 1), readQuad(at - width), readQuad(at + width));
    // Nothing is added where there is no pixel: all five are zero there.
    Quad rest[5] = {};
    for (int column = 0; column < remaining; column += 1, at += 1) {
      const float around[5] = {at[0], at[-1], at[1], at[-width], at[width]};
      for (int one = 0; one < 5; one += 1) rest[one][column] = around[one];
    }
    edges.add(rest[0], rest[1], rest[2], rest[3], rest[4]);
  }
  sums[0] = total(edges.sum), sums[1] = total(edges.squares), sums[2] = total(edges.gradients);
}

}  // namespace

void lumaFigures(const float *luma, int width, int height, const CellTaps &columns, const CellTaps &rows, const double *dct,
                 double *result) {
  std::vector<float> narrow(size_t(height) * kGrid);
  std::vector<double> beside(size_t(width) * kRowsAtOnce);
  for (int y = 0; y < height; y += kRowsAtOnce) {
    narrowRows<1>(luma + size_t(y) * width, std::min(kRowsAtOnce, height - y), width, columns.first, columns.starts,
                  columns.weights, kGrid, beside.data(), narrow.data() + size_t(y) * kGrid);
  }
  float grid[kGrid * kGrid];
  sampleGrid(narrow.data(), rows, grid);
  lowFrequencies(grid, dct, result);
  result += kCoefficients * kCoefficients;
  *result++ = stepsOf(grid);
  countLuma(luma, size_t(width) * height, result);
  edgeSums(luma, width, height, result + kBins);
}
