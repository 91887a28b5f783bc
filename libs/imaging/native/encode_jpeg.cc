#include "encode_jpeg.h"

#include <cstring>

#include "turbojpeg_api.h"

namespace {

/** A JFIF header, which sharp leaves out: marker, length, `JFIF`, version, density, no thumbnail. */
constexpr size_t kStartBytes = 2, kJfifBytes = 18;

int samplingOf(const JpegEncoding &encoding) { return encoding.isHalved ? TJSAMP_420 : TJSAMP_444; }

/** One thread's encoder. */
class Encoder {
 public:
  ~Encoder() { end(); }

  size_t encode(const uint8_t *pixels, int width, int height, const JpegEncoding &encoding, uint8_t *jpeg, size_t room) {
    if (handle_ == nullptr && !start()) return 0;
    size_t length = room;
    const bool ok = tj3Set(handle_, TJPARAM_QUALITY, encoding.quality) == 0 &&
                    tj3Set(handle_, TJPARAM_SUBSAMP, samplingOf(encoding)) == 0 &&
                    tj3Set(handle_, TJPARAM_OPTIMIZE, encoding.hasOwnTables ? 1 : 0) == 0 &&
                    tj3Compress8(handle_, pixels, width, 0, height, TJPF_RGB, &jpeg, &length) == 0;
    if (!ok) end();
    return ok ? length : 0;
  }

 private:
  bool start() {
    handle_ = tj3Init(TJINIT_COMPRESS);
    return handle_ != nullptr && tj3Set(handle_, TJPARAM_NOREALLOC, 1) == 0;
  }

  void end() {
    if (handle_ != nullptr) tj3Destroy(handle_);
    handle_ = nullptr;
  }

  tjhandle handle_ = nullptr;
};

thread_local Encoder encoder;

}  // namespace

size_t encodeJpeg(const uint8_t *pixels, int width, int height, const JpegEncoding &encoding, uint8_t *jpeg, size_t room) {
  if (room < tj3JPEGBufSize(width, height, samplingOf(encoding))) return 0;
  const size_t length = encoder.encode(pixels, width, height, encoding, jpeg, room);
  uint8_t *const header = jpeg + kStartBytes;
  if (length < kStartBytes + kJfifBytes || memcmp(header, "\xff\xe0\0\x10JFIF", 8) != 0) return 0;
  memmove(header, header + kJfifBytes, length - kStartBytes - kJfifBytes);
  return length - kJfifBytes;
}
