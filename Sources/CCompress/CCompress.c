#include "CCompress.h"

#include <limits.h>
#include <stdlib.h>

#include <lz4.h>
#include <zlib.h>
#include <zstd.h>

#include "Zstd.h"

struct ebb_stream {
    int kind;
    z_stream zlib;
    ebb_zstd *zstd;
    ZSTD_DCtx *unzstd;
};

static int start(ebb_stream *stream, int level, int threads) {
    switch (stream->kind) {
    case EBB_DEFLATE:
        return deflateInit2(&stream->zlib, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    case EBB_INFLATE: return inflateInit2(&stream->zlib, -MAX_WBITS) == Z_OK;
    case EBB_ZSTD: stream->zstd = ebb_zstd_create(level, threads); return stream->zstd != NULL;
    default: stream->unzstd = ZSTD_createDCtx(); return stream->unzstd != NULL;
    }
}

ebb_stream *ebb_stream_create(int kind, int level, int threads) {
    ebb_stream *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->kind = kind;
    if (start(stream, level, threads)) return stream;
    free(stream);
    return NULL;
}

void ebb_stream_destroy(ebb_stream *stream) {
    switch (stream->kind) {
    case EBB_DEFLATE: deflateEnd(&stream->zlib); break;
    case EBB_INFLATE: inflateEnd(&stream->zlib); break;
    case EBB_ZSTD: ebb_zstd_destroy(stream->zstd); break;
    default: ZSTD_freeDCtx(stream->unzstd);
    }
    free(stream);
}

static int run_zlib(
    ebb_stream *stream, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush) {
    z_stream *zlib = &stream->zlib;
    uInt given = *in_length > UINT_MAX ? UINT_MAX : (uInt)*in_length;
    uInt room = *out_length > UINT_MAX ? UINT_MAX : (uInt)*out_length;
    size_t whole = *in_length;
    zlib->next_in = (Bytef *)in;
    zlib->avail_in = given;
    zlib->next_out = out;
    zlib->avail_out = room;
    int code = stream->kind == EBB_DEFLATE ? deflate(zlib, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH) : inflate(zlib, Z_SYNC_FLUSH);
    *in_length = given - zlib->avail_in;
    *out_length = room - zlib->avail_out;
    /* Z_BUF_ERROR says that nothing could be done, which is no fault. The end of a deflate stream is: none has one. */
    if (code != Z_OK && code != Z_BUF_ERROR) return EBB_STREAM_MALFORMED;
    int taken = *in_length == whole;
    if (stream->kind == EBB_DEFLATE && !flush) return taken ? EBB_STREAM_DONE : EBB_STREAM_MORE;
    return taken && zlib->avail_out > 0 ? EBB_STREAM_DONE : EBB_STREAM_MORE;
}

int ebb_stream_run(
    ebb_stream *stream, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush) {
    if (stream->kind == EBB_DEFLATE || stream->kind == EBB_INFLATE)
        return run_zlib(stream, in, in_length, out, out_length, flush);
    if (stream->kind == EBB_ZSTD) return ebb_zstd_run(stream->zstd, in, in_length, out, out_length, flush);
    ZSTD_inBuffer source = {in, *in_length, 0};
    ZSTD_outBuffer target = {out, *out_length, 0};
    size_t left = ZSTD_decompressStream(stream->unzstd, &target, &source);
    *in_length = source.pos;
    *out_length = target.pos;
    if (ZSTD_isError(left)) return EBB_STREAM_MALFORMED;
    return source.pos == source.size && target.pos < target.size ? EBB_STREAM_DONE : EBB_STREAM_MORE;
}

void ebb_stream_reset(ebb_stream *stream) {
    if (stream->kind == EBB_DEFLATE) deflateReset(&stream->zlib);
    if (stream->kind == EBB_INFLATE) inflateReset(&stream->zlib);
}

int ebb_stream_insert(ebb_stream *stream, const uint8_t *data, size_t length) {
    /* No more than the window is remembered anyway. */
    if (length > 32768) {
        data += length - 32768;
        length = 32768;
    }
    int code = stream->kind == EBB_DEFLATE ? deflateSetDictionary(&stream->zlib, data, (uInt)length)
                                           : inflateSetDictionary(&stream->zlib, data, (uInt)length);
    return code == Z_OK ? 0 : -1;
}

int ebb_lz4_compress(const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length) {
    return LZ4_compress_default((const char *)in, (char *)out, (int)in_length, (int)out_length);
}

int ebb_lz4_decompress(const uint8_t *in, size_t in_length, uint8_t *out, size_t out_length) {
    return LZ4_decompress_safe((const char *)in, (char *)out, (int)in_length, (int)out_length);
}

int ebb_stream_has_threads(void) { return ebb_zstd_has_threads(); }
