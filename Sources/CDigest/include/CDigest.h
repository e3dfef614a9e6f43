#ifndef EBB_CDIGEST_H
#define EBB_CDIGEST_H

/* Digest kernels behind the Swift module RsyncDigest: MD4 from RFC 1320, MD5 and SHA-1 of libcrypto through its
   low-level functions, and the xxHash family compiled in from its header.

   Loading libcrypto costs 0.8 ms at start-up, measured. Linking it statically costs nothing, but beside libssh2, which
   needs the shared one, would put half a second OpenSSL into rsync-conform. */

#include <stddef.h>
#include <stdint.h>

enum ebb_algorithm {
    EBB_MD4 = 0,
    EBB_MD5 = 1,
    EBB_SHA1 = 2,
    EBB_XXH64 = 3,
    EBB_XXH3 = 4,
    EBB_XXH128 = 5
};

/* Where the four seed bytes stand in what MD4, MD5 and SHA-1 hash. */
enum ebb_seed_place { EBB_SEED_NOWHERE = 0, EBB_SEED_FIRST = 1, EBB_SEED_LAST = 2 };

/* One sum over data[0 .. length). The xxHash family takes `seed` sign-extended to 64 bits, the others its four
   bytes, low byte first, at `place`. `out` receives 8, 16 or 20 bytes in wire order. */
void ebb_digest(int algorithm, int place, int32_t seed, const uint8_t *data, size_t length, uint8_t *out);

/* The same piecewise and unseeded. `create` returns NULL when memory is exhausted. `finish` may be called once. */
typedef struct ebb_hasher ebb_hasher;
ebb_hasher *ebb_hasher_create(int algorithm);
void ebb_hasher_update(ebb_hasher *hasher, const uint8_t *data, size_t length);
void ebb_hasher_finish(ebb_hasher *hasher, uint8_t *out);
void ebb_hasher_destroy(ebb_hasher *hasher);

#endif
