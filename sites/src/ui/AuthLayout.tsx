// The layout of every page for a person who is not signed in: the product, the site, and one thing to do.

import type { ComponentChildren } from "preact";
import { messages } from "../i18n/messages";
import { Logo } from "./Logo";

export function AuthLayout({ site, children }: { site: string; children: ComponentChildren }) {
  return (
    <main class="auth-layout">
      <h1 class="auth-brand">
        <Logo size={40} />
        <span class="brand-name">{messages.product}</span>
        {site && <span class="brand-site">{site}</span>}
      </h1>
      {children}
    </main>
  );
}
