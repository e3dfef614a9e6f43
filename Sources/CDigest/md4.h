#ifndef EBB_MD4_H
#define EBB_MD4_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t state[4];
    uint64_t length; /* bytes taken so far */
    uint8_t pending[64];
} ebb_md4;

void ebb_md4_init(ebb_md4 *context);
void ebb_md4_update(ebb_md4 *context, const uint8_t *data, size_t length);
void ebb_md4_final(ebb_md4 *context, uint8_t out[16]);

#endif
