#include "codec_jobs.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "image_descriptor.h"
#include "luma_plane.h"
#include "plain_jpeg.h"
#include "resample_region.h"
#include "sha256.h"
#include "turbojpeg_api.h"

namespace {

constexpr int kMaxScans = 100;
constexpr int kMaxMegabytes = 1024;
/** Of memory that a thread keeps for its next image. */
constexpr size_t kKeptBytes = 32 << 20;
/** Colours are smoothed across blocks: pixels near a cut edge would differ. */
constexpr int kMargin = 32;

/** One thread's decoder. */
class Decoder {
 public:
  ~Decoder() { fail(); }

  /** Reads the header. @returns whether the whole file is of the kind that is decoded here */
  bool open(Bytes file) {
    if (!isPlainJpeg(file.data, file.length, &size)) return false;
    if (handle_ == nullptr && !start()) return false;
    if (tj3DecompressHeader(handle_, file.data, file.length) != 0) return fail();
    const int space = get(TJPARAM_COLORSPACE);
    return get(TJPARAM_JPEGWIDTH) == size.width && get(TJPARAM_JPEGHEIGHT) == size.height && get(TJPARAM_PRECISION) == 8 &&
           get(TJPARAM_LOSSLESS) == 0 && get(TJPARAM_ARITHMETIC) == 0 &&
           (space == TJCS_RGB || space == TJCS_YCbCr || space == TJCS_GRAY);
  }

  /** Pixels of the file that was opened, of a part of it unless that is empty. @returns false also for a mere warning */
  bool decode(Bytes file, int denominator, tjregion part, uint8_t *pixels, int format) {
    const bool isWhole = tj3SetScalingFactor(handle_, {1, denominator}) == 0 &&
                         tj3SetCroppingRegion(handle_, part) == 0 &&
                         tj3Decompress8(handle_, file.data, file.length, pixels, 0, format) == 0;
    return isWhole || fail();
  }

  /** What a column of blocks takes, pixels: parts begin at one. 0 where that is not known. */
  int blockWidth() const {
    static constexpr int kWidths[] = {8, 16, 16, 8, 8, 32, 8};
    const int sampling = get(TJPARAM_SUBSAMP);
    return sampling < 0 || sampling > 6 ? 0 : kWidths[sampling];
  }

  PlainJpeg size;

 private:
  /** A decoder that gave up within a header goes on there with the next file: it is not used again. */
  bool fail() {
    if (handle_ != nullptr) tj3Destroy(handle_);
    handle_ = nullptr;
    return false;
  }

  int get(int parameter) const { return tj3Get(handle_, parameter); }

  bool start() {
    handle_ = tj3Init(TJINIT_DECOMPRESS);
    return handle_ != nullptr && tj3Set(handle_, TJPARAM_STOPONWARNING, 1) == 0 &&
           tj3Set(handle_, TJPARAM_SCANLIMIT, kMaxScans) == 0 && tj3Set(handle_, TJPARAM_MAXMEMORY, kMaxMegabytes) == 0 &&
           tj3Set(handle_, TJPARAM_SAVEMARKERS, 0) == 0;
  }

  tjhandle handle_ = nullptr;
};

thread_local Decoder decoder;
/** Decoded pixels and rows of this thread; what comes of them where that is only measured. */
thread_local std::vector<uint8_t> kept, keptCopy;

int scaled(int length, int denominator) { return (length + denominator - 1) / denominator; }

/** At least so many bytes. */
uint8_t *scratch(size_t bytes, std::vector<uint8_t> &memory = kept) {
  if (memory.size() < bytes) memory.resize(bytes);
  return memory.data();
}

void keepLittle(std::vector<uint8_t> &memory = kept) {
  if (memory.size() > kKeptBytes) std::vector<uint8_t>().swap(memory);
}

Taps tapsOf(const Numbers (&axis)[3]) { return {axis[0].data, axis[1].data, axis[2].data}; }

}  // namespace

