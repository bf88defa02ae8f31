// zlib, of which Swift sees no macros.
#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>

/// Begins to inflate gzip or zlib's deflate, whichever its first bytes say.
static inline int czlib_begin(z_streamp stream) { return inflateInit2(stream, 15 + 32); }

#endif
