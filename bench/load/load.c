/* The load generator: pairs of sockets that send and receive messages of one size. `load --help` says how to ask it.
 *
 * One thread. Socket 2n sends, socket 2n + 1 receives. Closed loop: a pair sends its next message when one of its
 * messages is done. Open loop: messages are due at a fixed rate, whatever is done. A refusal is counted and shown; a
 * broken socket ends the program. */
#define _GNU_SOURCE
#include "connection.h"
#include "figures.h"
#include "messages.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    OPENING_AT_ONCE = 100,     /* connections that are being opened at a time */
    SOCKETS_AN_ADDRESS = 2000, /* of this machine's loopback addresses: a server may limit those of one */
    OPENING_SECONDS = 120,
    BATCH = 256,
};

static const int64_t SECOND = 1000000000;

Options options;
Connection *connections;
const Protocol *protocol;
static int count, ready_count, epoll;

void fail(const char *what, const char *detail)
{
    fprintf(stderr, "load: %s: %.300s\n", what, detail);
    exit(1);
}

/* --- sockets ----------------------------------------------------------------------------------------------------- */

static void watch(Connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {events, {.ptr = connection}};
    if (epoll_ctl(epoll, operation, connection->fd, &event) < 0)
        fail("epoll_ctl", strerror(errno));
}

static void flush(Connection *connection)
{
    if (!connection->out.length)
        return;
    if (!buffer_flush(&connection->out, connection->fd))
        fail("write", strerror(errno));
    if (connection->out.length)
        watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

void connection_ready(Connection *connection)
{
    connection->state = READY;
    ready_count++;
}

static void connect_one(Connection *connection)
{
    int on = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0)
        fail("socket", strerror(errno));
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    uint32_t source = INADDR_LOOPBACK + (uint32_t)(connection->number / SOCKETS_AN_ADDRESS);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) < 0)
        fail("bind", strerror(errno));
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        fail("connect", strerror(errno));
    watch(connection, EPOLL_CTL_ADD, EPOLLOUT);
}

static void can_write(Connection *connection)
{
    watch(connection, EPOLL_CTL_MOD, EPOLLIN);
    if (connection->state == CONNECTING) {
        connection->state = OPENING;
        protocol->begin(connection);
    }
    flush(connection);
}

static void can_read(Connection *connection)
{
    if (!buffer_fill(&connection->in, connection->fd)) {
        buffer_append(&connection->in, "", 1);
        fail("closed by the server", connection->in.bytes);
    }
    protocol->receive(connection);
    flush(connection);
    flush(connections + (connection->number & ~1));
}

/* Wait for what the sockets have, at most `nanoseconds`. False once standard input, where it is watched, has ended. */
static bool pump(int64_t nanoseconds)
{
    struct epoll_event events[BATCH];
    struct timespec wait = {nanoseconds / SECOND, nanoseconds % SECOND};
    int found = epoll_pwait2(epoll, events, BATCH, &wait, NULL);
    for (int i = 0; i < found; i++) {
        Connection *connection = events[i].data.ptr;
        if (!connection)
            return false;
        if (events[i].events & EPOLLOUT)
            can_write(connection);
        if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
            can_read(connection);
    }
    return true;
}

static void read_sockets(void)
{
    FILE *file = fopen(options.sockets, "r");
    Connection one = {0};
    if (!file)
        fail(options.sockets, strerror(errno));
    while (fscanf(file, "%255s %95s", one.opening, one.address) == 2) {
        connections = realloc(connections, (size_t)(count + 1) * sizeof one);
        one.number = count;
        connections[count++] = one;
    }
    fclose(file);
    if (count == 0 || count % 2)
        fail(options.sockets, "pairs of lines are needed");
}

static double connect_all(void)
{
    int64_t began = now();
    for (int number = 0; ready_count < count;) {
        while (number < count && number - ready_count < OPENING_AT_ONCE)
            connect_one(connections + number++);
        pump(SECOND / 100);
        if (now() - began > OPENING_SECONDS * SECOND)
            fail("opening", "it takes too long");
    }
    return (double)(now() - began) / (double)SECOND;
}

/* --- runs -------------------------------------------------------------------------------------------------------- */

/* Let what follows an opening, such as presences, come in. */
static void settle(void)
{
    for (int64_t until = now() + SECOND * 3 / 10; now() < until;)
        pump(SECOND / 50);
}

static void stay_idle(void)
{
    struct epoll_event event = {EPOLLIN, {.ptr = NULL}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    while (pump(SECOND))
        ;
}

static void begin_closed_loop(void)
{
    for (int number = 0; number < count; number += 2) {
        for (int sent = 0; sent < options.in_flight; sent++)
            message_send(connections + number, now());
        flush(connections + number);
    }
}

/* Send what is due; answers how long nothing more is. */
static int64_t send_due(int64_t began)
{
    static int64_t sent;
    for (;; sent++) {
        int64_t due = began + (int64_t)((double)sent * (double)SECOND / options.rate), wait = due - now();
        if (wait > 0)
            return wait;
        Connection *sender = connections + sent % (count / 2) * 2;
        message_send(sender, due);
        flush(sender);
    }
}

static void run(void)
{
    int64_t end, began = now(), counted = began + (int64_t)(options.warm_up * (double)SECOND);
    bool counting = false;
    end = counted + (int64_t)(options.seconds * (double)SECOND);
    messages_end(end);
    if (options.rate == 0)
        begin_closed_loop();
    while (now() < end) {
        int64_t wait = options.rate > 0 ? send_due(began) : SECOND / 100;
        if (!counting && now() >= counted) {
            counting = true;
            figures_begin();
        }
        pump(wait);
    }
}

static const Protocol *protocol_named(const char *name)
{
    static const Protocol *const KNOWN[] = {&WEBSOCKET, &SOCKETIO, &XMPP};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (!strcmp(name, KNOWN[i]->name))
            return KNOWN[i];
    fail("protocol", name);
}

int main(int argument_count, char **arguments)
{
    struct rlimit files;
    options = options_read(argument_count, arguments);
    protocol = protocol_named(options.protocol);
    prctl(PR_SET_TIMERSLACK, 1); /* wake when a message is due, not 50 us later */
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll = epoll_create1(0);
    messages_begin(options.text_bytes);
    read_sockets();
    double connect_seconds = connect_all();
    if (options.idle) {
        figures_print(stdout, connect_seconds);
        stay_idle();
        return 0;
    }
    settle();
    run();
    figures_print(stdout, connect_seconds);
    return 0;
}
