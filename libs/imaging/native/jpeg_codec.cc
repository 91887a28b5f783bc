// Node-API add-on: JPEG to pixels, pixels to JPEG, and smaller JPEGs, by libjpeg-turbo; and what is measured of pixels. What it cannot vouch for, or has
// no memory for, it leaves to the caller: every function says 0 then, and nothing is thrown but for arguments of the wrong kind.
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <new>

#include "codec_jobs.h"
#include "image_descriptor.h"
#include "sha256.h"

namespace {

struct Floats {
  float *data = nullptr;
  size_t length = 0;
};

struct Doubles {
  double *data = nullptr;
  size_t length = 0;
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
    later->written = runJob(later->job);
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
  auto later = std::make_unique<Later>(Later{job});
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
    return numberOf(env, runJob(job));
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
  int width, height;
  const bool isPlain = openPlainJpeg(file, &width, &height);
  napi_create_double(env, isPlain ? width * 65536.0 + height : 0, &result);
  return result;
}

/** Arguments (bytes, bytes of the result, a number, isLater). */
struct BytesCall {
  napi_value given[4];
  Bytes bytes, result;
  int number = 0;
  bool isLater = false;

  bool read(napi_env env, napi_callback_info info) {
    size_t count = 4;
    return napi_get_cb_info(env, info, &count, given, nullptr, nullptr) == napi_ok && count >= 4 &&
           readBytes(env, given[0], &bytes) && readBytes(env, given[1], &result) &&
           napi_get_value_int32(env, given[2], &number) == napi_ok &&
           napi_get_value_bool(env, given[3], &isLater) == napi_ok;
  }
};

/** Lines of so many pixels in RGB, at most 65535 of them; 0 for no such image. */
int linesOf(Bytes pixels, int width) {
  if (width < 1 || width > 65535 || pixels.length == 0 || pixels.length % (size_t(width) * 3) != 0) return 0;
  const size_t lines = pixels.length / 3 / width;
  return lines > 65535 ? 0 : int(lines);
}

/** decode(file, rgb, denominator, isLater): bytes written, those of all pixels of an image 1/denominator as large or 0. */
napi_value decode(napi_env env, napi_callback_info info) {
  BytesCall call;
  if (!call.read(env, info) || call.number < 1 || call.number > 8) return wrongArguments(env);
  return start(env, DecodeWhole{call.bytes, call.result, call.number}, call.isLater, call.given, 4);
}

/** Reads columns' first, starts, weights and lines', which make a square of the job's region; the rest of the job is read. */
template <class Region>
bool readSquare(napi_env env, const napi_value *given, Region *job) {
  for (int at = 0; at < 3; at += 1) {
    if (!readNumbers(env, given[at], &job->columns[at]) || !readNumbers(env, given[3 + at], &job->lines[at])) return false;
  }
  return job->side >= 1 && job->side <= 65535 && job->result.length == size_t(job->side) * job->side * 3 &&
         areTaps(job->columns[0], job->columns[1], job->columns[2].length, job->width, job->side) &&
         areTaps(job->lines[0], job->lines[1], job->lines[2].length, job->height, job->side);
}

/**
 * decodeRegion(file, rgb, [left, top, width, height, side], columns' first, starts, weights, lines' first, starts, weights,
 * isLater): bytes written, those of the region resampled to side x side or 0.
 */
napi_value decodeRegion(napi_env env, napi_callback_info info) {
  size_t count = 10;
  napi_value given[10];
  DecodeRegion job{};
  Numbers region;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 10 ||
      !readBytes(env, given[0], &job.file) || !readBytes(env, given[1], &job.result) ||
      !readNumbers(env, given[2], &region) || region.length != 5 || napi_get_value_bool(env, given[9], &isLater) != napi_ok)
    return wrongArguments(env);
  job.left = region.data[0], job.top = region.data[1], job.width = region.data[2], job.height = region.data[3];
  job.side = region.data[4];
  if (!readSquare(env, given + 3, &job)) return wrongArguments(env);
  return start(env, job, isLater, given, 10);
}

/**
 * resample(rgb, result, [line width, left, top, width, height, side], columns' first, starts, weights, lines' first, starts, weights):
 * bytes written, those of the region resampled to side x side, or 0.
 */
