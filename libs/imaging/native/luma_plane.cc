#include "luma_plane.h"

#include <cstddef>

namespace {

/** What each byte of a pixel adds. */
struct LumaParts {
  double red[256], green[256], blue[256];

  LumaParts() {
    for (int value = 0; value < 256; value += 1)
      red[value] = 0.299 * value, green[value] = 0.587 * value, blue[value] = 0.114 * value;
  }
};

}  // namespace

std::vector<float> lumaPlane(const uint8_t *rgb, int width, int height) {
  static const LumaParts parts;
  std::vector<float> luma(size_t(width) * height);
  for (float &value : luma) {
    value = float(parts.red[rgb[0]] + parts.green[rgb[1]] + parts.blue[rgb[2]]);
    rgb += 3;
  }
  return luma;
}
