import { expect, test } from "vitest";
import document from "../../../docs/openapi.json";
import { OPERATIONS } from "./protocol";

test("the table of operations has the method and path of each operation in the OpenAPI document", () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { operationId: string }>).map(([method, { operationId }]) => [
      operationId,
      path.replace("/api/", "/") + (method === "get" ? "" : ` ${method.toUpperCase()}`),
    ]),
  );
  expect(Object.fromEntries(described)).toEqual(OPERATIONS);
});
