import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,src,testing,workshop}/**/*.test.{ts,tsx}"],
    environment: "node",
    setupFiles: ["testing/patience.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { TZ: "Europe/Berlin" },
    server: { deps: { inline: ["@testing-library/preact"] } }, // so that it has the same Preact as the components
  },
});
