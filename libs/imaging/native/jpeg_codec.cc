// Node-API add-on: JPEG to pixels, pixels to JPEG, and smaller JPEGs, by libjpeg-turbo; and what is measured of pixels. What it cannot vouch for, or has
// no memory for, it leaves to the caller: every function says 0 then, and nothing is thrown but for arguments of the wrong kind.
#include <node_api.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "encode_jpeg.h"
#include "image_descriptor.h"
#include "kernel_resize.h"
#include "luma_figures.h"
#include "plain_jpeg.h"
#include "resample_region.h"
#include "turbojpeg_api.h"

namespace {

constexpr int kMaxScans = 100;
constexpr int kMaxMegabytes = 1024;
/** Of decoded pixels and rows that a thread keeps for its next image. */
constexpr size_t kKeptBytes = 32 << 20;
/** Colours are smoothed across blocks: pixels near a cut edge would differ. */
constexpr int kMargin = 32;

struct Bytes {
  uint8_t *data = nullptr;
  size_t length = 0;
};

struct Numbers {
  const int32_t *data = nullptr;
  size_t length = 0;
};

struct Doubles {
  double *data = nullptr;
  size_t length = 0;
};

/** Of pixels that are decoded already. */
struct Luma {
  int width = 0;
  CellTaps columns{}, rows{};
  const double *dct = nullptr;
  double *figures = nullptr;
};

/** `ResizePlan` of resize-plan.ts; an encoding of quality 0 asks for pixels. */
struct Resize {
  double shrinkX = 0, shrinkY = 0;
  int decodedWidth = 0, decodedHeight = 0, left = 0, top = 0, width = 0, height = 0;
  JpegEncoding encoding;
  Kernel kernel = Kernel::kLanczos3;
};

/** Of pixels that are decoded already: to a file where the quality is not 0, else what is kept of them. */
struct Pixels {
  int width = 0, height = 0;
  JpegEncoding encoding;
};

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
thread_local std::vector<uint8_t> kept;

int scaled(int length, int denominator) { return (length + denominator - 1) / denominator; }

/** What is to be done; of a region where `side` is not 0, a smaller image where `resize.width` is not, of pixels where `luma.width` or `pixels.width` is not. */
struct Job {
  Bytes file, result;
  int denominator = 1;
  int left = 0, top = 0, width = 0, height = 0, side = 0;
  Numbers columns[3], lines[3];
  Resize resize;
  Pixels pixels;
  Luma luma;

  /** @returns bytes written, 0 for what is left to the caller */
  size_t run() const {
    if (luma.width != 0) return measure();
    if (pixels.width != 0) return pixels.encoding.quality != 0 ? encoded() : described();
    if (!decoder.open(file)) return 0;
    if (resize.width != 0) return smaller();
    return (side == 0 ? whole() : region()) ? result.length : 0;
  }

 private:
  size_t measure() const {
    lumaFigures(file.data, luma.width, int(file.length / 3 / luma.width), luma.columns, luma.rows, luma.dct, luma.figures);
    return kLumaFigures * sizeof(double);
  }

  size_t encoded() const {
    return encodeJpeg(file.data, pixels.width, pixels.height, pixels.encoding, result.data, result.length);
  }

  size_t described() const {
    describeImage(file.data, pixels.width, pixels.height, result.data);
    return kDescriptorBytes;
  }

  size_t smaller() const {
    const int stride = scaled(decoder.size.width, denominator), rows = scaled(decoder.size.height, denominator);
    const auto &[shrinkX, shrinkY, cutWidth, cutHeight, fromLeft, fromTop, toWidth, toHeight, encoding, kernel] = resize;
    KernelTaps across, down;
    if (cutWidth < 1 || cutWidth > stride || cutHeight < 1 || cutHeight > rows ||
        !kernelTaps(cutWidth, shrinkX, kernel, fromLeft, fromLeft + toWidth, &across) ||
        !kernelTaps(cutHeight, shrinkY, kernel, fromTop, fromTop + toHeight, &down))
      return 0;
    const size_t pixelBytes = size_t(stride) * rows * 3, resizedBytes = size_t(toWidth) * toHeight * 3;
    const bool isEncoded = encoding.quality != 0;
    if (!isEncoded && result.length != resizedBytes) return 0;
    const size_t neededBytes = pixelBytes + (isEncoded ? resizedBytes : 0);
    if (kept.size() < neededBytes) kept.resize(neededBytes);
    size_t written = 0;
    if (decoder.decode(file, denominator, {}, kept.data(), TJPF_RGB)) {
      uint8_t *const resized = isEncoded ? kept.data() + pixelBytes : result.data;
      kernelResize(kept.data(), stride, cutWidth, cutHeight, across, down, resized);
      written = isEncoded ? encodeJpeg(resized, toWidth, toHeight, encoding, result.data, result.length) : resizedBytes;
    }
    if (kept.size() > kKeptBytes) std::vector<uint8_t>().swap(kept);
    return written;
  }

