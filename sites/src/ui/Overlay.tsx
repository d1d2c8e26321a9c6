// The place for a question over the page. The parts of a site that ask are loaded later, and the dialog with them.

import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";

export const overlay = signal<ComponentChild>(null);

export const Overlay = () => <>{overlay.value}</>;