napi_value resample(napi_env env, napi_callback_info info) {
  size_t count = 9;
  napi_value given[9];
  ResampleRegion job{};
  Numbers region;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 9 ||
      !readBytes(env, given[0], &job.pixels) || !readBytes(env, given[1], &job.result) ||
      !readNumbers(env, given[2], &region) || region.length != 6)
    return wrongArguments(env);
  job.lineWidth = region.data[0], job.left = region.data[1], job.top = region.data[2];
  job.width = region.data[3], job.height = region.data[4], job.side = region.data[5];
  const int64_t lines = linesOf(job.pixels, job.lineWidth);
  if (job.left < 0 || job.top < 0 || job.width < 1 || job.height < 1 || int64_t(job.left) + job.width > job.lineWidth ||
      int64_t(job.top) + job.height > lines || !readSquare(env, given + 3, &job))
    return wrongArguments(env);
  return start(env, job, false, given, 9);
}

/** lookUp(rgb, tables of red, green, blue, result): values written, each a byte's by the table of its channel. */
napi_value lookUp(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3];
  LookUp job{};
  Floats tables, result;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 3 ||
      !readBytes(env, given[0], &job.pixels) || !readArray(env, given[1], napi_float32_array, &tables) ||
      !readArray(env, given[2], napi_float32_array, &result) || job.pixels.length % 3 != 0 || tables.length != 3 * 256 ||
      result.length != job.pixels.length)
    return wrongArguments(env);
  job.tables = tables.data;
  job.result = result.data;
  return start(env, job, false, given, 3);
}

/** Reads [shrink of columns, of lines] and [denominator, kernel, decoded width, height, left, top, width, height, quality, own tables]. */
bool readSmaller(napi_env env, napi_value shrinkValues, napi_value numberValues, MakeSmaller *job) {
  Numbers numbers;
  Doubles shrinks;
  if (!readDoubles(env, shrinkValues, &shrinks) || shrinks.length != 2 || !readNumbers(env, numberValues, &numbers) ||
      numbers.length != 10)
    return false;
  const int32_t *const of = numbers.data;
  const auto isShrink = [](double shrink) { return shrink >= 1 && shrink < 4; };
  const auto isSide = [](int side) { return side >= 1 && side <= 65535; };
  if (of[0] < 1 || of[0] > 8 || of[1] < 0 || of[1] > 1 || !isShrink(shrinks.data[0]) || !isShrink(shrinks.data[1]) ||
      !isSide(of[6]) || !isSide(of[7]) || of[4] < 0 || of[5] < 0 || of[8] < 0 || of[8] > 100)
    return false;
  *job = {job->file, job->result, of[0], shrinks.data[0], shrinks.data[1], Kernel(of[1]), of[2], of[3], of[4], of[5],
          of[6], of[7], {of[8], of[9] != 0, false}};
  return true;
}

/**
 * resize(file, result, shrinks, numbers, isLater), as `readSmaller` has them: bytes written, of pixels where quality is 0 and else of a
 * JPEG, or 0.
 */
napi_value resize(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value given[5];
  MakeSmaller job{};
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 5 ||
      !readBytes(env, given[0], &job.file) || !readBytes(env, given[1], &job.result) ||
      !readSmaller(env, given[2], given[3], &job) || napi_get_value_bool(env, given[4], &isLater) != napi_ok)
    return wrongArguments(env);
  return start(env, job, isLater, given, 5);
}

/** encode(rgb, result, [width, height, quality, own tables, colour at half], isLater): bytes written, of a JPEG, or 0. */
napi_value encode(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value given[4];
  Bytes pixels, result;
  Numbers numbers;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 4 ||
      !readBytes(env, given[0], &pixels) || !readBytes(env, given[1], &result) ||
      !readNumbers(env, given[2], &numbers) || numbers.length != 5 || napi_get_value_bool(env, given[3], &isLater) != napi_ok)
    return wrongArguments(env);
  const int32_t *const of = numbers.data;
  const auto isSide = [](int side) { return side >= 1 && side <= 65500; };
  if (!isSide(of[0]) || !isSide(of[1]) || pixels.length != size_t(of[0]) * of[1] * 3 || of[2] < 1 || of[2] > 100)
    return wrongArguments(env);
  return start(env, Encode{pixels, result, of[0], of[1], {of[2], of[3] != 0, of[4] != 0}}, isLater, given, 4);
}

