import { Problem } from "@kirana/api";
import { expect, test } from "vitest";
import { advice, asProblem } from "./problem.tsx";

const problem = (status: number, code = "x", retryAfter?: number) => new Problem(status, code, "Title", "Detail", [], {}, retryAfter);

test("each kind of problem says what one can do", () => {
  expect(advice(problem(0))).toContain("connection");
  expect(advice(problem(403, "second_factor_missing"))).toContain("Account and security");
  expect(advice(problem(403))).toContain("more rights");
  expect(advice(problem(409))).toContain("changed meanwhile");
  expect(advice(problem(409, "period_not_closed"))).toBeUndefined();
  expect(advice(problem(429, "x", 7.2))).toContain("8 seconds");
  expect(advice(problem(422))).toBeUndefined();
});

test("what is no problem of the API is one of the page", () => {
  expect(asProblem(new Error("boom")).detail).toBe("boom");
  expect(asProblem(problem(404)).status).toBe(404);
});
