#include "image_descriptor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "narrow_rows.h"

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

/** `areaResample` to a square. @param source [height, width, kChannels] @returns [side, side, kChannels] */
template <int kChannels, class Value>
std::vector<float> areaResample(const Value *source, int width, int height, int side) {
  const Coverage columns(width, side), rows(height, side);
  const size_t length = size_t(side) * kChannels;
  std::vector<float> target(length * side), narrow(length * height);
  std::vector<double> beside(size_t(width) * kChannels * kRowsAtOnce);
  for (int y = 0; y < height; y += kRowsAtOnce) {
    narrowRows<kChannels>(source + size_t(y) * width * kChannels, std::min(kRowsAtOnce, height - y), width,
                          columns.first.data(), columns.starts.data(), columns.fractions.data(), side, beside.data(),
                          narrow.data() + y * length);
  }
  for (int y = 0; y < side; y += 1) {
    float *const line = target.data() + y * length;
    const float *read = narrow.data() + rows.first[y] * length;
    for (int at = rows.starts[y]; at < rows.starts[y + 1]; at += 1, read += length) {
      const double fraction = rows.fractions[at];
      for (size_t x = 0; x < length; x += 1) line[x] = float(line[x] + fraction * read[x]);
    }
  }
  return target;
}

}  // namespace

void describeImage(const uint8_t *rgb, const float *luma, int width, int height, uint8_t *descriptor) {
  const auto colours = areaResample<3>(rgb, width, height, kThumbnailSide);
  for (size_t at = 0; at < kThumbnailBytes; at += 1) descriptor[at] = uint8_t(int(std::floor(colours[at] + 0.5)));
  const auto square = areaResample<1>(luma, width, height, kLumaSide);
  memcpy(descriptor + kThumbnailBytes, square.data(), square.size() * sizeof(float));
}
