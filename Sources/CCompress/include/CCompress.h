#ifndef EBB_CCOMPRESS_H
#define EBB_CCOMPRESS_H

/* The compressors behind the Swift module RsyncCompress: zlib and zstd as streams with one face, lz4 as single blocks.

   Linked from their archives, as libcrypto is: loading three shared libraries costs a forced command more than the rest
   of its start. Only for threads of zstd, which its archive has not, is the shared library loaded. */

#include <stddef.h>
#include <stdint.h>

enum ebb_stream_kind {
    EBB_DEFLATE = 0, /* raw deflate, window of 32 KiB */
    EBB_INFLATE = 1,
    EBB_ZSTD = 2,
    EBB_UNZSTD = 3
};

enum ebb_stream_outcome {
    EBB_STREAM_DONE = 0,      /* all input taken; flushing: all output given */
    EBB_STREAM_MORE = 1,      /* call again with more room */
    EBB_STREAM_MALFORMED = -1 /* no such data can follow, or memory is exhausted */
};

typedef struct ebb_stream ebb_stream;

/* Whether zstd can have threads. */
int ebb_stream_has_threads(void);

/* `level` and `threads` matter to compressors alone and must be in the range of the kind; threads to zstd alone. NULL when memory
   is exhausted or threads cannot be had. */
ebb_stream *ebb_stream_create(int kind, int level, int threads);
void ebb_stream_destroy(ebb_stream *stream);

/* Takes up to *in_length bytes and gives up to *out_length; both become what was taken and given. With `flush` a
   compressor makes everything so far decodable and ends at a byte border. */
int ebb_stream_run(
    ebb_stream *stream, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush);

/* The two of zlib: back to the start; and data that counts as seen without being in the stream. The latter returns 0,
   or -1 where the stream is not at a border between blocks. */
void ebb_stream_reset(ebb_stream *stream);
int ebb_stream_insert(ebb_stream *stream, const uint8_t *data, size_t length);

/* One independent LZ4 block. Both return the bytes written; 0 when they do not fit, a negative number for what is no
   such block. */
int ebb_lz4_compress(const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length);
int ebb_lz4_decompress(const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length);

#endif
