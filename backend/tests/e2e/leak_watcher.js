// Chance that is the same in every world, and the questions a curious person asks.
(() => {
  const { drawn, undrawn, soon } = window.real;
  const later = setTimeout;
  window.setTimeout = (run, ms, ...of) => (ms ? later : soon)(run, ms, ...of);
  window.requestAnimationFrame = drawn;
  window.cancelAnimationFrame = undrawn;

  window.name = `${Number(window.name) + 1}`; // documents in this tab: no key comes twice
  let state = 7919 * Number(window.name);
  Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  crypto.getRandomValues = (bytes) => bytes.map(() => Math.floor(Math.random() * 256));

  const lines = [];
  window.WebSocket = class extends WebSocket {
    constructor(...of) {
      super(...of);
      lines.push(this);
    }
  };
  let busy = 0;
  const ask = fetch.bind(window);
  window.fetch = async (...of) => {
    busy++;
    try {
      const answer = await ask(...of);
      await answer.clone().arrayBuffer();
      return answer;
    } finally {
      drawn(() => busy--); // once whoever asked has gone on
    }
  };

  // What is kept is encrypted, with a key that differs between worlds: the words are what is compared.
  const words = new Map();
  let [encoded, read] = ["", ""];
  const watch = (kind, name, after) => {
    const before = kind.prototype[name];
    kind.prototype[name] = function (...of) {
      const result = before.apply(this, of);
      after(result, ...of);
      return result;
    };
  };
  watch(TextEncoder, "encode", (_, text) => (encoded = text));
  watch(Storage, "setItem", (_, name, value) => /:(draft|act)\./.test(name) && words.set(value, encoded));
  watch(Storage, "getItem", (value) => (read = value));
  watch(TextDecoder, "decode", (text) => words.set(read, text));

  const answered = (line) =>
    new Promise((done) => {
      const ping = () => line.send('{"t":"ping"}');
      line.addEventListener("message", (event) => event.data === '{"t":"pong"}' && done());
      line.addEventListener("close", done);
      line.addEventListener("open", ping); // after the hello
      if (line.readyState === WebSocket.OPEN) ping();
      if (line.readyState > WebSocket.OPEN) done();
    });
  const place = (it) =>
    it?.parentElement ? [...place(it.parentElement), [...it.parentElement.children].indexOf(it)] : [];
  const below = (it) => it.scrollHeight - it.clientHeight - it.scrollTop;

  window.watcher = {
    /** What was sent to this page is here, and it has done what it does of it. How much is it still waiting for? */
    async quiet() {
      await Promise.all(lines.map(answered));
      visualViewport.dispatchEvent(new Event("resize")); // an emulated phone tells of one now, or a moment later
      for (let frame = 0; frame < 2 || busy; frame++) await new Promise(drawn);
      return document.querySelectorAll(".skeleton").length;
    },
    /** All that is shown and kept, by channel. */
    async seen() {
      const all = [...document.querySelectorAll("*")];
      const fields = all.filter((it) => "value" in it || "open" in it);
      const stored = [localStorage, sessionStorage].map((it) =>
        Object.entries(it).map(([name, value]) => `${name} ${words.get(value) ?? value}`),
      );
      const live = [
        [document.title, location.hash, history.length, place(document.activeElement)],
        fields.map((it) => [it.value, it.checked, it.disabled, it.open]),
        all.filter((it) => it.scrollTop).map((it) => [place(it), below(it)]),
      ];
      const kept = [document.cookie, window.name, await indexedDB.databases(), await caches.keys()];
      return {
        page: [document.documentElement.outerHTML],
        live: [JSON.stringify(live)],
        kept: [...stored[0], ...stored[1].map((it) => `in this tab ${it}`), JSON.stringify(kept)],
      };
    },
  };
})();
