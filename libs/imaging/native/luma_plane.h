#pragma once
#include <cstdint>
#include <vector>

/** What luma-of.ts makes of an image, to the last bit, [height, width]. @param rgb [height, width, 3] */
std::vector<float> lumaPlane(const uint8_t *rgb, int width, int height);
