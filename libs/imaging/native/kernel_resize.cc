#include "kernel_resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// The sums of libvips 8.18 (`vips_reducev`, `vips_reduceh` of bytes), to the last bit: positions are rounded to 64ths of a pixel, weights
// to 4096ths, towards zero.
namespace {

constexpr int kPositions = 64, kWeightBits = 12, kWeightOne = 1 << kWeightBits, kHalf = kWeightOne >> 1;
constexpr double kPi = 3.14159265358979323846;

double sinc(double x) {
  if (x == 0) return 1;
  x *= kPi;
  return std::sin(x) / x;
}

double weightAt(Kernel kernel, double x) {
  if (kernel == Kernel::kLinear) return std::max(0.0, 1 - std::fabs(x));
  return x >= -3 && x <= 3 ? sinc(x) * sinc(x / 3) : 0;
}

/** Of one position between two source pixels, 0..kPositions. */
void appendMask(Kernel kernel, double shrink, int count, int position, std::vector<int16_t> *weights) {
  const double half = double(position) / kPositions + count / 2.0 - 1;
  double sum = 0;
  std::vector<double> mask(count);
  for (int at = 0; at < count; at += 1) sum += mask[at] = weightAt(kernel, (at - half) / shrink);
  for (const double weight : mask) weights->push_back(int16_t(int(weight / sum * kWeightOne)));
}

/** Where a target pixel begins to read. */
struct Position {
  int pixel, between;
  explicit Position(double at)
      : pixel(int(at)), between(((int(at * kPositions * 2) & (kPositions * 2 - 1)) + 1) >> 1) {}
  bool operator==(const Position &other) const { return pixel == other.pixel && between == other.between; }
};

uint8_t toByte(int32_t sum) { return uint8_t(std::clamp(sum >> kWeightBits, 0, 255)); }

/** One row of the weighted sum of several. */
void blendRows(const uint8_t *const *rows, const int16_t *weights, int count, int length, uint8_t *result) {
  int x = 0;
#if defined(__SSE2__)
  const __m128i zero = _mm_setzero_si128(), half = _mm_set1_epi32(kHalf);
  for (; x + 16 <= length; x += 16) {
    __m128i sums[4] = {half, half, half, half};
    for (int at = 0; at < count; at += 2) {
      const bool isPair = at + 1 < count;
      const __m128i one = _mm_loadu_si128(reinterpret_cast<const __m128i *>(rows[at] + x));
      const __m128i other = isPair ? _mm_loadu_si128(reinterpret_cast<const __m128i *>(rows[at + 1] + x)) : zero;
      const __m128i both = _mm_set1_epi32(uint16_t(weights[at]) | (isPair ? uint32_t(uint16_t(weights[at + 1])) << 16 : 0));
      const __m128i low = _mm_unpacklo_epi8(one, other), high = _mm_unpackhi_epi8(one, other);
      sums[0] = _mm_add_epi32(sums[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), both));
      sums[1] = _mm_add_epi32(sums[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), both));
      sums[2] = _mm_add_epi32(sums[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), both));
      sums[3] = _mm_add_epi32(sums[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), both));
    }
    for (__m128i &sum : sums) sum = _mm_srai_epi32(sum, kWeightBits);
    const __m128i words = _mm_packs_epi32(sums[0], sums[1]), more = _mm_packs_epi32(sums[2], sums[3]);
    _mm_storeu_si128(reinterpret_cast<__m128i *>(result + x), _mm_packus_epi16(words, more));
  }
#endif
  for (; x < length; x += 1) {
    int32_t sum = kHalf;
    for (int at = 0; at < count; at += 1) sum += rows[at][x] * weights[at];
    result[x] = toByte(sum);
  }
}

#if defined(__SSE2__)
__m128i pixelAt(const uint8_t *at) {
  int32_t bits;
  memcpy(&bits, at, sizeof bits);
  return _mm_cvtsi32_si128(bits);
}
#endif

