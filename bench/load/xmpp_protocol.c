/* XMPP over TCP (RFC 6120): SASL PLAIN, a resource, presence; then messages. The opening is the user's name. */
#define _GNU_SOURCE
#include "connection.h"

#include <string.h>

#define PASSWORD "bench"
#define STREAM                                                                                                         \
    "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "                                        \
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
#define MESSAGE_END "</message>"

enum { MECHANISMS, AUTHENTICATING, FEATURES, BINDING };

static void say(Connection *connection, const char *text)
{
    buffer_append(&connection->out, text, strlen(text));
}

static void begin(Connection *connection)
{
    say(connection, STREAM);
}

static void append_base64(Buffer *out, const unsigned char *bytes, size_t length)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        unsigned one = bytes[i], two = i + 1 < length ? bytes[i + 1] : 0, three = i + 2 < length ? bytes[i + 2] : 0;
        unsigned bits = one << 16 | two << 8 | three;
        char digits[4] = {DIGITS[bits >> 18], DIGITS[bits >> 12 & 63], DIGITS[bits >> 6 & 63], DIGITS[bits & 63]};
        if (i + 1 >= length)
            digits[2] = '=';
        if (i + 2 >= length)
            digits[3] = '=';
        buffer_append(out, digits, sizeof digits);
    }
}

static void authenticate(Connection *connection)
{
    Buffer plain = {0};
    buffer_append(&plain, "", 1); /* NUL user NUL password */
    buffer_append(&plain, connection->opening, strlen(connection->opening) + 1);
    buffer_append(&plain, PASSWORD, strlen(PASSWORD));
    say(connection, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>");
    append_base64(&connection->out, (unsigned char *)plain.bytes, plain.length);
    say(connection, "</auth>");
    buffer_free(&plain);
}

/* Takes the answer that ends the step at hand, and says what begins the next one. */
static void open_stream(Connection *connection)
{
    static const char *const ENDS[] = {"</stream:features>", "<success", "</stream:features>", "</iq>"};
    Buffer *in = &connection->in;
    buffer_append(in, "", 1);
    in->length--;
    if (strstr(in->bytes, "<failure") || strstr(in->bytes, "<stream:error"))
        fail("sign-in", in->bytes);
    if (!strstr(in->bytes, ENDS[connection->step]))
        return;
    in->length = 0;
    switch (connection->step++) {
    case MECHANISMS:
        authenticate(connection);
        break;
    case AUTHENTICATING:
        say(connection, STREAM);
        break;
    case FEATURES:
        say(connection, "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
        break;
    default:
        say(connection, "<presence/>");
        connection_ready(connection);
    }
}

static void take_messages(Connection *connection)
{
    Buffer *in = &connection->in;
    size_t taken = 0;
    char *end;
    while ((end = memmem(in->bytes + taken, in->length - taken, MESSAGE_END, strlen(MESSAGE_END)))) {
        size_t size = (size_t)(end - in->bytes) + strlen(MESSAGE_END) - taken;
        message_came(connection, in->bytes + taken, size);
        taken += size;
    }
    buffer_take(in, taken);
}

static void receive(Connection *connection)
{
    if (connection->state == READY)
        take_messages(connection);
    else
        open_stream(connection);
}

static void send_stanza(Connection *connection, const char *message, size_t length)
{
    buffer_append(&connection->out, message, length);
}

const Protocol XMPP = {"xmpp", begin, receive, send_stanza};
