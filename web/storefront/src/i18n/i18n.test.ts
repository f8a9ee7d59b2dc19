import { expect, test } from "vitest";
import { words as ar } from "./ar.ts";
import { en, type Key } from "./en.ts";
import { words as hi } from "./hi.ts";
import { fill, preferred } from "./index.tsx";
import { words as sv } from "./sv.ts";
import { words as th } from "./th.ts";

test("every language fills in the same things", () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort().join();
  for (const [language, words] of Object.entries({ ar, hi, sv, th })) {
    for (const key of Object.keys(en) as Key[]) {
      expect(words[key].trim(), `${language} ${key}`).not.toBe("");
      expect(names(words[key]), `${language} ${key}`).toBe(names(en[key]));
    }
  }
});

test("numbers choose by each language's own rules", () => {
  expect(fill(en["stores.count"], { n: 1 }, "en")).toBe("1 store");
  expect(fill(en["stores.count"], { n: 1200 }, "en")).toBe("1,200 stores");
  expect(fill(ar["stores.count"], { n: 2 }, "ar-u-nu-latn")).toBe("متجران");
  expect(fill(ar["stores.count"], { n: 3 }, "ar-u-nu-latn")).toBe("3 متاجر");
  expect(fill(th["stores.count"], { n: 12 }, "th")).toBe("12 ร้าน");
});

test("the first of the device's languages that there is", () => {
  expect(preferred(["fr-CH", "sv-SE", "en"])).toBe("sv");
  expect(preferred(["fr"])).toBe("en");
});
