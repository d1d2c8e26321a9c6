/* The frames of docs/protocol.md that a send needs, in and out. */
#pragma once
#include "buffer.h"
#include "messages.h"

enum { ID_BYTES = 22 };

typedef enum { SEND, HELLO, KEEP_ALIVE, MALFORMED, FOREIGN } FrameKind;

/* Read a frame of socket `sender`; of a send, fill in the message. JSON without escapes only.
 * MALFORMED: not a frame of ours. FOREIGN: a send to another pair's thread. */
FrameKind frame_read(const char *json, size_t length, int sender, Message *message);
/* Append the JSON of the ack for the sender, or of the event for the other socket of the pair. */
void frame_ack(Buffer *out, const Message *message);
void frame_event(Buffer *out, const Message *message);