  bool whole() const {
    const size_t width = scaled(decoder.size.width, denominator), height = scaled(decoder.size.height, denominator);
    return result.length == width * height * 3 && decoder.decode(file, denominator, {}, result.data, TJPF_RGB);
  }

  bool region() const {
    const auto [fullWidth, fullHeight] = decoder.size;
    const int block = decoder.blockWidth();
    if (block == 0 || left < 0 || top < 0 || width < 1 || height < 1) return false;
    if (width > fullWidth - left || height > fullHeight - top) return false;
    tjregion part;
    part.x = std::max(0, left - kMargin) / block * block;
    part.y = std::max(0, top - kMargin);
    part.w = std::min(fullWidth, left + width + kMargin) - part.x;
    part.h = std::min(fullHeight, top + height + kMargin) - part.y;
    const size_t stride = size_t(part.w) * kPixelBytes, pixelBytes = stride * part.h;
    const size_t neededBytes = pixelBytes + size_t(side) * 3 * height * sizeof(int16_t);
    if (kept.size() < neededBytes) kept.resize(neededBytes);
    const bool isWhole = part.w == fullWidth && part.h == fullHeight;
    const bool ok = decoder.decode(file, 1, isWhole ? tjregion{} : part, kept.data(), TJPF_RGBX);
    if (ok) {
      resampleRegion(kept.data() + (top - part.y) * stride + size_t(left - part.x) * kPixelBytes, stride, height, side,
                     {columns[0].data, columns[1].data, columns[2].data}, {lines[0].data, lines[1].data, lines[2].data},
                     reinterpret_cast<int16_t *>(kept.data() + pixelBytes), result.data);
    }
    if (kept.size() > kKeptBytes) std::vector<uint8_t>().swap(kept);
    return ok;
  }
};

/** Whether weights stay within a line of `source` pixels. */
bool areTaps(const Numbers &first, const Numbers &starts, size_t weights, int source, int side) {
  if (first.length != size_t(side) || starts.length != first.length + 1 || starts.data[0] != 0) return false;
  for (int at = 0; at < side; at += 1) {
    const int64_t count = int64_t(starts.data[at + 1]) - starts.data[at];
    if (count < 1 || first.data[at] < 0 || first.data[at] + count > source) return false;
  }
  return size_t(starts.data[side]) == weights;
}

template <class Array>
bool readArray(napi_env env, napi_value value, napi_typedarray_type wanted, Array *found) {
  napi_typedarray_type type;
  void *data;
  bool isArray = false;
  if (napi_is_typedarray(env, value, &isArray) != napi_ok || !isArray) return false;
  if (napi_get_typedarray_info(env, value, &type, &found->length, &data, nullptr, nullptr) != napi_ok) return false;
  found->data = static_cast<decltype(found->data)>(data);
  return type == wanted;
}

bool readBytes(napi_env env, napi_value value, Bytes *found) { return readArray(env, value, napi_uint8_array, found); }
bool readNumbers(napi_env env, napi_value value, Numbers *found) {
  return readArray(env, value, napi_int32_array, found);
}

bool readDoubles(napi_env env, napi_value value, Doubles *found) {
  return readArray(env, value, napi_float64_array, found);
}

napi_value numberOf(napi_env env, size_t value) {
  napi_value result = nullptr;
  napi_create_double(env, double(value), &result);
  return result;
}

/** A job in another thread, and what keeps its arrays alive. */
struct Later {
  Job job;
  size_t written = 0;
  napi_deferred deferred = nullptr;
  napi_ref arguments = nullptr;
  napi_async_work work = nullptr;
};

void runLater(napi_env, void *data) {
  Later *later = static_cast<Later *>(data);
  try {
    later->written = later->job.run();
  } catch (const std::bad_alloc &) {
    later->written = 0;
  }
}

void endLater(napi_env env, napi_status, void *data) {
  std::unique_ptr<Later> later(static_cast<Later *>(data));
  napi_resolve_deferred(env, later->deferred, numberOf(env, later->written));
  napi_delete_reference(env, later->arguments);
  napi_delete_async_work(env, later->work);
}

napi_value startLater(napi_env env, const Job &job, const napi_value *arguments, size_t count) {
  auto later = std::make_unique<Later>();
  later->job = job;
  napi_value promise, name, held;
  napi_create_array_with_length(env, count, &held);
  for (size_t at = 0; at < count; at += 1) napi_set_element(env, held, uint32_t(at), arguments[at]);
  napi_create_string_utf8(env, "winnow:jpeg", NAPI_AUTO_LENGTH, &name);
  if (napi_create_reference(env, held, 1, &later->arguments) != napi_ok ||
      napi_create_promise(env, &later->deferred, &promise) != napi_ok ||
      napi_create_async_work(env, nullptr, name, runLater, endLater, later.get(), &later->work) != napi_ok ||
      napi_queue_async_work(env, later->work) != napi_ok) {
    napi_throw_error(env, nullptr, "no work can be started");
    return nullptr;
  }
  later.release();
  return promise;
}

napi_value start(napi_env env, const Job &job, bool isLater, const napi_value *arguments, size_t count) {
  if (isLater) return startLater(env, job, arguments, count);
  try {
    return numberOf(env, job.run());
  } catch (const std::bad_alloc &) {
    return numberOf(env, 0);
  }
}

napi_value wrongArguments(napi_env env) {
  napi_throw_type_error(env, nullptr, "wrong arguments");
  return nullptr;
}

/** plainSize(file): width * 65536 + height of what is decoded here; 0 for all else. */
napi_value plainSize(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result = nullptr;
  Bytes file;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1 ||
      !readBytes(env, argument, &file))
    return wrongArguments(env);
  const bool isPlain = decoder.open(file);
  napi_create_double(env, isPlain ? decoder.size.width * 65536.0 + decoder.size.height : 0, &result);
  return result;
}

