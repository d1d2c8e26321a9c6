#define _GNU_SOURCE
#include "messages.h"

#include "figures.h"

#include <string.h>

enum { MARK = 2, STAMP = MARK + 19 }; /* bytes of a mark, and of one with the digits of a time */

#define KEY_MARK "__"
#define TEXT_MARK "@@"

static int64_t end = INT64_MAX;
static Buffer padding;

void messages_begin(int text_bytes)
{
    size_t bytes = text_bytes > STAMP ? (size_t)(text_bytes - STAMP) : 0;
    buffer_reserve(&padding, bytes + 1);
    memset(padding.bytes, 'x', bytes);
    padding.length = bytes;
}

void messages_end(int64_t time)
{
    end = time;
}

static void append_stamp(Buffer *out, const char *mark, int64_t time)
{
    buffer_print(out, "%s%019lld", mark, (long long)time);
}

static void append_text(Buffer *out, int64_t time)
{
    append_stamp(out, TEXT_MARK, time);
    buffer_append(out, padding.bytes, padding.length);
}

/* No two messages of a pair have one key. */
static int64_t unique(int64_t time)
{
    static int64_t last;
    return last = time > last ? time : last + 1;
}

void message_send(Connection *sender, int64_t time)
{
    static Buffer message;
    message.length = 0;
    time = unique(time);
    for (const char *at = options.template; *at; at++) {
        if (*at != '%') {
            buffer_append(&message, at, 1);
            continue;
        }
        switch (*++at) {
        case 'a': buffer_append(&message, sender->address, strlen(sender->address)); break;
        case 'k': append_stamp(&message, KEY_MARK, time); break;
        case 't': append_text(&message, time); break;
        default: fail("template", options.template);
        }
    }
    protocol->send(sender, message.bytes, message.length);
}

/* The time that 19 digits say; 0 if they are none. */
static int64_t time_at(const char *digits)
{
    int64_t time = 0;
    for (int i = 0; i < STAMP - MARK; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return 0;
        time = time * 10 + digits[i] - '0';
    }
    return time;
}

/* The first time in a message that follows a mark; 0 if there is none. A random id may hold a mark, but no digits. */
static int64_t stamp_in(const char *message, size_t length, const char *mark)
{
    const char *at = message, *end_of_message = message + length;
    while ((at = memmem(at, (size_t)(end_of_message - at), mark, MARK)) && end_of_message - at >= STAMP) {
        int64_t time = time_at(at + MARK);
        if (time)
            return time;
        at += MARK;
    }
    return 0;
}

static bool is_sender(const Connection *connection)
{
    return connection->number % 2 == 0;
}

static bool is_refusal(const char *message, size_t length)
{
    static const char *const SIGNS[] = {"\"refused\"", "\"error\"", "'error'"}; /* ours; the other servers'; XMPP's */
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (memmem(message, length, SIGNS[i], strlen(SIGNS[i])))
            return true;
    return false;
}

static void see_acknowledgement(Connection *sender, const char *message, size_t length)
{
    if (is_refusal(message, length)) {
        fprintf(stderr, "load: refused: %.*s\n", length < 300 ? (int)length : 300, message);
        figures_refused();
        return;
    }
    int64_t time = stamp_in(message, length, KEY_MARK);
    if (time && options.wants_ack) {
        figures_count(ACKNOWLEDGED, time);
        sender->acknowledged++;
    }
}

static void see_delivery(Connection *sender, const char *message, size_t length)
{
    int64_t time = stamp_in(message, length, TEXT_MARK);
    if (time) {
        figures_count(DELIVERED, time);
        sender->delivered++;
    }
}

/* Closed loop: each message that is done is followed by another. */
static void follow(Connection *sender)
{
    int done = sender->delivered;
    if (options.wants_ack && sender->acknowledged < done)
        done = sender->acknowledged;
    sender->delivered -= done;
    sender->acknowledged -= options.wants_ack ? done : 0;
    for (; options.rate == 0 && done > 0 && now() < end; done--)
        message_send(sender, now());
}

void message_came(Connection *connection, const char *message, size_t length)
{
    Connection *sender = connections + (connection->number & ~1);
    if (is_sender(connection))
        see_acknowledgement(sender, message, length);
    else
        see_delivery(sender, message, length);
    follow(sender);
}
