import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["{common,school,user,worker}/**/*.test.ts"], environment: "node", env: { TZ: "Europe/Berlin" } } });