/** describe(rgb, result, width, isLater): bytes written, of a descriptor, or 0. */
napi_value describe(napi_env env, napi_callback_info info) {
  BytesCall call;
  if (!call.read(env, info)) return wrongArguments(env);
  const int lines = linesOf(call.bytes, call.number);
  if (lines == 0 || call.result.length != kDescriptorBytes) return wrongArguments(env);
  return start(env, Describe{call.bytes, call.result, call.number, lines}, call.isLater, call.given, 4);
}

/** Reads columns' first, starts, weights and rows', then the DCT, for an image of this size. */
bool readLumaTaps(napi_env env, const napi_value *given, int width, int height, CellTaps *columns, CellTaps *rows,
                  const double **dct) {
  Numbers numbers[4];
  Doubles doubles[3];
  if (!readNumbers(env, given[0], &numbers[0]) || !readNumbers(env, given[1], &numbers[1]) ||
      !readDoubles(env, given[2], &doubles[0]) || !readNumbers(env, given[3], &numbers[2]) ||
      !readNumbers(env, given[4], &numbers[3]) || !readDoubles(env, given[5], &doubles[1]) ||
      !readDoubles(env, given[6], &doubles[2]) || doubles[2].length != kCoefficients * kGrid ||
      !areTaps(numbers[0], numbers[1], doubles[0].length, width, kGrid) ||
      !areTaps(numbers[2], numbers[3], doubles[1].length, height, kGrid))
    return false;
  *columns = {numbers[0].data, numbers[1].data, doubles[0].data};
  *rows = {numbers[2].data, numbers[3].data, doubles[1].data};
  *dct = doubles[2].data;
  return true;
}

/** lumaFigures(rgb, width, columns' first, starts, weights, rows' first, starts, weights, dct, result, isLater): bytes written. */
napi_value measureLuma(napi_env env, napi_callback_info info) {
  size_t count = 11;
  napi_value given[11];
  MeasureLuma job{};
  Doubles result;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 11 ||
      !readBytes(env, given[0], &job.pixels) || napi_get_value_int32(env, given[1], &job.width) != napi_ok ||
      !readDoubles(env, given[9], &result) || napi_get_value_bool(env, given[10], &isLater) != napi_ok)
    return wrongArguments(env);
  job.height = linesOf(job.pixels, job.width);
  job.figures = result.data;
  if (job.height == 0 || result.length != kLumaFigures ||
      !readLumaTaps(env, given + 2, job.width, job.height, &job.columns, &job.rows, &job.dct))
    return wrongArguments(env);
  return start(env, job, isLater, given, 11);
}

/**
 * analyse(file, result, prefix, shrinks, numbers, columns' first, starts, weights, rows' first, starts, weights, dct, room of the square, its
 * shrinks, its numbers, [its length], isLater): bytes written, of the figures of `lumaFigures`, the digest of the prefix with the pixels, and
 * the descriptor where the result has room for it, or 0. No square is made where its quality is 0.
 */
napi_value analyse(napi_env env, napi_callback_info info) {
  size_t count = 17;
  napi_value given[17];
  Analyse job{};
  Numbers squareLength;
  bool isLater;
  if (napi_get_cb_info(env, info, &count, given, nullptr, nullptr) != napi_ok || count < 17 ||
      !readBytes(env, given[0], &job.copy.file) || !readBytes(env, given[1], &job.result) ||
      !readBytes(env, given[2], &job.prefix) || !readSmaller(env, given[3], given[4], &job.copy) ||
      !readLumaTaps(env, given + 5, job.copy.width, job.copy.height, &job.columns, &job.rows, &job.dct) ||
      !readBytes(env, given[12], &job.square.result) || !readSmaller(env, given[13], given[14], &job.square) ||
      !readNumbers(env, given[15], &squareLength) || squareLength.length != 1 ||
      napi_get_value_bool(env, given[16], &isLater) != napi_ok)
    return wrongArguments(env);
  const size_t least = kLumaFigures * sizeof(double) + kSha256Bytes;
  if (job.copy.encoding.quality != 0 || (job.result.length != least && job.result.length != least + kDescriptorBytes))
    return wrongArguments(env);
  job.squareLength = squareLength.data;
  return start(env, job, isLater, given, 17);
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"plainSize", nullptr, plainSize, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"decode", nullptr, decode, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"decodeRegion", nullptr, decodeRegion, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"resample", nullptr, resample, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"lookUp", nullptr, lookUp, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"resize", nullptr, resize, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"encode", nullptr, encode, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"describe", nullptr, describe, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"lumaFigures", nullptr, measureLuma, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"analyse", nullptr, analyse, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
