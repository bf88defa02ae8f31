// Asks for memory ahead of its use, which Swift has no word for.
#pragma once

/// Any address will do: nothing is read, and a wrong one costs no more than the asking.
static inline void prefetch(const void *address) { __builtin_prefetch(address); }
