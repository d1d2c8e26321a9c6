// A client that others wrote: oidc-client-ts, as the page of a site runs it. The test is its browser.
// A line that comes in names a function of the client, with its argument: {"call": …, "given": …}. The answer is one of
// {"result": …} and {"error": …}. Before it, {"navigate": …} asks the browser to go somewhere; the next line says where it
// has landed.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [library, settings] = process.argv.slice(2);
const { InMemoryWebStorage, UserManager, WebStorageStateStore } = await import(pathToFileURL(library).href);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => (await lines.next()).value;
const write = (answer) => console.log(JSON.stringify(answer));

const browser = {
  prepare: async () => ({
    navigate: async ({ url }) => {
      write({ navigate: url });
      return { url: await read() };
    },
    close: () => undefined,
  }),
  callback: async () => undefined,
};

const client = new UserManager(
  {
    ...JSON.parse(settings),
    automaticSilentRenew: false,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  },
  browser,
  browser,
  browser,
);

for (let line = await read(); line !== undefined; line = await read()) {
  const { call, given } = JSON.parse(line);
  try {
    write({ result: (await client[call](given)) ?? null });
  } catch ({ error = null, message, state = null }) {
    write({ error: { error, message, state } });
  }
}
process.exit(); // the client waits for the end of a token
