#include "plain_jpeg.h"

#include <cstring>

namespace {

constexpr uint8_t kBaseline = 0xc0, kExtended = 0xc1, kProgressive = 0xc2, kTables = 0xc4, kStartOfScan = 0xda;
constexpr uint8_t kQuantisation = 0xdb, kRestartInterval = 0xdd, kApp0 = 0xe0, kApp1 = 0xe1, kApp15 = 0xef, kComment = 0xfe;
constexpr int kFrameBytes = 6, kBytesOfComponent = 3;
constexpr size_t kEntryBytes = 12;
constexpr unsigned kOrientation = 0x0112, kShort = 3, kUpright = 1;

unsigned word(const uint8_t *at) { return at[0] << 8 | at[1]; }

bool startsWith(const uint8_t *body, size_t length, const char *text, size_t textLength) {
  return length >= textLength && memcmp(body, text, textLength) == 0;
}

/** Numbers of a TIFF header in either order of bytes. */
struct Tiff {
  const uint8_t *bytes;
  bool isLittle;
  unsigned word(size_t at) const {
    return isLittle ? bytes[at] | bytes[at + 1] << 8 : bytes[at] << 8 | bytes[at + 1];
  }
  uint32_t number(size_t at) const {
    const uint32_t first = word(at), second = word(at + 2);
    return isLittle ? second << 16 | first : first << 16 | second;
  }
};

/** True only where the first directory lies where it mostly does, is whole, and turns nothing. */
bool isUpright(const uint8_t *bytes, size_t length) {
  if (length < 14) return false;
  const Tiff tiff{bytes, memcmp(bytes, "II*\0", 4) == 0};
  if (!tiff.isLittle && memcmp(bytes, "MM\0*", 4) != 0) return false;
  if (tiff.number(4) != 8) return false;
  const size_t count = tiff.word(8);
  if (10 + count * kEntryBytes > length) return false;
  for (size_t at = 10; at < 10 + count * kEntryBytes; at += kEntryBytes) {
    if (tiff.word(at) != kOrientation) continue;
    if (tiff.word(at + 2) != kShort || tiff.number(at + 4) != 1 || tiff.word(at + 8) != kUpright) return false;
  }
  return true;
}

bool isPlainFrame(const uint8_t *body, size_t length, PlainJpeg *found) {
  if (length < kFrameBytes || body[0] != 8) return false;
  found->height = word(body + 1);
  found->width = word(body + 3);
  const int components = body[5];
  if (components != 1 && components != 3) return false;
  return found->width > 0 && found->height > 0 && length == kFrameBytes + size_t(components) * kBytesOfComponent;
}

}  // namespace

bool isPlainJpeg(const uint8_t *bytes, size_t length, PlainJpeg *found) {
  if (length < 4 || bytes[0] != 0xff || bytes[1] != 0xd8) return false;
  bool hasFrame = false, hasExif = false;
  for (size_t at = 2; at + 4 <= length;) {
    if (bytes[at] != 0xff) return false;
    const uint8_t marker = bytes[at + 1];
    if (marker == kStartOfScan) return hasFrame;
    const size_t segment = word(bytes + at + 2);
    if (segment < 2 || at + 2 + segment > length) return false;
    const uint8_t *body = bytes + at + 4;
    const size_t bodyLength = segment - 2;
    if (marker == kBaseline || marker == kExtended || marker == kProgressive) {
      if (hasFrame || !isPlainFrame(body, bodyLength, found)) return false;
      hasFrame = true;
    } else if (marker >= kApp0 && marker <= kApp15) {
      if (startsWith(body, bodyLength, "ICC_PROFILE", 11)) return false;
      if (marker == kApp1 && startsWith(body, bodyLength, "Exif", 4)) {
        if (hasExif || bodyLength < 6 || !isUpright(body + 6, bodyLength - 6)) return false;
        hasExif = true;
      }
    } else if (marker != kTables && marker != kQuantisation && marker != kRestartInterval && marker != kComment) {
      return false;
    }
    at += 2 + segment;
  }
  return false;
}
