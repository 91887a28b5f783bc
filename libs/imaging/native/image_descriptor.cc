#include "image_descriptor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

// Products and sums are rounded one by one, as in JavaScript; on some processors g++ would join them.
#pragma GCC optimize("-ffp-contract=off")

namespace {

/** `Coverage` of area-resample.ts. */
struct Coverage {
  std::vector<int> first, starts;
  std::vector<float> fractions;

  Coverage(int source, int target) : first(target), starts(target + 1) {
    const double scale = double(source) / target;
    for (int index = 0; index < target; index += 1) {
      const double start = double(index) * source / target, end = double(index + 1) * source / target;
      const int from = int(start), to = std::min(source, std::max(from + 1, int(std::ceil(end))));
      first[index] = from;
      for (int at = from; at < to; at += 1)
        fractions.push_back(float(std::max(0.0, std::min(end, at + 1.0) - std::max(start, double(at))) / scale));
      starts[index + 1] = int(fractions.size());
    }
  }
};

template <int kChannels>
void narrowRow(const float *full, const Coverage &columns, int cells, float *narrow) {
  for (int cell = 0; cell < cells; cell += 1) {
    const float *read = full + size_t(columns.first[cell]) * kChannels;
    double sums[kChannels] = {};
    for (int at = columns.starts[cell]; at < columns.starts[cell + 1]; at += 1, read += kChannels) {
      const double fraction = columns.fractions[at];
      for (int channel = 0; channel < kChannels; channel += 1) sums[channel] += fraction * read[channel];
    }
    for (int channel = 0; channel < kChannels; channel += 1) narrow[cell * kChannels + channel] = float(sums[channel]);
  }
}

/** `areaResample` to a square. @param readRow writes the values of a row @returns [side, side, kChannels] */
template <int kChannels, class ReadRow>
std::vector<float> areaResample(int width, int height, int side, ReadRow readRow) {
  const Coverage columns(width, side), rows(height, side);
  const size_t length = size_t(side) * kChannels;
  std::vector<float> target(length * side), full(size_t(width) * kChannels), narrow(length);
  int loaded = -1;
  for (int y = 0; y < side; y += 1) {
    float *const line = target.data() + y * length;
    for (int at = rows.starts[y]; at < rows.starts[y + 1]; at += 1) {
      const int row = rows.first[y] + at - rows.starts[y];
      if (row != loaded) {
        readRow(row, full.data());
        narrowRow<kChannels>(full.data(), columns, side, narrow.data());
        loaded = row;
      }
      const double fraction = rows.fractions[at];
      for (size_t x = 0; x < length; x += 1) line[x] = float(line[x] + fraction * narrow[x]);
    }
  }
  return target;
}

}  // namespace

void describeImage(const uint8_t *rgb, int width, int height, uint8_t *descriptor) {
  const size_t stride = size_t(width) * 3;
  const auto colours = areaResample<3>(width, height, kThumbnailSide, [&](int y, float *out) {
    const uint8_t *const line = rgb + y * stride;
    for (size_t at = 0; at < stride; at += 1) out[at] = line[at];
  });
  for (size_t at = 0; at < kThumbnailBytes; at += 1) descriptor[at] = uint8_t(int(std::floor(colours[at] + 0.5)));
  const auto luma = areaResample<1>(width, height, kLumaSide, [&](int y, float *out) {
    const uint8_t *at = rgb + y * stride;
    for (int x = 0; x < width; x += 1, at += 3) out[x] = float(0.299 * at[0] + 0.587 * at[1] + 0.114 * at[2]);
  });
  memcpy(descriptor + kThumbnailBytes, luma.data(), luma.size() * sizeof(float));
}