/** One pixel of the weighted sum of neighbours. @param read has a byte more than these need */
void blendPixels(const uint8_t *read, const int16_t *weights, int count, uint8_t *result) {
#if defined(__SSE2__)
  const __m128i zero = _mm_setzero_si128();
  __m128i sums = _mm_set1_epi32(kHalf);
  for (int at = 0; at < count; at += 2, read += 6) {
    const bool isPair = at + 1 < count;
    const __m128i both = _mm_unpacklo_epi8(pixelAt(read), isPair ? pixelAt(read + 3) : zero);
    const __m128i pair = _mm_set1_epi32(uint16_t(weights[at]) | (isPair ? uint32_t(uint16_t(weights[at + 1])) << 16 : 0));
    sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_unpacklo_epi8(both, zero), pair));
  }
  const __m128i words = _mm_packs_epi32(_mm_srai_epi32(sums, kWeightBits), zero);
  const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, zero));
  memcpy(result, &bytes, 3);
#else
  for (int channel = 0; channel < 3; channel += 1) {
    int32_t sum = kHalf;
    for (int at = 0; at < count; at += 1) sum += read[at * 3 + channel] * weights[at];
    result[channel] = toByte(sum);
  }
#endif
}

}  // namespace

bool kernelTaps(int source, double shrink, Kernel kernel, int begin, int end, KernelTaps *taps) {
  const int target = int(source / shrink + 0.5);
  if (begin < 0 || end > target || begin >= end) return false;
  taps->first.resize(end - begin);
  taps->weights.clear();
  if (shrink == 1) {
    taps->count = 1;
    for (int at = begin; at < end; at += 1) taps->first[at - begin] = at;
    taps->weights.assign(end - begin, kWeightOne);
    return true;
  }
  const int reach = kernel == Kernel::kLinear ? 1 : 3;
  const int count = taps->count = 2 * int(std::rint(reach * shrink)) + 1;
  std::vector<int16_t> masks;
  for (int position = 0; position <= kPositions; position += 1) appendMask(kernel, shrink, count, position, &masks);
  // What the target covers more or less than the source is shared by both ends.
  const double offset = (1 + (target * shrink - source)) / 2 - 1;
  const int margin = (count + 1) / 2 - 1;
  double added = 0.5 * shrink - 0.5 - offset;
  for (int at = 0; at < end; at += 1, added += shrink) {
    if (at < begin) continue;
    const Position position((at + 0.5) * shrink - 0.5 - offset);
    if (!(position == Position(added))) return false;
    taps->first[at - begin] = position.pixel - margin;
    const auto mask = masks.begin() + ptrdiff_t(position.between) * count;
    taps->weights.insert(taps->weights.end(), mask, mask + count);
  }
  return true;
}

void kernelResize(const uint8_t *pixels, int stride, int width, int height, const KernelTaps &columns, const KernelTaps &lines,
                  uint8_t *result) {
  const int length = width * 3, targets = int(columns.first.size());
  // Pixels that are read beside the row are those of its ends, and one byte more is read than is used.
  const int before = std::max(0, -columns.first.front());
  const int after = std::max(0, columns.first.back() + columns.count - width);
  std::vector<uint8_t> row(size_t(before + width + after) * 3 + 1);
  uint8_t *const inner = row.data() + before * 3;
  std::vector<const uint8_t *> rows(lines.count);
  for (size_t y = 0; y < lines.first.size(); y += 1) {
    for (int at = 0; at < lines.count; at += 1) {
      rows[at] = pixels + size_t(std::clamp(lines.first[y] + at, 0, height - 1)) * stride * 3;
    }
    blendRows(rows.data(), lines.weights.data() + y * lines.count, lines.count, length, inner);
    for (int at = 0; at < before; at += 1) memcpy(row.data() + at * 3, inner, 3);
    for (int at = 0; at < after; at += 1) memcpy(inner + length + at * 3, inner + length - 3, 3);
    for (int x = 0; x < targets; x += 1, result += 3) {
      blendPixels(inner + columns.first[x] * 3, columns.weights.data() + size_t(x) * columns.count, columns.count, result);
    }
  }
}
