/* A growing array of bytes: what came in and is not read yet, or what waits to go out. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *bytes;
    size_t length, room;
} Buffer;

/* Make room for `more` bytes behind the end. */
void buffer_reserve(Buffer *buffer, size_t more);
void buffer_append(Buffer *buffer, const void *bytes, size_t length);
/* Append formatted text. */
void buffer_print(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Remove `length` bytes from the front. */
void buffer_take(Buffer *buffer, size_t length);
void buffer_free(Buffer *buffer);

/* Read all that a non-blocking socket has. False if the other end closed it or it broke. */
bool buffer_fill(Buffer *buffer, int fd);
/* Write what a non-blocking socket takes; the rest stays. False if the socket broke. */
bool buffer_flush(Buffer *buffer, int fd);
