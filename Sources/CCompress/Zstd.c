#define ZSTD_STATIC_LINKING_ONLY
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
#define _GNU_SOURCE
#include "Zstd.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "CCompress.h"

/* The archive of libzstd works in one thread; the shared library has the others. It is loaded when they are asked for. */
static struct {
    ZSTD_CCtx *(*create)(void);
    size_t (*destroy)(ZSTD_CCtx *);
    size_t (*set)(ZSTD_CCtx *, ZSTD_cParameter, int);
    size_t (*run)(ZSTD_CCtx *, ZSTD_outBuffer *, ZSTD_inBuffer *, ZSTD_EndDirective);
    unsigned (*is_error)(size_t);
    ZSTD_bounds (*bounds)(ZSTD_cParameter);
    int is_usable;
} shared;

static void load_shared(void) {
    /* Its own symbols first: this program has the archive's under the same names. It stays loaded. */
    void *library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!library) return;
    *(void **)&shared.create = dlsym(library, "ZSTD_createCCtx");
    *(void **)&shared.destroy = dlsym(library, "ZSTD_freeCCtx");
    *(void **)&shared.set = dlsym(library, "ZSTD_CCtx_setParameter");
    *(void **)&shared.run = dlsym(library, "ZSTD_compressStream2");
    *(void **)&shared.is_error = dlsym(library, "ZSTD_isError");
    *(void **)&shared.bounds = dlsym(library, "ZSTD_cParam_getBounds");
    shared.is_usable = shared.create && shared.destroy && shared.set && shared.run && shared.is_error && shared.bounds &&
        shared.bounds(ZSTD_c_nbWorkers).upperBound > 0;
}

int ebb_zstd_has_threads(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_shared);
    return shared.is_usable;
}

/* Without threads the data lies in a region 2 MiB longer than the window and is compressed where it lies, block by block. The
   streaming interface copies it into a ring of little more than one window, in which the history is always in two pieces;
   with the window of the usual levels, 2 MiB, that costs 6 % more time. */
struct ebb_zstd {
    ZSTD_CCtx *context;
    int has_threads;
    uint8_t *region;
    size_t capacity, block; /* of the region; the most bytes of a block */
    size_t start, end;      /* of the block that is being filled */
    uint8_t *output;        /* compressed bytes that were not given yet, */
    size_t output_capacity, given, ready; /* from `given` to `ready` */
};

void ebb_zstd_destroy(ebb_zstd *zstd) {
    if (zstd->has_threads) shared.destroy(zstd->context);
    else ZSTD_freeCCtx(zstd->context);
    free(zstd->region);
    free(zstd->output);
    free(zstd);
}

static int start_shared(ebb_zstd *zstd, int level, int threads) {
    if (!ebb_zstd_has_threads()) return 0;
    zstd->has_threads = 1;
    zstd->context = shared.create();
    if (!zstd->context || shared.is_error(shared.set(zstd->context, ZSTD_c_compressionLevel, level)) ||
        shared.is_error(shared.set(zstd->context, ZSTD_c_nbWorkers, threads)))
        return 0;
    /* The threads start with the first call, which is not to be one that data depends on. */
    uint8_t nothing;
    ZSTD_inBuffer source = {&nothing, 0, 0};
    ZSTD_outBuffer target = {&nothing, 0, 0};
    return !shared.is_error(shared.run(zstd->context, &target, &source, ZSTD_e_continue));
}

static int start_alone(ebb_zstd *zstd, int level) {
    size_t window = (size_t)1 << ZSTD_getCParams(level, ZSTD_CONTENTSIZE_UNKNOWN, 0).windowLog;
    zstd->block = window < ZSTD_BLOCKSIZE_MAX ? window : ZSTD_BLOCKSIZE_MAX;
    zstd->capacity = window + (2 << 20);
    zstd->output_capacity = ZSTD_compressBound(zstd->block) + ZSTD_FRAMEHEADERSIZE_MAX;
    zstd->context = ZSTD_createCCtx();
    /* Only what is reached of it becomes memory. */
    zstd->region = malloc(zstd->capacity);
    zstd->output = malloc(zstd->output_capacity);
    return zstd->context && zstd->region && zstd->output && !ZSTD_isError(ZSTD_compressBegin(zstd->context, level));
}

ebb_zstd *ebb_zstd_create(int level, int threads) {
    ebb_zstd *zstd = calloc(1, sizeof *zstd);
    if (!zstd) return NULL;
    if (threads > 0 ? start_shared(zstd, level, threads) : start_alone(zstd, level)) return zstd;
    ebb_zstd_destroy(zstd);
    return NULL;
}

static int run_shared(
    ebb_zstd *zstd, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush) {
    ZSTD_inBuffer source = {in, *in_length, 0};
    ZSTD_outBuffer target = {out, *out_length, 0};
    size_t left = shared.run(zstd->context, &target, &source, flush ? ZSTD_e_flush : ZSTD_e_continue);
    *in_length = source.pos;
    *out_length = target.pos;
    if (shared.is_error(left)) return EBB_STREAM_MALFORMED;
    return source.pos == source.size && (!flush || left == 0) ? EBB_STREAM_DONE : EBB_STREAM_MORE;
}

/* Compresses the block; what it becomes is ready then. */
static int end_block(ebb_zstd *zstd) {
    size_t size = ZSTD_compressContinue(
        zstd->context, zstd->output, zstd->output_capacity, zstd->region + zstd->start, zstd->end - zstd->start);
    if (ZSTD_isError(size)) return 0;
    zstd->given = 0;
    zstd->ready = size;
    /* The region's start is written over when its end has a whole window: what goes is older than that. */
    if (zstd->capacity - zstd->end < zstd->block) zstd->end = 0;
    zstd->start = zstd->end;
    return 1;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

int ebb_zstd_run(
    ebb_zstd *zstd, const uint8_t *in, size_t *in_length, uint8_t *out, size_t *out_length, int flush) {
    if (zstd->has_threads) return run_shared(zstd, in, in_length, out, out_length, flush);
    size_t length = *in_length, room = *out_length;
    *in_length = *out_length = 0;
    for (;;) {
        size_t count = smaller(zstd->ready - zstd->given, room - *out_length);
        memcpy(out + *out_length, zstd->output + zstd->given, count);
        zstd->given += count;
        *out_length += count;
        if (zstd->given < zstd->ready) return EBB_STREAM_MORE;

        size_t filled = zstd->end - zstd->start;
        count = smaller(length - *in_length, zstd->block - filled);
        if (count > 0) memcpy(zstd->region + zstd->end, in + *in_length, count);
        zstd->end += count;
        *in_length += count;
        filled += count;
        if (filled < zstd->block && (!flush || filled == 0)) return EBB_STREAM_DONE;
        if (!end_block(zstd)) return EBB_STREAM_MALFORMED;
    }
}
