/* MD4, RFC 1320. Own code: OpenSSL 3 keeps its MD4 in the legacy provider, which need not be there. */
#include "md4.h"

#include <string.h>

static inline uint32_t load_little(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define STEP(f, a, b, c, d, word, constant, bits) a = rotate(a + f(b, c, d) + x[word] + constant, bits)
#define ROUND(f, constant, w0, w1, w2, w3, s0, s1, s2, s3) \
    STEP(f, a, b, c, d, w0, constant, s0); \
    STEP(f, d, a, b, c, w1, constant, s1); \
    STEP(f, c, d, a, b, w2, constant, s2); \
    STEP(f, b, c, d, a, w3, constant, s3)

/* Section 3.4. */
static void compress(uint32_t *state, const uint8_t *data, size_t blocks) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (; blocks > 0; blocks--, data += 64) {
        uint32_t x[16];
        for (int index = 0; index < 16; index++) x[index] = load_little(data + 4 * index);
        uint32_t a0 = a, b0 = b, c0 = c, d0 = d;

        ROUND(F, 0u, 0, 1, 2, 3, 3, 7, 11, 19);
        ROUND(F, 0u, 4, 5, 6, 7, 3, 7, 11, 19);
        ROUND(F, 0u, 8, 9, 10, 11, 3, 7, 11, 19);
        ROUND(F, 0u, 12, 13, 14, 15, 3, 7, 11, 19);

        ROUND(G, 0x5a827999u, 0, 4, 8, 12, 3, 5, 9, 13);
        ROUND(G, 0x5a827999u, 1, 5, 9, 13, 3, 5, 9, 13);
        ROUND(G, 0x5a827999u, 2, 6, 10, 14, 3, 5, 9, 13);
        ROUND(G, 0x5a827999u, 3, 7, 11, 15, 3, 5, 9, 13);

        ROUND(H, 0x6ed9eba1u, 0, 8, 4, 12, 3, 9, 11, 15);
        ROUND(H, 0x6ed9eba1u, 2, 10, 6, 14, 3, 9, 11, 15);
        ROUND(H, 0x6ed9eba1u, 1, 9, 5, 13, 3, 9, 11, 15);
        ROUND(H, 0x6ed9eba1u, 3, 11, 7, 15, 3, 9, 11, 15);

        a += a0;
        b += b0;
        c += c0;
        d += d0;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
}

void ebb_md4_init(ebb_md4 *context) {
    context->state[0] = 0x67452301;
    context->state[1] = 0xefcdab89;
    context->state[2] = 0x98badcfe;
    context->state[3] = 0x10325476;
    context->length = 0;
}

void ebb_md4_update(ebb_md4 *context, const uint8_t *data, size_t length) {
    if (length == 0) return;
    size_t held = (size_t)(context->length & 63);
    context->length += length;
    if (held > 0) {
        size_t room = 64 - held;
        size_t taken = length < room ? length : room;
        memcpy(context->pending + held, data, taken);
        if (taken < room) return;
        compress(context->state, context->pending, 1);
        data += taken;
        length -= taken;
    }
    if (length >= 64) compress(context->state, data, length / 64);
    if (length & 63) memcpy(context->pending, data + (length & ~(size_t)63), length & 63);
}

void ebb_md4_final(ebb_md4 *context, uint8_t out[16]) {
    uint64_t bits = context->length << 3;
    size_t held = (size_t)(context->length & 63);
    context->pending[held++] = 0x80;
    if (held > 56) {
        memset(context->pending + held, 0, 64 - held);
        compress(context->state, context->pending, 1);
        held = 0;
    }
    memset(context->pending + held, 0, 56 - held);
    for (int index = 0; index < 8; index++) context->pending[56 + index] = (uint8_t)(bits >> 8 * index);
    compress(context->state, context->pending, 1);
    for (int index = 0; index < 16; index++) out[index] = (uint8_t)(context->state[index / 4] >> 8 * (index & 3));
}
