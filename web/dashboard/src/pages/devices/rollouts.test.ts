import { expect, test } from "vitest";
import { progress, type Rollout, readConfiguration, readStages, whatOf } from "./rollouts.ts";

test("stages grow to all of them", () => {
  expect(readStages("10, 50, 100")).toEqual({ stages: [10, 50, 100] });
  expect(readStages("100%").wrong).toBeUndefined();
  for (const wrong of ["", "50", "50, 10, 100", "0, 100", "10, 10, 100", "1,2,3,4,5,6,7,8,9,10,100", "ten, 100", "10.5, 100"])
    expect(readStages(wrong).wrong, wrong).toBeDefined();
});

test("a configuration is an object", () => {
  expect(readConfiguration('{"interval": 60}')).toEqual({ value: { interval: 60 } });
  for (const wrong of ["", "[]", "null", "60", "{interval: 60}"]) expect(readConfiguration(wrong).wrong, wrong).toBeDefined();
});

test("it says what it brings, and how far it is", () => {
  const of = (plan: object) => whatOf({ plan } as Rollout);
  expect(of({ firmware: "1.2.0" })).toBe("Firmware 1.2.0");
  expect(of({ command: { name: "send_logs" } })).toBe("Command send logs");
  expect(of({ configuration: {} })).toBe("Configuration");
  expect(progress({ waiting: 5, sent: 2, done: 2, failed: 1 })).toEqual({ all: 10, percent: 30 });
  expect(progress({ waiting: 0, sent: 0, done: 0, failed: 0 })).toEqual({ all: 0, percent: 0 });
});
