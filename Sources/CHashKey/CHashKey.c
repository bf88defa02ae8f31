#include "CHashKey.h"

#include <stdlib.h>
#if defined(__APPLE__)
#include <sys/random.h>
#else
#include <unistd.h>
#endif

uint64_t msatop_hash_key_drawn;

// Before main, so that no hash is made without it. Where the system has no random bytes to
// give, those of the address at which the program was loaded are still better than none.
__attribute__((constructor)) static void draw(void) {
  if (getentropy(&msatop_hash_key_drawn, sizeof msatop_hash_key_drawn) != 0) {
    msatop_hash_key_drawn = (uint64_t)(uintptr_t)&msatop_hash_key_drawn * 0x9E3779B97F4A7C15u;
  }
}
