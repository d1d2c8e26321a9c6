#include "messages.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 32768 };

static sqlite3 *database;
static sqlite3_stmt *begin, *insert, *find, *commit;
static int64_t last_seq[THREADS];

static void check(int result, int wanted)
{
    if (result == wanted)
        return;
    fprintf(stderr, "native: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static void run(const char *sql)
{
    check(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void step(sqlite3_stmt *statement)
{
    check(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

static void read_last_seqs(void)
{
    sqlite3_stmt *read = prepare("SELECT thread, max(seq) FROM message GROUP BY thread");
    while (sqlite3_step(read) == SQLITE_ROW)
        last_seq[sqlite3_column_int(read, 0)] = sqlite3_column_int64(read, 1);
    sqlite3_finalize(read);
}

void store_open(const char *path)
{
    check(sqlite3_open(path, &database), SQLITE_OK);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
        "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, thread INTEGER NOT NULL, seq INTEGER NOT NULL,"
        " sender INTEGER NOT NULL, at INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL);"
        "CREATE UNIQUE INDEX IF NOT EXISTS message_key ON message (thread, key)");
    begin = prepare("BEGIN IMMEDIATE");
    insert = prepare("INSERT INTO message (thread, seq, sender, at, key, text) VALUES (?, ?, ?, ?, ?, ?)"
                     " ON CONFLICT DO NOTHING");
    find = prepare("SELECT seq FROM message WHERE thread = ? AND key = ?");
    commit = prepare("COMMIT");
    read_last_seqs();
}

static int64_t first_seq(const Message *message)
{
    sqlite3_bind_int(find, 1, thread_of(message->sender));
    sqlite3_bind_text(find, 2, message->key, (int)message->key_length, SQLITE_STATIC);
    check(sqlite3_step(find), SQLITE_ROW);
    int64_t seq = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return seq;
}

static void write_one(Message *message)
{
    int thread = thread_of(message->sender);
    message->seq = last_seq[thread] + 1;
    sqlite3_bind_int(insert, 1, thread);
    sqlite3_bind_int64(insert, 2, message->seq);
    sqlite3_bind_int(insert, 3, message->sender);
    sqlite3_bind_int64(insert, 4, message->at);
    sqlite3_bind_text(insert, 5, message->key, (int)message->key_length, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, message->text, (int)message->text_length, SQLITE_STATIC);
    step(insert);
    message->repeated = sqlite3_changes(database) == 0;
    if (message->repeated)
        message->seq = first_seq(message);
    else
        last_seq[thread] = message->seq;
}

void store_write(Message *messages, size_t count)
{
    step(begin);
    for (size_t i = 0; i < count; i++)
        write_one(messages + i);
    step(commit);
}
