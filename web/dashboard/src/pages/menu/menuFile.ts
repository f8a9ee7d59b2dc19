//! A menu as a file: read before it is sent, so that what is wrong is seen first. The API has the last word, and imports all or nothing.

export interface Fault {
  path: string;
  message: string;
}

export interface Preview {
  name: string;
  currency: string;
  items: Array<{ name: string; category: string; variants: number; lowest?: number }>;
  groups: number;
  faults: Fault[];
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a file says, and what is wrong with it at first sight; a text that is no JSON says where it breaks off. */
export function readMenuFile(text: string): Preview | Fault {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return { path: "", message: `This is no JSON: ${error instanceof Error ? error.message : error}` };
  }
  if (!isObject(file)) return { path: "", message: "A menu is an object with name, currency, items and modifier_groups" };
  const faults: Fault[] = [];
  const word = (path: string, value: unknown): string => {
    if (typeof value === "string" && value.trim()) return value;
    faults.push({ path, message: "expected a text" });
    return "";
  };
  const name = word("name", file.name);
  const currency = word("currency", file.currency);
  if (currency && !/^[A-Z]{3}$/.test(currency)) faults.push({ path: "currency", message: "expected an ISO 4217 code such as THB" });
  const groups = isObject(file.modifier_groups) ? file.modifier_groups : {};
  if (!Array.isArray(file.items)) {
    faults.push({ path: "items", message: "expected a list" });
    return { name, currency, items: [], groups: Object.keys(groups).length, faults };
  }
  const seen = new Set<string>();
  const items = file.items.map((item: unknown, at) => {
    const path = `items[${at}]`;
    if (!isObject(item)) {
      faults.push({ path, message: "expected an object" });
      return { name: "", category: "", variants: 0 };
    }
    const called = word(`${path}.name`, item.name);
    if (seen.has(called)) faults.push({ path: `${path}.name`, message: `“${called}” is there twice` });
    seen.add(called);
    const category = word(`${path}.category`, item.category);
    const variants = Array.isArray(item.variants) ? item.variants : [];
    if (variants.length === 0) faults.push({ path: `${path}.variants`, message: "expected at least one" });
    const prices = variants.flatMap((variant: unknown, index) => {
      const price = isObject(variant) ? variant.price : undefined;
      if (typeof price === "number" && price >= 0) return price;
      faults.push({ path: `${path}.variants[${index}].price`, message: "expected a number, zero or more" });
      return [];
    });
    for (const [index, variant] of variants.entries()) {
      for (const group of isObject(variant) && Array.isArray(variant.modifier_groups) ? variant.modifier_groups : []) {
        if (!(String(group) in groups))
          faults.push({ path: `${path}.variants[${index}].modifier_groups`, message: `there is no modifier group ${group}` });
      }
    }
    return { name: called, category, variants: variants.length, ...(prices.length > 0 ? { lowest: Math.min(...prices) } : {}) };
  });
  return { name, currency, items, groups: Object.keys(groups).length, faults };
}
