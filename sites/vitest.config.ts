import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{apps,src,testing,workshop}/**/*.test.{ts,tsx}"],
    environment: "node",
    env: { TZ: "Europe/Berlin" },
    server: { deps: { inline: ["@testing-library/preact"] } }, // so that it has the same Preact as the components
  },
});
