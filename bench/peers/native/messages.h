/* One message as the floor keeps it, and the store that keeps it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEY_BYTES = 64, TEXT_BYTES = 4000 };

typedef struct {
    int sender; /* the number of the socket: thread 0 has the sockets 0 (its raiser) and 1 (its school), and so on */
    bool repeated; /* its thread had the key already */
    int64_t seq, at;
    size_t key_length, text_length;
    char key[KEY_BYTES], text[TEXT_BYTES];
} Message;

static inline int thread_of(int sender)
{
    return sender / 2;
}

/* Open or make the database: WAL, synchronous=FULL. Ends the program on an error, as all that follow. */
void store_open(const char *path);
/* Write all in one transaction, which is on disk when this returns. Each message gets its `seq`, its place in the
 * thread. A key that its thread has already is not written again: its message is `repeated`, and gets the first seq. */
void store_write(Message *messages, size_t count);
