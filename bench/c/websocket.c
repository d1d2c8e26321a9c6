#include "websocket.h"

#include <string.h>

enum { FINAL = 0x80, MASKED = 0x80, LENGTH_BITS = 0x7f, TWO_BYTES = 126, EIGHT_BYTES = 127, MASK_BYTES = 4 };

static const char MASK[MASK_BYTES] = {0x37, 0x7a, 0x21, 0x3d};

static void apply_mask(char *payload, size_t length, const char *mask)
{
    for (size_t i = 0; i < length; i++)
        payload[i] ^= mask[i % MASK_BYTES];
}

FrameState websocket_read(char *bytes, size_t length, Frame *frame)
{
    const unsigned char *head = (const unsigned char *)bytes;
    if (length < 2)
        return PARTIAL;
    bool masked = head[1] & MASKED;
    size_t start = 2, payload = head[1] & LENGTH_BITS;
    if (!(head[0] & FINAL) || payload == EIGHT_BYTES)
        return UNSUPPORTED;
    if (payload == TWO_BYTES) {
        if (length < 4)
            return PARTIAL;
        payload = (size_t)(head[2] << 8 | head[3]);
        start = 4;
    }
    start += masked ? MASK_BYTES : 0;
    if (length < start + payload)
        return PARTIAL;
    *frame = (Frame){head[0] & 0x0f, bytes + start, payload, start + payload};
    if (masked)
        apply_mask(frame->payload, payload, bytes + start - MASK_BYTES);
    return WHOLE;
}

void websocket_write(Buffer *out, int opcode, const char *payload, size_t length, bool masked)
{
    char head[8];
    size_t start = 0;
    head[start++] = (char)(FINAL | opcode);
    if (length < TWO_BYTES) {
        head[start++] = (char)((masked ? MASKED : 0) | length);
    } else {
        head[start++] = (char)((masked ? MASKED : 0) | TWO_BYTES);
        head[start++] = (char)(length >> 8);
        head[start++] = (char)length;
    }
    buffer_append(out, head, start);
    if (masked)
        buffer_append(out, MASK, MASK_BYTES);
    buffer_append(out, payload, length);
    if (masked)
        apply_mask(out->bytes + out->length - length, length, MASK);
}
