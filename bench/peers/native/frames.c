#define _GNU_SOURCE
#include "frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PREVIEW_BYTES = 80 };

typedef struct {
    const char *start;
    size_t length;
} Slice;

/* The value of a string field; `name` comes as `"key":"`. False if there is none, or it is empty or too long. */
static bool field(const char *json, size_t length, const char *name, size_t most, Slice *value)
{
    const char *found = memmem(json, length, name, strlen(name));
    if (!found)
        return false;
    value->start = found + strlen(name);
    const char *end = memchr(value->start, '"', (size_t)(json + length - value->start));
    value->length = end ? (size_t)(end - value->start) : 0;
    return value->length > 0 && value->length <= most;
}

static bool has(const char *json, size_t length, const char *text)
{
    return memmem(json, length, text, strlen(text));
}

FrameKind frame_read(const char *json, size_t length, int sender, Message *message)
{
    Slice key, id, text;
    if (has(json, length, "\"t\":\"hello\""))
        return HELLO;
    if (has(json, length, "\"t\":\"ping\""))
        return KEEP_ALIVE;
    if (!has(json, length, "\"t\":\"send\"") || memchr(json, '\\', length) ||
        !field(json, length, "\"key\":\"", KEY_BYTES, &key) || !field(json, length, "\"id\":\"", ID_BYTES, &id) ||
        !field(json, length, "\"text\":\"", TEXT_BYTES, &text))
        return MALFORMED;
    char own[ID_BYTES + 1];
    snprintf(own, sizeof own, "%022d", thread_of(sender));
    if (id.length != ID_BYTES || memcmp(id.start, own, ID_BYTES))
        return FOREIGN;
    message->sender = sender;
    message->key_length = key.length;
    message->text_length = text.length;
    memcpy(message->key, key.start, key.length);
    memcpy(message->text, text.start, text.length);
    return SEND;
}

static const char *side_of(int sender)
{
    return sender % 2 ? "school" : "raiser";
}

/* The thread's row as the raiser (socket 2n) or the school (socket 2n + 1) sees it. */
static void row(Buffer *out, const Message *message, bool school)
{
    int thread = thread_of(message->sender);
    size_t preview = message->text_length < PREVIEW_BYTES ? message->text_length : PREVIEW_BYTES;
    buffer_print(out, "\"row\":{\"as\":\"%s\",\"id\":\"%022d\",\"rev\":%" PRId64, school ? "school" : "raiser", thread,
                 message->seq);
    if (school)
        buffer_print(out, ",\"owner\":\"%022d\",\"kind\":\"user\",\"worker\":null", thread);
    else
        buffer_print(out, ",\"school\":\"%022d\"", thread);
    buffer_print(out, ",\"subject\":\"bench\",\"state\":\"open\",\"since\":%" PRId64 ",\"at\":%" PRId64
                 ",\"seq\":%" PRId64 ",\"theirs\":%" PRId64, message->at, message->at, message->seq,
                 school ? message->seq : 0);
    if (school)
        buffer_print(out, ",\"settled\":0,\"turn_since\":%" PRId64, message->at);
    buffer_print(out, ",\"last\":{\"side\":\"%s\",\"text\":\"%.*s\"}}", side_of(message->sender), (int)preview,
                 message->text);
}

void frame_ack(Buffer *out, const Message *message)
{
    int key = (int)message->key_length;
    buffer_print(out, "{\"t\":\"ack\",\"key\":\"%.*s\",\"id\":\"%022d\",\"entry\":{\"as\":\"%s\",\"seq\":%" PRId64
                 ",\"at\":%" PRId64 ",\"side\":\"%s\",\"text\":\"%.*s\",\"key\":\"%.*s\"},", key, message->key,
                 thread_of(message->sender), side_of(message->sender), message->seq, message->at,
                 side_of(message->sender), (int)message->text_length, message->text, key, message->key);
    row(out, message, message->sender % 2);
    buffer_append(out, "}", 1);
}

void frame_event(Buffer *out, const Message *message)
{
    int receiver = message->sender ^ 1;
    buffer_print(out, "{\"t\":\"event\",\"id\":\"%022d\",\"entry\":{\"as\":\"%s\",\"seq\":%" PRId64 ",\"at\":%" PRId64
                 ",\"side\":\"%s\",\"author\":\"%022d\",\"text\":\"%.*s\",\"key\":null},", thread_of(message->sender),
                 side_of(receiver), message->seq, message->at, side_of(message->sender), message->sender,
                 (int)message->text_length, message->text);
    row(out, message, receiver % 2);
    buffer_append(out, "}", 1);
}
