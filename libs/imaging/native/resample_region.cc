#include "resample_region.h"

#include <algorithm>
#include <cstring>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__x86_64__) && defined(__gnu_linux__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace {

// As triangle-taps.ts and resample-region.ts have them; with these, values between the passes fit 15 bits.
constexpr int kWeightBits = 14, kKeptBits = 7;
constexpr int kFirstShift = kWeightBits - kKeptBits, kLastShift = kWeightBits + kKeptBits;
constexpr int kFirstHalf = 1 << (kFirstShift - 1), kLastHalf = 1 << (kLastShift - 1);

#if defined(__SSE2__)
__m128i pixelAt(const uint8_t *at) {
  int32_t bits;
  memcpy(&bits, at, sizeof bits);
  return _mm_cvtsi32_si128(bits);
}

/** Two pixels at a time, each channel's pair of values against the pair of weights. */
void narrowRow(const uint8_t *row, int size, const Taps &taps, int16_t *into) {
  const __m128i zero = _mm_setzero_si128();
  for (int x = 0; x < size; x += 1, into += 3) {
    const uint8_t *read = row + size_t(taps.first[x]) * kPixelBytes;
    __m128i sums = _mm_set1_epi32(kFirstHalf);
    for (int tap = taps.starts[x], end = taps.starts[x + 1]; tap < end; tap += 2, read += 2 * kPixelBytes) {
      const bool isPair = tap + 1 < end;
      const __m128i both = _mm_unpacklo_epi8(pixelAt(read), isPair ? pixelAt(read + kPixelBytes) : zero);
      const __m128i weights = _mm_set1_epi32(taps.weights[tap] | (isPair ? taps.weights[tap + 1] << 16 : 0));
      sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_unpacklo_epi8(both, zero), weights));
    }
    const __m128i values = _mm_packs_epi32(_mm_srai_epi32(sums, kFirstShift), zero);
    int16_t four[4];
    _mm_storel_epi64(reinterpret_cast<__m128i *>(four), values);
    memcpy(into, four, 3 * sizeof(int16_t));
  }
}
#else
void narrowRow(const uint8_t *row, int size, const Taps &taps, int16_t *into) {
  for (int x = 0; x < size; x += 1, into += 3) {
    const uint8_t *read = row + size_t(taps.first[x]) * kPixelBytes;
    int32_t sums[3] = {kFirstHalf, kFirstHalf, kFirstHalf};
    for (int tap = taps.starts[x]; tap < taps.starts[x + 1]; tap += 1, read += kPixelBytes) {
      for (int channel = 0; channel < 3; channel += 1) sums[channel] += taps.weights[tap] * read[channel];
    }
    for (int channel = 0; channel < 3; channel += 1) into[channel] = int16_t(sums[channel] >> kFirstShift);
  }
}
#endif

FOR_EACH_PROCESSOR
void addRow(const int16_t *row, int16_t weight, int count, int32_t *sums) {
  for (int x = 0; x < count; x += 1) sums[x] += int32_t(row[x]) * weight;
}

FOR_EACH_PROCESSOR
void roundRow(const int32_t *sums, int count, uint8_t *result) {
  for (int x = 0; x < count; x += 1) result[x] = uint8_t(sums[x] >> kLastShift);
}

}  // namespace

void resampleRegion(const uint8_t *pixels, size_t stride, int rows, int size, const Taps &columns, const Taps &lines,
                    int16_t *narrowed, uint8_t *result) {
  const int line = size * 3;
  for (int y = 0; y < rows; y += 1) narrowRow(pixels + y * stride, size, columns, narrowed + size_t(y) * line);
  std::vector<int32_t> sums(line);
  for (int y = 0; y < size; y += 1, result += line) {
    std::fill(sums.begin(), sums.end(), kLastHalf);
    const int16_t *row = narrowed + size_t(lines.first[y]) * line;
    for (int tap = lines.starts[y]; tap < lines.starts[y + 1]; tap += 1, row += line) {
      addRow(row, int16_t(lines.weights[tap]), line, sums.data());
    }
    roundRow(sums.data(), line, result);
  }
}
