#define _GNU_SOURCE
#include "frames.h"

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

/* --- writing, by plain copies: formats of printf take three times as long ------------------------------------------ */

static void put(Buffer *out, const char *text)
{
    buffer_append(out, text, strlen(text));
}

static void put_digits(Buffer *out, int64_t value, size_t least)
{
    char digits[24];
    size_t at = sizeof digits;
    for (; value || sizeof digits - at < least; value /= 10)
        digits[--at] = (char)('0' + value % 10);
    buffer_append(out, digits + at, sizeof digits - at);
}

static void put_number(Buffer *out, const char *name, int64_t value)
{
    put(out, name);
    put_digits(out, value, 1);
}

static void put_string(Buffer *out, const char *name, const char *text, size_t length)
{
    put(out, name);
    put(out, "\"");
    buffer_append(out, text, length);
    put(out, "\"");
}

static void put_id(Buffer *out, const char *name, int number)
{
    put(out, name);
    put(out, "\"");
    put_digits(out, number, ID_BYTES);
    put(out, "\"");
}

static const char *side_of(int sender)
{
    return sender % 2 ? "\"school\"" : "\"raiser\"";
}

/* The entry up to what depends on who sees it. */
static void put_entry(Buffer *out, const Message *message, int viewer)
{
    put(out, ",\"entry\":{\"as\":");
    put(out, side_of(viewer));
    put_number(out, ",\"seq\":", message->seq);
    put_number(out, ",\"at\":", message->at);
    put(out, ",\"side\":");
    put(out, side_of(message->sender));
}

/* The thread's row as the raiser (socket 2n) or the school (socket 2n + 1) sees it. */
static void put_row(Buffer *out, const Message *message, int viewer)
{
    int thread = thread_of(message->sender);
    bool school = viewer % 2;
    size_t preview = message->text_length < PREVIEW_BYTES ? message->text_length : PREVIEW_BYTES;
    put(out, ",\"row\":{\"as\":");
    put(out, side_of(viewer));
    put_id(out, ",\"id\":", thread);
    put_number(out, ",\"rev\":", message->seq);
    put_id(out, school ? ",\"owner\":" : ",\"school\":", thread);
    put(out, school ? ",\"kind\":\"user\",\"worker\":null" : "");
    put(out, ",\"subject\":\"bench\",\"state\":\"open\"");
    put_number(out, ",\"since\":", message->at);
    put_number(out, ",\"at\":", message->at);
    put_number(out, ",\"seq\":", message->seq);
    put_number(out, ",\"theirs\":", school ? message->seq : 0);
    if (school)
        put_number(out, ",\"settled\":0,\"turn_since\":", message->at);
    put(out, ",\"last\":{\"side\":");
    put(out, side_of(message->sender));
    put_string(out, ",\"text\":", message->text, preview);
    put(out, "}}");
}

void frame_ack(Buffer *out, const Message *message)
{
    put_string(out, "{\"t\":\"ack\",\"key\":", message->key, message->key_length);
    put_id(out, ",\"id\":", thread_of(message->sender));
    put_entry(out, message, message->sender);
    put_string(out, ",\"text\":", message->text, message->text_length);
    put_string(out, ",\"key\":", message->key, message->key_length);
    put(out, "}");
    put_row(out, message, message->sender);
    put(out, "}");
}

void frame_event(Buffer *out, const Message *message)
{
    int receiver = message->sender ^ 1;
    put_id(out, "{\"t\":\"event\",\"id\":", thread_of(message->sender));
    put_entry(out, message, receiver);
    put_id(out, ",\"author\":", message->sender);
    put_string(out, ",\"text\":", message->text, message->text_length);
    put(out, ",\"key\":null}");
    put_row(out, message, receiver);
    put(out, "}");
}
