import { localNamespace, tabNamespace } from "./storage";

/** Removes all that is stored under a name, in this browser and in this tab. */
export function clearNamespace(name: string): void {
  for (const namespace of [localNamespace(name), tabNamespace(name)])
    namespace.keys("").forEach((key) => namespace.remove(key));
}