bool openPlainJpeg(Bytes file, int *width, int *height) {
  if (!decoder.open(file)) return false;
  *width = decoder.size.width;
  *height = decoder.size.height;
  return true;
}

size_t DecodeWhole::run() const {
  if (!decoder.open(file)) return 0;
  const size_t width = scaled(decoder.size.width, denominator), height = scaled(decoder.size.height, denominator);
  const bool ok = result.length == width * height * 3 && decoder.decode(file, denominator, {}, result.data, TJPF_RGB);
  return ok ? result.length : 0;
}

size_t DecodeRegion::run() const {
  if (!decoder.open(file)) return 0;
  const auto [fullWidth, fullHeight] = decoder.size;
  const int block = decoder.blockWidth();
  if (block == 0 || left < 0 || top < 0 || width < 1 || height < 1) return 0;
  if (width > fullWidth - left || height > fullHeight - top) return 0;
  tjregion part;
  part.x = std::max(0, left - kMargin) / block * block;
  part.y = std::max(0, top - kMargin);
  part.w = std::min(fullWidth, left + width + kMargin) - part.x;
  part.h = std::min(fullHeight, top + height + kMargin) - part.y;
  const size_t stride = size_t(part.w) * kPixelBytes, pixelBytes = stride * part.h;
  uint8_t *const pixels = scratch(pixelBytes + size_t(side) * 3 * height * sizeof(int16_t));
  const bool isWhole = part.w == fullWidth && part.h == fullHeight;
  const bool ok = decoder.decode(file, 1, isWhole ? tjregion{} : part, pixels, TJPF_RGBX);
  if (ok) {
    resampleRegion(pixels + (top - part.y) * stride + size_t(left - part.x) * kPixelBytes, stride, height, side,
                   tapsOf(columns), tapsOf(lines),
                   reinterpret_cast<int16_t *>(pixels + pixelBytes), result.data);
  }
  keepLittle();
  return ok ? result.length : 0;
}

size_t ResampleRegion::run() const {
  const size_t stride = size_t(width) * kPixelBytes, pixelBytes = stride * height;
  uint8_t *const wide = scratch(pixelBytes + size_t(side) * 3 * height * sizeof(int16_t));
  for (int y = 0; y < height; y += 1) {
    const uint8_t *read = pixels.data + (size_t(top + y) * lineWidth + left) * 3;
    uint8_t *write = wide + y * stride;
    for (int x = 0; x < width; x += 1, read += 3, write += kPixelBytes) {
      write[0] = read[0], write[1] = read[1], write[2] = read[2], write[3] = 0;
    }
  }
  resampleRegion(wide, stride, height, side, tapsOf(columns),
                 tapsOf(lines), reinterpret_cast<int16_t *>(wide + pixelBytes), result.data);
  keepLittle();
  return result.length;
}

size_t LookUp::run() const {
  const float *const red = tables, *const green = tables + 256, *const blue = tables + 512;
  for (size_t at = 0; at < pixels.length; at += 3) {
    result[at] = red[pixels.data[at]];
    result[at + 1] = green[pixels.data[at + 1]];
    result[at + 2] = blue[pixels.data[at + 2]];
  }
  return pixels.length;
}

bool MakeSmaller::tapsFor(int stride, int rows, KernelTaps *across, KernelTaps *down) const {
  return decodedWidth >= 1 && decodedWidth <= stride && decodedHeight >= 1 && decodedHeight <= rows &&
         kernelTaps(decodedWidth, shrinkX, kernel, left, left + width, across) &&
         kernelTaps(decodedHeight, shrinkY, kernel, top, top + height, down);
}

size_t MakeSmaller::makeOf(const uint8_t *pixels, int stride, const KernelTaps &across, const KernelTaps &down,
                           uint8_t *room) const {
  const bool isEncoded = encoding.quality != 0;
  uint8_t *const resized = isEncoded ? room : result.data;
  kernelResize(pixels, stride, decodedWidth, decodedHeight, across, down, resized);
  return isEncoded ? encodeJpeg(resized, width, height, encoding, result.data, result.length) : resizedBytes();
}

