#include "buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 4096, PRINTED = 256 }; /* bytes asked of a socket at once, and tried for a text, at least */

void buffer_reserve(Buffer *buffer, size_t more)
{
    if (buffer->room - buffer->length >= more)
        return;
    buffer->room = (buffer->length + more) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->room);
    if (!buffer->bytes)
        abort();
}

void buffer_append(Buffer *buffer, const void *bytes, size_t length)
{
    buffer_reserve(buffer, length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

void buffer_print(Buffer *buffer, const char *format, ...)
{
    for (size_t more = PRINTED;;) {
        buffer_reserve(buffer, more);
        size_t room = buffer->room - buffer->length;
        va_list values;
        va_start(values, format);
        size_t length = (size_t)vsnprintf(buffer->bytes + buffer->length, room, format, values);
        va_end(values);
        if (length < room) {
            buffer->length += length;
            return;
        }
        more = length + 1;
    }
}

void buffer_take(Buffer *buffer, size_t length)
{
    buffer->length -= length;
    memmove(buffer->bytes, buffer->bytes + length, buffer->length);
}

void buffer_free(Buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (Buffer){0};
}

bool buffer_fill(Buffer *buffer, int fd)
{
    for (;;) {
        buffer_reserve(buffer, PIECE);
        size_t room = buffer->room - buffer->length;
        ssize_t count = recv(fd, buffer->bytes + buffer->length, room, 0);
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        if (count == 0)
            return false;
        buffer->length += (size_t)count;
        if ((size_t)count < room)
            return true;
    }
}

bool buffer_flush(Buffer *buffer, int fd)
{
    while (buffer->length) {
        ssize_t count = send(fd, buffer->bytes, buffer->length, MSG_NOSIGNAL);
        if (count < 0)
            return errno == EAGAIN || errno == EINTR;
        buffer_take(buffer, (size_t)count);
    }
    return true;
}
