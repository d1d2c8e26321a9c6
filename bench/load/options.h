/* What the load generator is asked to do. `load --help` lists it. */
#pragma once
#include <stdbool.h>

typedef struct {
    int port;
    const char *protocol; /* websocket, socketio or xmpp */
    const char *sockets;  /* a file: for each socket a line "OPENING ADDRESS" */
    const char *template; /* a message: %a is the address, %k the key, %t the text */
    const char *hello;    /* a socket's first frame, which is answered; NULL for none */
    bool wants_ack;       /* a message is done when it is delivered and acknowledged, else when it is delivered */
    bool idle;            /* open the sockets, say so, and keep them until standard input ends */
    int in_flight;        /* messages of a pair at a time, in the closed loop */
    double rate;          /* messages a second of all pairs, in the open loop; 0 for the closed loop */
    double warm_up, seconds;
    int text_bytes;
} Options;

/* Ends the program with status 2 if they are not valid. */
Options options_read(int count, char **arguments);
