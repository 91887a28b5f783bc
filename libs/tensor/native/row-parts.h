// Rows of channels cut into parts of fixed size, whatever the number of threads: the same input gives the same bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "thread-pool.h"

namespace winnow {

struct RowParts {
  static constexpr int64_t kPartElements = 1 << 16;
  // Rows that are summed in single precision before they go to double.
  static constexpr int64_t kFlush = 64;

  int64_t rows, channels, rows_per_part, parts;

  RowParts(int64_t size, int64_t channel_count) : channels(channel_count) {
    rows = size / channels;
    rows_per_part = std::max<int64_t>(1, kPartElements / channels);
    parts = std::max<int64_t>(1, (rows + rows_per_part - 1) / rows_per_part);
  }

  // Calls body(first row, rows) for every part.
  template <typename Body>
  void Run(const Body& body) const {
    ThreadPool::Shared().Run(parts, [&](int64_t part) {
      const int64_t first = part * rows_per_part;
      body(first, std::min(rows, first + rows_per_part) - first);
    });
  }

  // Likewise with `count` rows of sums, body(first row, rows, sums), which it adds to; their totals, one after another.
  template <typename Body>
  std::vector<double> Sum(int64_t count, const Body& body) const {
    const int64_t width = count * channels;
    std::vector<double> partial(parts * width, 0.0);
    ThreadPool::Shared().Run(parts, [&](int64_t part) {
      double* totals = partial.data() + part * width;
      std::vector<float> sums(width);
      const int64_t first = part * rows_per_part, last = std::min(rows, first + rows_per_part);
      for (int64_t row = first; row < last; row += kFlush) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        body(row, std::min(kFlush, last - row), sums.data());
        for (int64_t i = 0; i < width; ++i) totals[i] += sums[i];
      }
    });
    std::vector<double> totals(width, 0.0);
    for (int64_t part = 0; part < parts; ++part) {
      for (int64_t i = 0; i < width; ++i) totals[i] += partial[part * width + i];
    }
    return totals;
  }
};

}  // namespace winnow
