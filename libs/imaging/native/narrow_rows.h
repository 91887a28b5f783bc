#pragma once
#include <cstddef>
#include <cstdint>

/** Rows that are narrowed together: each sum waits for the one before it, but not for those of other rows. */
constexpr int kRowsAtOnce = 4;

/**
 * Weighted sums of neighbours along up to `kRowsAtOnce` rows.
 * @param source [rows, width, kChannels] @param first pixel of each cell @param starts of each cell's weights, [cells + 1]
 * @param beside scratch, [width, kChannels, kRowsAtOnce] @param narrow [rows, cells, kChannels]
 */
template <int kChannels, class Value, class Weight>
void narrowRows(const Value *source, int rows, int width, const int32_t *first, const int32_t *starts, const Weight *weights,
                int cells, double *beside, float *narrow) {
  const int length = width * kChannels;
  for (int row = 0; row < rows; row += 1)
    for (int x = 0; x < length; x += 1) beside[size_t(x) * kRowsAtOnce + row] = source[size_t(row) * length + x];
  for (int cell = 0; cell < cells; cell += 1) {
    const double *read = beside + size_t(first[cell]) * kChannels * kRowsAtOnce;
    double sums[kChannels * kRowsAtOnce] = {};
    for (int at = starts[cell]; at < starts[cell + 1]; at += 1, read += kChannels * kRowsAtOnce)
      for (int value = 0; value < kChannels * kRowsAtOnce; value += 1) sums[value] += weights[at] * read[value];
    for (int row = 0; row < rows; row += 1)
      for (int channel = 0; channel < kChannels; channel += 1)
        narrow[(size_t(row) * cells + cell) * kChannels + channel] = float(sums[channel * kRowsAtOnce + row]);
  }
}
