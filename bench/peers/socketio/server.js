// A chat server as its authors' documents show it: a Socket.IO room for each thread, a prepared INSERT of better-sqlite3,
// and the ack and the event after the commit. `node server.js PORT DATABASE`; socket N opens with ?socket=N.
"use strict";
const http = require("node:http").createServer();
const { Server } = require("socket.io");
const Database = require("better-sqlite3");

const [port, path] = process.argv.slice(2);
const database = new Database(path);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL"); // the commit is on disk before `run` returns
database.exec(`
  CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, thread INTEGER NOT NULL, sender INTEGER NOT NULL,
    at INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS message_key ON message (thread, key);
`);
const insert = database.prepare(
  "INSERT INTO message (thread, sender, at, key, text) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
);
const find = database.prepare("SELECT id FROM message WHERE thread = ? AND key = ?").pluck();

const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
io.on("connection", (socket) => {
  const sender = Number(socket.handshake.query.socket);
  const thread = sender >> 1;
  const room = `thread ${thread}`;
  socket.join(room);
  socket.on("send", ({ key, id, text }, acknowledge) => {
    if (id !== thread) return acknowledge({ error: "not_found" });
    const at = Date.now();
    const { changes, lastInsertRowid } = insert.run(thread, sender, at, key, text);
    const number = changes ? Number(lastInsertRowid) : find.get(thread, key);
    acknowledge({ key, number, at });
    if (changes) socket.to(room).emit("event", { id, number, at, sender, text });
  });
});
http.listen(Number(port), "127.0.0.1", 4096);
