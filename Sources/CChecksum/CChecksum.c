#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

// Eight tables: eight bytes a step ("slicing by 8", Kounavis and Berry, 2005).
static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void make_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    table[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int slice = 1; slice < 8; slice++)
      table[slice][byte] = (table[slice - 1][byte] >> 8) ^ table[0][table[slice - 1][byte] & 0xFF];
}

uint32_t checksum_crc32c_portable(uint32_t crc, const void *bytes, size_t size) {
  pthread_once(&table_once, make_table);
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; size >= 8; size -= 8, at += 8) {
    // Byte by byte into words, whatever the order of bytes in this machine's words is.
    uint32_t low = crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
    crc = table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^ table[4][low >> 24] ^
          table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
  }
  for (; size > 0; size--, at++) crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)

#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  uint64_t state = ~crc;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    state = _mm_crc32_u64(state, word);
  }
  for (; size > 0; size--, at++) state = _mm_crc32_u8((uint32_t)state, *at);
  return ~(uint32_t)state;
}

uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t size) {
  return __builtin_cpu_supports("sse4.2") ? crc32c_sse42(crc, bytes, size)
                                          : checksum_crc32c_portable(crc, bytes, size);
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t size) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    crc = __crc32cd(crc, word);
  }
  for (; size > 0; size--, at++) crc = __crc32cb(crc, *at);
  return ~crc;
}

#else

uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t size) {
  return checksum_crc32c_portable(crc, bytes, size);
}

#endif
