// The landing page lists the demo's accounts if there is a demo. Without a demo it needs no script.

import { dropError } from "../../src/browser/drop-error";

interface Demo {
  password: string;
  mail: boolean;
  accounts: { site: "user" | "school" | "worker"; name: string; email: string }[];
}

async function show(): Promise<void> {
  const response = await fetch("demo.json");
  if (!response.ok || !response.headers.get("content-type")?.includes("json")) return;
  const demo = (await response.json()) as Demo;
  for (const account of demo.accounts) {
    const list = document.querySelector(`[data-site="${account.site}"] ul`);
    const item = document.createElement("li");
    const mail = document.createElement("code");
    mail.textContent = account.email;
    const name = document.createElement("bdi");
    name.textContent = account.name;
    item.append(name, mail);
    list?.append(item);
  }
  const password = document.querySelector("#password");
  if (password) password.textContent = demo.password;
  const parts = demo.mail ? "[data-demo], [data-mail]" : "[data-demo]";
  document.querySelectorAll(parts).forEach((part) => part.removeAttribute("hidden"));
}

void show().catch(dropError("the page lists the sites without the demo, and lists the accounts after a reload"));
