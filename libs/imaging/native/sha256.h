#pragma once
#include <cstddef>
#include <cstdint>

constexpr size_t kSha256Bytes = 32;

/** By the OpenSSL that Node has, which knows the processor's own instructions. @returns false where Node shows none */
bool sha256(const uint8_t *bytes, size_t length, uint8_t *digest);
