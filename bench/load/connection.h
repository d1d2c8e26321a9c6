/* One socket of the load generator, and what each protocol does with it. */
#pragma once
#include "buffer.h"
#include "options.h"

enum { OPENING_BYTES = 256, ADDRESS_BYTES = 96 };

typedef enum { CONNECTING, OPENING, READY } ConnectionState;

typedef struct {
    int fd, number, step; /* `step` is the protocol's own, while it opens the socket */
    ConnectionState state;
    char opening[OPENING_BYTES], address[ADDRESS_BYTES];
    Buffer in, out;
    int delivered, acknowledged; /* of a sender's messages, those that no next message has followed */
} Connection;

typedef struct {
    const char *name;
    void (*begin)(Connection *connection);   /* the socket is connected: queue its first bytes */
    void (*receive)(Connection *connection); /* take what came in: open the socket, or pass messages on */
    void (*send)(Connection *connection, const char *message, size_t length); /* queue a message */
} Protocol;

extern const Protocol WEBSOCKET, SOCKETIO, XMPP;
extern Options options;
extern Connection *connections; /* socket 2n sends to socket 2n + 1 */
extern const Protocol *protocol;

/* What a protocol calls: the socket is open; and a whole message came. */
void connection_ready(Connection *connection);
void message_came(Connection *connection, const char *message, size_t length);
/* Say what failed and end the program: a figure with failures in it is none. */
void fail(const char *what, const char *detail) __attribute__((noreturn));