/** Arguments (bytes, bytes of the result, a number, isLater). */
struct BytesCall {
  napi_value given[4];
  Job job;
  int number = 0;
  bool isLater = false;

  bool read(napi_env env, napi_callback_info info) {
    size_t count = 4;
    return napi_get_cb_info(env, info, &count, given, nullptr, nullptr) == napi_ok && count >= 4 &&
           readBytes(env, given[0], &job.file) && readBytes(env, given[1], &job.result) &&
           napi_get_value_int32(env, given[2], &number) == napi_ok &&
           napi_get_value_bool(env, given[3], &isLater) == napi_ok;
  }
};

/** decode(file, rgb, denominator, isLater): bytes written, those of all pixels of an image 1/denominator as large or 0. */
napi_value decode(napi_env env, napi_callback_info info) {
  BytesCall call;
  if (!call.read(env, info) || call.number < 1 || call.number > 8) return wrongArguments(env);
  call.job.denominator = call.number;
  return start(env, call.job, call.isLater, call.given, 4);
}

/**
 * decodeRegion(file, rgb, [left, top, width, height, side], columns' first, starts, weights, lines' first, starts, weights,
 * isLater): bytes written, those of the region resampled to side x side or 0.
 */
napi_value decodeRegion(napi_env env, napi_callback_info info) {
  size_t count = 10;
  napi_value given[10];
  Job job;
  Numbers region;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 10 ||
      !readBytes(env, given[0], &job.file) || !readBytes(env, given[1], &job.result) ||
      !readNumbers(env, given[2], &region) || region.length != 5 || napi_get_value_bool(env, given[9], &isLater) != napi_ok)
    return wrongArguments(env);
  for (int at = 0; at < 3; at += 1) {
    if (!readNumbers(env, given[3 + at], &job.columns[at]) || !readNumbers(env, given[6 + at], &job.lines[at]))
      return wrongArguments(env);
  }
  job.left = region.data[0], job.top = region.data[1], job.width = region.data[2], job.height = region.data[3];
  job.side = region.data[4];
  if (job.side < 1 || job.side > 65535 || job.result.length != size_t(job.side) * job.side * 3 ||
      !areTaps(job.columns[0], job.columns[1], job.columns[2].length, job.width, job.side) ||
      !areTaps(job.lines[0], job.lines[1], job.lines[2].length, job.height, job.side))
    return wrongArguments(env);
  return start(env, job, isLater, given, 10);
}

/**
 * resize(file, result, [shrink of columns, of lines], [denominator, kernel, decoded width, height, left, top, width, height, quality,
 * own tables], isLater): bytes written, of pixels where quality is 0 and else of a JPEG, or 0.
 */
