import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["{common,school}/**/*.test.ts"], environment: "node", env: { TZ: "Europe/Berlin" } } });
