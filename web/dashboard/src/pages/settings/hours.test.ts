import { expect, test } from "vitest";
import { faultsOf, toAllDays } from "./hours.ts";

const span = (day: number, opens: string, closes: string) => ({ day, opens, closes });

test("spans that run into each other are faults, also over midnight and the week's end", () => {
  expect([...faultsOf([span(1, "09:00", "14:00"), span(1, "14:00", "21:00")])]).toEqual([]);
  expect([...faultsOf([span(1, "09:00", "15:00"), span(1, "14:00", "21:00")]).keys()]).toEqual([1]);
  expect([...faultsOf([span(5, "18:00", "02:00"), span(6, "01:00", "05:00")]).keys()]).toEqual([5, 6]);
  expect([...faultsOf([span(7, "20:00", "03:00"), span(1, "02:00", "10:00")]).keys()]).toEqual([1]);
  expect([...faultsOf([span(2, "", "21:00")])]).toEqual([[2, "A time such as 09:00 is missing"]]);
});

test("one day for all", () => {
  expect(toAllDays([span(3, "09:00", "12:00"), span(3, "13:00", "18:00"), span(1, "00:00", "01:00")], 3)).toHaveLength(14);
});
