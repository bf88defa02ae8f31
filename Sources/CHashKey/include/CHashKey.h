// A number that nobody outside can know: drawn when the process starts, so that Swift reads it as fast as a constant.
#pragma once

#include <stdint.h>

extern uint64_t msatop_hash_key_drawn;

/// The same for as long as the process runs.
static inline uint64_t hash_key(void) { return msatop_hash_key_drawn; }