napi_value resize(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value given[5];
  Job job;
  Numbers numbers;
  Doubles shrinks;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 5 ||
      !readBytes(env, given[0], &job.file) || !readBytes(env, given[1], &job.result) ||
      !readDoubles(env, given[2], &shrinks) || shrinks.length != 2 ||
      !readNumbers(env, given[3], &numbers) || numbers.length != 10 || napi_get_value_bool(env, given[4], &isLater) != napi_ok)
    return wrongArguments(env);
  const int32_t *const of = numbers.data;
  job.denominator = of[0];
  job.resize = {shrinks.data[0], shrinks.data[1], of[2], of[3], of[4], of[5], of[6], of[7],
                {of[8], of[9] != 0, false}, Kernel(of[1])};
  const auto isShrink = [](double shrink) { return shrink >= 1 && shrink < 4; };
  const auto isSide = [](int side) { return side >= 1 && side <= 65535; };
  if (job.denominator < 1 || job.denominator > 8 || of[1] < 0 || of[1] > 1 || !isShrink(shrinks.data[0]) ||
      !isShrink(shrinks.data[1]) || !isSide(of[6]) || !isSide(of[7]) || of[4] < 0 || of[5] < 0 || of[8] < 0 || of[8] > 100)
    return wrongArguments(env);
  return start(env, job, isLater, given, 5);
}

/** encode(rgb, result, [width, height, quality, own tables, colour at half], isLater): bytes written, of a JPEG, or 0. */
napi_value encode(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value given[4];
  Job job;
  Numbers numbers;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 4 ||
      !readBytes(env, given[0], &job.file) || !readBytes(env, given[1], &job.result) ||
      !readNumbers(env, given[2], &numbers) || numbers.length != 5 || napi_get_value_bool(env, given[3], &isLater) != napi_ok)
    return wrongArguments(env);
  const int32_t *const of = numbers.data;
  job.pixels = {of[0], of[1], {of[2], of[3] != 0, of[4] != 0}};
  const auto isSide = [](int side) { return side >= 1 && side <= 65500; };
  if (!isSide(of[0]) || !isSide(of[1]) || job.file.length != size_t(of[0]) * of[1] * 3 || of[2] < 1 || of[2] > 100)
    return wrongArguments(env);
  return start(env, job, isLater, given, 4);
}

/** describe(rgb, result, width, isLater): bytes written, of a descriptor, or 0. */
napi_value describe(napi_env env, napi_callback_info info) {
  BytesCall call;
  if (!call.read(env, info)) return wrongArguments(env);
  Job &job = call.job;
  const int width = call.number;
  if (width < 1 || width > 65535 || job.file.length == 0 || job.file.length % (size_t(width) * 3) != 0 ||
      job.file.length / 3 / width > 65535 || job.result.length != kDescriptorBytes)
    return wrongArguments(env);
  job.pixels = {width, int(job.file.length / 3 / width), {}};
  return start(env, job, call.isLater, call.given, 4);
}

/** lumaFigures(rgb, width, columns' first, starts, weights, rows' first, starts, weights, dct, result, isLater): bytes written. */
napi_value measureLuma(napi_env env, napi_callback_info info) {
  size_t count = 11;
  napi_value given[11];
  Job job;
  Numbers numbers[4];
  Doubles doubles[4];
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 11 ||
      !readBytes(env, given[0], &job.file) || napi_get_value_int32(env, given[1], &job.luma.width) != napi_ok ||
      !readNumbers(env, given[2], &numbers[0]) || !readNumbers(env, given[3], &numbers[1]) ||
      !readDoubles(env, given[4], &doubles[0]) || !readNumbers(env, given[5], &numbers[2]) ||
      !readNumbers(env, given[6], &numbers[3]) || !readDoubles(env, given[7], &doubles[1]) ||
      !readDoubles(env, given[8], &doubles[2]) || !readDoubles(env, given[9], &doubles[3]) ||
      napi_get_value_bool(env, given[10], &isLater) != napi_ok)
    return wrongArguments(env);
  const int width = job.luma.width;
  if (width < 1 || width > 65535 || job.file.length == 0 || job.file.length % (size_t(width) * 3) != 0 ||
      job.file.length / 3 / width > 65535 || doubles[2].length != kCoefficients * kGrid || doubles[3].length != kLumaFigures ||
      !areTaps(numbers[0], numbers[1], doubles[0].length, width, kGrid) ||
      !areTaps(numbers[2], numbers[3], doubles[1].length, int(job.file.length / 3 / width), kGrid))
    return wrongArguments(env);
  job.luma.columns = {numbers[0].data, numbers[1].data, doubles[0].data};
  job.luma.rows = {numbers[2].data, numbers[3].data, doubles[1].data};
  job.luma.dct = doubles[2].data;
  job.luma.figures = doubles[3].data;
  return start(env, job, isLater, given, 11);
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"plainSize", nullptr, plainSize, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"decode", nullptr, decode, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"decodeRegion", nullptr, decodeRegion, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"resize", nullptr, resize, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"encode", nullptr, encode, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"describe", nullptr, describe, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"lumaFigures", nullptr, measureLuma, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, 7, functions);
  return exports;
}
