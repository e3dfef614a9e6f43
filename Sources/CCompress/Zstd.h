#ifndef EBB_ZSTD_H
#define EBB_ZSTD_H

#include <stddef.h>
#include <stdint.h>

/* A compressor of zstd that writes one frame without end. */
typedef struct ebb_zstd ebb_zstd;

/* NULL when memory is exhausted, or when `threads` is not 0 and the library with threads cannot be had. */
ebb_zstd *ebb_zstd_create(int level, int threads);
void ebb_zstd_destroy(ebb_zstd *zstd);

/* As ebb_stream_run. */
int ebb_zstd_run(
    ebb_zstd *zstd, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush);

/* Whether the system's shared libzstd can be loaded and works with threads. */
int ebb_zstd_has_threads(void);

#endif
