#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char USAGE[] =
    "load --port PORT --protocol websocket|socketio|xmpp --sockets FILE --template TEXT [options]\n"
    "Socket 2n sends to socket 2n + 1. Prints one JSON object.\n"
    "  --sockets FILE    a line \"OPENING ADDRESS\" for each socket: its path (XMPP: its user), and where its messages go\n"
    "  --template TEXT   a message; %a is the address, %k the key, %t the text\n"
    "  --hello TEXT      the first frame of a socket, which the server answers\n"
    "  --no-ack          the server acknowledges nothing to the sender\n"
    "  --in-flight N     closed loop: messages of a pair at a time (1)\n"
    "  --rate N          open loop: messages a second of all pairs; latency counts from the time a message was due\n"
    "  --warm-up S       seconds that are not counted (0.5)      --seconds S      seconds that are counted (2)\n"
    "  --text-bytes N    size of a text, at least 21 (100)\n"
    "  --idle            only open the sockets; keep them until standard input ends\n";

static const struct option NAMES[] = {
    {"port", required_argument, NULL, 'p'},     {"protocol", required_argument, NULL, 'P'},
    {"sockets", required_argument, NULL, 'f'},  {"template", required_argument, NULL, 't'},
    {"hello", required_argument, NULL, 'h'},    {"no-ack", no_argument, NULL, 'a'},
    {"idle", no_argument, NULL, 'i'},           {"in-flight", required_argument, NULL, 'k'},
    {"rate", required_argument, NULL, 'r'},     {"warm-up", required_argument, NULL, 'w'},
    {"seconds", required_argument, NULL, 's'},  {"text-bytes", required_argument, NULL, 'b'},
    {NULL, 0, NULL, 0},
};

static void usage(void)
{
    fputs(USAGE, stderr);
    exit(2);
}

Options options_read(int count, char **arguments)
{
    Options found = {.wants_ack = true, .in_flight = 1, .warm_up = 0.5, .seconds = 2, .text_bytes = 100};
    int name;
    while ((name = getopt_long(count, arguments, "", NAMES, NULL)) != -1) {
        switch (name) {
        case 'p': found.port = atoi(optarg); break;
        case 'P': found.protocol = optarg; break;
        case 'f': found.sockets = optarg; break;
        case 't': found.template = optarg; break;
        case 'h': found.hello = optarg; break;
        case 'a': found.wants_ack = false; break;
        case 'i': found.idle = true; break;
        case 'k': found.in_flight = atoi(optarg); break;
        case 'r': found.rate = atof(optarg); break;
        case 'w': found.warm_up = atof(optarg); break;
        case 's': found.seconds = atof(optarg); break;
        case 'b': found.text_bytes = atoi(optarg); break;
        default: usage();
        }
    }
    if (!found.port || !found.protocol || !found.sockets || !found.template || found.in_flight < 1)
        usage();
    return found;
}
