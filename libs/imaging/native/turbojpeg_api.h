// What is used of libjpeg-turbo's TurboJPEG interface, version 3.1: the library comes without its header.
#pragma once
#include <cstddef>

extern "C" {
typedef void *tjhandle;
struct tjscalingfactor {
  int num, denom;
};
struct tjregion {
  int x, y, w, h;
};

tjhandle tj3Init(int kind);
void tj3Destroy(tjhandle handle);
int tj3Set(tjhandle handle, int parameter, int value);
int tj3Get(tjhandle handle, int parameter);
int tj3DecompressHeader(tjhandle handle, const unsigned char *jpeg, size_t length);
int tj3SetScalingFactor(tjhandle handle, tjscalingfactor factor);
int tj3SetCroppingRegion(tjhandle handle, tjregion region);
int tj3Decompress8(tjhandle handle, const unsigned char *jpeg, size_t length, unsigned char *pixels, int pitch,
                   int format);
int tj3Compress8(tjhandle handle, const unsigned char *pixels, int width, int pitch, int height, int format,
                 unsigned char **jpeg, size_t *length);
size_t tj3JPEGBufSize(int width, int height, int subsampling);
}

enum { TJINIT_COMPRESS = 0, TJINIT_DECOMPRESS = 1 };
enum {
  TJPARAM_STOPONWARNING = 0,
  TJPARAM_NOREALLOC = 2,
  TJPARAM_QUALITY = 3,
  TJPARAM_SUBSAMP = 4,
  TJPARAM_JPEGWIDTH = 5,
  TJPARAM_JPEGHEIGHT = 6,
  TJPARAM_PRECISION = 7,
  TJPARAM_COLORSPACE = 8,
  TJPARAM_OPTIMIZE = 11,
  TJPARAM_SCANLIMIT = 13,
  TJPARAM_ARITHMETIC = 14,
  TJPARAM_LOSSLESS = 15,
  TJPARAM_MAXMEMORY = 23,
  TJPARAM_MAXPIXELS = 24,
  TJPARAM_SAVEMARKERS = 25,
};
enum { TJPF_RGB = 0, TJPF_RGBX = 2 };
enum { TJSAMP_444 = 0, TJSAMP_420 = 2 };
enum { TJCS_RGB = 0, TJCS_YCbCr = 1, TJCS_GRAY = 2 };
