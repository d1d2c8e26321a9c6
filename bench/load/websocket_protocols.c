/* WebSocket, plain and under Socket.IO 4 (Engine.IO 4, whose packets begin with a digit). */
#define _GNU_SOURCE
#include "connection.h"
#include "websocket.h"

#include <string.h>

enum { HANDSHAKE, GREETING };

static void say(Connection *connection, const char *text)
{
    websocket_write(&connection->out, TEXT, text, strlen(text), true);
}

static void begin(Connection *connection)
{
    buffer_print(&connection->out,
                 "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nOrigin: http://localhost:%d\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Key: " SAMPLE_KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n",
                 connection->opening, options.port, options.port);
}

/* Take the answer to the handshake once its head is whole. */
static bool take_handshake(Connection *connection)
{
    Buffer *in = &connection->in;
    char *end = memmem(in->bytes, in->length, "\r\n\r\n", 4);
    if (!end)
        return false;
    *end = 0;
    if (in->length < 12 || memcmp(in->bytes + 9, "101", 3) || !strstr(in->bytes, SAMPLE_ACCEPT))
        fail("handshake", in->bytes);
    buffer_take(in, (size_t)(end + 4 - in->bytes));
    connection->step = GREETING;
    return true;
}

static void take_frames(Connection *connection, void (*take)(Connection *, const Frame *))
{
    Buffer *in = &connection->in;
    size_t taken = 0;
    Frame frame;
    FrameState state;
    while ((state = websocket_read(in->bytes + taken, in->length - taken, &frame)) == WHOLE) {
        taken += frame.size;
        if (frame.opcode == CLOSE)
            fail("closed", "the server sent a close frame");
        if (frame.opcode == PING)
            websocket_write(&connection->out, PONG, frame.payload, frame.length, true);
        if (frame.opcode == TEXT)
            take(connection, &frame);
    }
    if (state == UNSUPPORTED)
        fail("frame", "a fragment, or one over 64 KB");
    buffer_take(in, taken);
}

static void take_plain(Connection *connection, const Frame *frame)
{
    if (connection->state == READY)
        message_came(connection, frame->payload, frame->length);
    else
        connection_ready(connection); /* the answer to hello */
}

static void receive_plain(Connection *connection)
{
    if (connection->step == HANDSHAKE) {
        if (!take_handshake(connection))
            return;
        if (options.hello)
            say(connection, options.hello);
        else
            connection_ready(connection);
    }
    take_frames(connection, take_plain);
}

static void take_packet(Connection *connection, const Frame *frame)
{
    char engine = frame->length > 0 ? frame->payload[0] : 0, packet = frame->length > 1 ? frame->payload[1] : 0;
    if (engine == '2')
        say(connection, "3"); /* ping, pong */
    else if (engine == '0')
        say(connection, "40"); /* the engine is open: connect to the default namespace */
    else if (engine == '4' && packet == '0')
        connection_ready(connection);
    else if (engine == '4')
        message_came(connection, frame->payload, frame->length);
}

static void receive_socketio(Connection *connection)
{
    if (connection->step != HANDSHAKE || take_handshake(connection))
        take_frames(connection, take_packet);
}

static void send_text(Connection *connection, const char *message, size_t length)
{
    websocket_write(&connection->out, TEXT, message, length, true);
}

const Protocol WEBSOCKET = {"websocket", begin, receive_plain, send_text};
const Protocol SOCKETIO = {"socketio", begin, receive_socketio, send_text};