size_t MakeSmaller::run() const {
  if (!decoder.open(file)) return 0;
  const int stride = scaled(decoder.size.width, denominator), rows = scaled(decoder.size.height, denominator);
  KernelTaps across, down;
  const bool isEncoded = encoding.quality != 0;
  if (!tapsFor(stride, rows, &across, &down) || (!isEncoded && result.length != resizedBytes())) return 0;
  if (!isEncoded && shrinkX == 1 && shrinkY == 1 && width == stride && height == rows)
    return decoder.decode(file, denominator, {}, result.data, TJPF_RGB) ? resizedBytes() : 0;
  const size_t pixelBytes = size_t(stride) * rows * 3;
  uint8_t *const pixels = scratch(pixelBytes + (isEncoded ? resizedBytes() : 0));
  const bool ok = decoder.decode(file, denominator, {}, pixels, TJPF_RGB);
  const size_t written = ok ? makeOf(pixels, stride, across, down, pixels + pixelBytes) : 0;
  keepLittle();
  return written;
}

size_t Encode::run() const { return encodeJpeg(pixels.data, width, height, encoding, result.data, result.length); }

size_t Describe::run() const {
  describeImage(pixels.data, lumaPlane(pixels.data, width, height).data(), width, height, result.data);
  return kDescriptorBytes;
}

size_t MeasureLuma::run() const {
  lumaFigures(lumaPlane(pixels.data, width, height).data(), width, height, columns, rows, dct, figures);
  return kLumaFigures * sizeof(double);
}

size_t Analyse::makeBoth(const MakeSmaller &made) const {
  if (square.denominator != made.denominator || !decoder.open(made.file)) return 0;
  const int stride = scaled(decoder.size.width, made.denominator), rows = scaled(decoder.size.height, made.denominator);
  KernelTaps across, down, squareAcross, squareDown;
  if (!made.tapsFor(stride, rows, &across, &down)) return 0;
  if (!square.tapsFor(stride, rows, &squareAcross, &squareDown)) return made.run();
  const size_t pixelBytes = size_t(stride) * rows * 3;
  uint8_t *const pixels = scratch(pixelBytes + square.resizedBytes());
  size_t written = 0;
  if (decoder.decode(made.file, made.denominator, {}, pixels, TJPF_RGB)) {
    written = made.makeOf(pixels, stride, across, down, nullptr);
    *squareLength = int32_t(square.makeOf(pixels, stride, squareAcross, squareDown, pixels + pixelBytes));
  }
  keepLittle();
  return written;
}

size_t Analyse::run() const {
  const size_t pixelBytes = copy.resizedBytes(), figureBytes = kLumaFigures * sizeof(double);
  uint8_t *const digested = scratch(prefix.length + pixelBytes, keptCopy), *const pixels = digested + prefix.length;
  MakeSmaller made = copy;
  made.result = {pixels, pixelBytes};
  const size_t copied = square.encoding.quality == 0 ? made.run() : makeBoth(made);
  size_t written = 0;
  memcpy(digested, prefix.data, prefix.length);
  if (copied == pixelBytes && sha256(digested, prefix.length + pixelBytes, result.data + figureBytes)) {
    const auto luma = lumaPlane(pixels, copy.width, copy.height);
    double figures[kLumaFigures];
    lumaFigures(luma.data(), copy.width, copy.height, columns, rows, dct, figures);
    memcpy(result.data, figures, figureBytes);
    const size_t described = figureBytes + kSha256Bytes;
    if (result.length > described) describeImage(pixels, luma.data(), copy.width, copy.height, result.data + described);
    written = result.length;
  }
  keepLittle(keptCopy);
  return written;
}
