/* What a message is made of, and how it is known again.
 *
 * A message carries the time when it was sent or due twice: in its key ("__" and 19 digits), by which the
 * acknowledgement is known, and at the start of its text ("@@" and 19 digits), by which the delivery is known. */
#pragma once
#include "connection.h"

#include <stdint.h>

/* Texts have so many bytes. */
void messages_begin(int text_bytes);
/* In the closed loop, no message follows another after this time. */
void messages_end(int64_t time);
/* Queue a message that is sent, or was due, at a time. */
void message_send(Connection *sender, int64_t time);
