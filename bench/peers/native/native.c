/* The native floor: what a durable send costs in C, with nothing but the kernel and SQLite.
 *
 * native PORT DATABASE
 *
 * One thread. All frames that one pass of the loop reads are written in one transaction; acks and events leave after
 * its COMMIT, one write for each socket. Socket N opens with /api/socket?ticket=N; the sockets 2n and 2n + 1 share
 * thread n. The frames are those of docs/protocol.md. There are no accounts, no rules and no limits of rate: that is
 * what the product does beside this work. */
#define _GNU_SOURCE
#include "buffer.h"
#include "frames.h"
#include "messages.h"
#include "websocket.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 65536, EVENTS = 1024, BACKLOG = 4096 };

#define WELCOME "{\"t\":\"hello\",\"protocol\":1}"
#define PONGED "{\"t\":\"pong\"}"
#define REFUSED "{\"t\":\"refused\",\"key\":null,\"code\":\"%s\",\"sentence\":\"%s\"}"
#define ANSWER                                                                                                         \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "          \
    SAMPLE_ACCEPT "\r\n\r\n"

typedef struct Connection {
    int fd, number;
    bool opened, closed, queued;
    Buffer in, out;
    struct Connection *next; /* of the connections that this pass writes to, or of those that it closes */
} Connection;

static int epoll;
static Connection *sockets[SOCKETS];
static Connection *to_flush, *to_close;
static Message *batch;
static size_t batch_length, batch_room;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void queue(Connection *connection)
{
    if (connection->queued)
        return;
    connection->queued = true;
    connection->next = to_flush;
    to_flush = connection;
}

static void say(Connection *connection, const char *json, size_t length)
{
    websocket_write(&connection->out, TEXT, json, length, false);
    queue(connection);
}

static void refuse(Connection *connection, const char *code, const char *sentence)
{
    char json[200];
    say(connection, json, (size_t)snprintf(json, sizeof json, REFUSED, code, sentence));
}

static Message *next_message(void)
{
    if (batch_length == batch_room) {
        batch_room = batch_room * 2 + 256;
        batch = realloc(batch, batch_room * sizeof *batch);
        if (!batch)
            fail("realloc");
    }
    return batch + batch_length;
}

static void take_text(Connection *connection, const Frame *frame)
{
    Message *message = next_message();
    switch (frame_read(frame->payload, frame->length, connection->number, message)) {
    case SEND:
        message->at = milliseconds();
        batch_length++;
        break;
    case HELLO:
        say(connection, WELCOME, strlen(WELCOME));
        break;
    case KEEP_ALIVE:
        say(connection, PONGED, strlen(PONGED));
        break;
    case MALFORMED:
        refuse(connection, "malformed", "The frame is not valid.");
        break;
    case FOREIGN:
        refuse(connection, "not_found", "There is no such thread.");
    }
}

/* Answer the handshake once its head is whole. False if it is not one of ours. */
static bool open_socket(Connection *connection)
{
    char *head = connection->in.bytes, *end = memmem(head, connection->in.length, "\r\n\r\n", 4);
    if (!end)
        return true;
    *end = 0;
    char *ticket = strstr(head, "/api/socket?ticket=");
    int number = ticket ? atoi(strchr(ticket, '=') + 1) : -1;
    if (number < 0 || number >= SOCKETS || !strstr(head, SAMPLE_KEY))
        return false;
    connection->opened = true;
    connection->number = number;
    sockets[number] = connection;
    buffer_append(&connection->out, ANSWER, strlen(ANSWER));
    queue(connection);
    buffer_take(&connection->in, (size_t)(end + 4 - head));
    return true;
}

/* Take all whole frames. False if the socket has to be closed. */
static bool take_frames(Connection *connection)
{
    size_t taken = 0;
    Frame frame;
    FrameState state;
    while ((state = websocket_read(connection->in.bytes + taken, connection->in.length - taken, &frame)) == WHOLE) {
        if (frame.opcode == CLOSE)
            return false;
        if (frame.opcode == TEXT)
            take_text(connection, &frame);
        taken += frame.size;
    }
    buffer_take(&connection->in, taken);
    return state == PARTIAL;
}

static void receive(Connection *connection)
{
    bool good = buffer_fill(&connection->in, connection->fd) && (connection->opened || open_socket(connection)) &&
                (!connection->opened || take_frames(connection));
    connection->closed = connection->closed || !good;
}

static void deliver(const Message *message)
{
    static Buffer json;
    Connection *sender = sockets[message->sender], *receiver = sockets[message->sender ^ 1];
    if (receiver && !message->repeated) {
        json.length = 0;
        frame_event(&json, message);
        say(receiver, json.bytes, json.length);
    }
    if (sender) {
        json.length = 0;
        frame_ack(&json, message);
        say(sender, json.bytes, json.length);
    }
}

static void commit(void)
{
    if (!batch_length)
        return;
    store_write(batch, batch_length);
    for (size_t i = 0; i < batch_length; i++)
        deliver(batch + i);
    batch_length = 0;
}

static void watch(Connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {events, {.ptr = connection}};
    if (epoll_ctl(epoll, operation, connection->fd, &event) < 0)
        fail("epoll_ctl");
}

static void flush_all(void)
{
    while (to_flush) {
        Connection *connection = to_flush;
        to_flush = connection->next;
        connection->queued = false;
        if (!buffer_flush(&connection->out, connection->fd))
            connection->closed = true;
        else if (connection->out.length)
            watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        if (connection->closed) {
            connection->next = to_close;
            to_close = connection;
        }
    }
}

static void close_all(void)
{
    while (to_close) {
        Connection *connection = to_close;
        to_close = connection->next;
        if (connection->opened && sockets[connection->number] == connection)
            sockets[connection->number] = NULL;
        close(connection->fd);
        buffer_free(&connection->in);
        buffer_free(&connection->out);
        free(connection);
    }
}

static void accept_all(int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Connection *connection = calloc(1, sizeof *connection);
        if (!connection)
            fail("calloc");
        connection->fd = fd;
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_on(int port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0)
        fail("native: listen");
    return listener;
}

static void ready(Connection *connection, uint32_t events)
{
    if (events & EPOLLOUT) {
        watch(connection, EPOLL_CTL_MOD, EPOLLIN);
        queue(connection);
    }
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        receive(connection);
    if (connection->closed)
        queue(connection); /* it is closed when this pass is written */
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "usage: native PORT DATABASE\n");
        return 2;
    }
    struct rlimit files = {SOCKETS, SOCKETS};
    setrlimit(RLIMIT_NOFILE, &files); /* where it is forbidden, fewer sockets fit */
    store_open(arguments[2]);
    epoll = epoll_create1(0);
    int listener = listen_on(atoi(arguments[1]));
    struct epoll_event events[EVENTS], incoming = {EPOLLIN, {.ptr = NULL}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &incoming);
    for (;;) {
        int found = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < found; i++) {
            if (events[i].data.ptr)
                ready(events[i].data.ptr, events[i].events);
            else
                accept_all(listener);
        }
        commit();
        flush_all();
        close_all();
    }
}
