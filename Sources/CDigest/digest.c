#include "CDigest.h"

#include <stdlib.h>

/* The one-shot low-level functions are marked deprecated because they bypass providers. Here that is the point: no
   allocation, no look-up, and they work under any OpenSSL configuration. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "md4.h"

/* MD4, MD5 or SHA-1, by the algorithm that goes along. */
typedef union {
    ebb_md4 md4;
    MD5_CTX md5;
    SHA_CTX sha1;
} classic;

static void classic_init(classic *context, int algorithm) {
    switch (algorithm) {
    case EBB_MD4: ebb_md4_init(&context->md4); break;
    case EBB_MD5: MD5_Init(&context->md5); break;
    default: SHA1_Init(&context->sha1); break;
    }
}

static void classic_update(classic *context, int algorithm, const uint8_t *data, size_t length) {
    switch (algorithm) {
    case EBB_MD4: ebb_md4_update(&context->md4, data, length); break;
    case EBB_MD5: MD5_Update(&context->md5, data, length); break;
    default: SHA1_Update(&context->sha1, data, length); break;
    }
}

static void classic_final(classic *context, int algorithm, uint8_t *out) {
    switch (algorithm) {
    case EBB_MD4: ebb_md4_final(&context->md4, out); break;
    case EBB_MD5: MD5_Final(out, &context->md5); break;
    default: SHA1_Final(out, &context->sha1); break;
    }
}

static void store64(uint8_t *out, uint64_t value) {
    for (int index = 0; index < 8; index++) out[index] = (uint8_t)(value >> 8 * index);
}

static void store128(uint8_t *out, XXH128_hash_t value) {
    store64(out, value.low64);
    store64(out + 8, value.high64);
}

static void store_seed(uint8_t out[4], int32_t seed) {
    for (int index = 0; index < 4; index++) out[index] = (uint8_t)((uint32_t)seed >> 8 * index);
}

void ebb_digest(int algorithm, int place, int32_t seed, const uint8_t *data, size_t length, uint8_t *out) {
    uint64_t wide = (uint64_t)(int64_t)seed;
    switch (algorithm) {
    case EBB_XXH64: store64(out, XXH64(data, length, wide)); return;
    case EBB_XXH3: store64(out, XXH3_64bits_withSeed(data, length, wide)); return;
    case EBB_XXH128: store128(out, XXH3_128bits_withSeed(data, length, wide)); return;
    default: break;
    }
    uint8_t bytes[4];
    store_seed(bytes, seed);
    classic context;
    classic_init(&context, algorithm);
    if (place == EBB_SEED_FIRST) classic_update(&context, algorithm, bytes, 4);
    classic_update(&context, algorithm, data, length);
    if (place == EBB_SEED_LAST) classic_update(&context, algorithm, bytes, 4);
    classic_final(&context, algorithm, out);
}

struct ebb_hasher {
    int algorithm;
    union {
        classic classic;
        XXH64_state_t xxh64;
        XXH3_state_t xxh3;
    } state;
};

ebb_hasher *ebb_hasher_create(int algorithm) {
    /* XXH3's state wants 64-byte alignment; sizeof is a multiple of the alignment, as aligned_alloc asks. */
    ebb_hasher *hasher = aligned_alloc(_Alignof(struct ebb_hasher), sizeof(struct ebb_hasher));
    if (!hasher) return NULL;
    hasher->algorithm = algorithm;
    switch (algorithm) {
    case EBB_XXH64: XXH64_reset(&hasher->state.xxh64, 0); break;
    case EBB_XXH3:
        XXH3_INITSTATE(&hasher->state.xxh3);
        XXH3_64bits_reset(&hasher->state.xxh3);
        break;
    case EBB_XXH128:
        XXH3_INITSTATE(&hasher->state.xxh3);
        XXH3_128bits_reset(&hasher->state.xxh3);
        break;
    default: classic_init(&hasher->state.classic, algorithm); break;
    }
    return hasher;
}

void ebb_hasher_update(ebb_hasher *hasher, const uint8_t *data, size_t length) {
    switch (hasher->algorithm) {
    case EBB_XXH64: XXH64_update(&hasher->state.xxh64, data, length); break;
    case EBB_XXH3: XXH3_64bits_update(&hasher->state.xxh3, data, length); break;
    case EBB_XXH128: XXH3_128bits_update(&hasher->state.xxh3, data, length); break;
    default: classic_update(&hasher->state.classic, hasher->algorithm, data, length); break;
    }
}

void ebb_hasher_finish(ebb_hasher *hasher, uint8_t *out) {
    switch (hasher->algorithm) {
    case EBB_XXH64: store64(out, XXH64_digest(&hasher->state.xxh64)); break;
    case EBB_XXH3: store64(out, XXH3_64bits_digest(&hasher->state.xxh3)); break;
    case EBB_XXH128: store128(out, XXH3_128bits_digest(&hasher->state.xxh3)); break;
    default: classic_final(&hasher->state.classic, hasher->algorithm, out); break;
    }
}

void ebb_hasher_destroy(ebb_hasher *hasher) { free(hasher); }
