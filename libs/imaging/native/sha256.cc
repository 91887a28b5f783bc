#include "sha256.h"

#include <dlfcn.h>

bool sha256(const uint8_t *bytes, size_t length, uint8_t *digest) {
  using Sha256 = unsigned char *(*)(const unsigned char *, size_t, unsigned char *);
  static const Sha256 found = reinterpret_cast<Sha256>(dlsym(RTLD_DEFAULT, "SHA256"));
  return found != nullptr && found(bytes, length, digest) != nullptr;
}
