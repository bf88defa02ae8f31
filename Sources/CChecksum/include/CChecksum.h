#ifndef CCHECKSUM_H
#define CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of `size` bytes, carrying on from `crc`; begin with 0.
// Uses the processor's instruction where there is one, else a table.
uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t size);

// The same by the table alone, so that both ways can be compared.
uint32_t checksum_crc32c_portable(uint32_t crc, const void *bytes, size_t size);

#endif
