//! A store's menu as it is shown: with what is sold out in its place, marked, so that nobody looks for it in vain.

import type { Schemas } from "@kirana/api";

type Menu = Schemas["Menu"];
type Product = Schemas["MenuProduct"];
type Variant = Schemas["MenuVariant"];

/** All of a menu, what is sold out too: behind the rest of its category. */
export function shown(menu: Menu): Product[] {
  const known = new Set(menu.products.map((product) => product.id));
  const out = (menu.sold_out ?? []).filter((product) => !known.has(product.id));
  if (!out.length) return menu.products;
  const categories = [...new Set([...menu.products, ...out].map((product) => product.category))];
  const all = [...menu.products, ...out];
  return categories.flatMap((category) => all.filter((product) => product.category === category));
}

/** Can nothing of it be had now? */
export function isSoldOut(menu: Menu, product: Product): boolean {
  return !menu.products.some((one) => one.id === product.id);
}

/** Its variants that cannot be had now. */
export function soldOutVariants(menu: Menu, product: Product): Variant[] {
  return (menu.sold_out ?? []).find((one) => one.id === product.id)?.variants ?? [];
}

/** What of a group cannot be chosen now. */
export function soldOutModifiers(menu: Menu, group: string): Schemas["Modifier"][] {
  return (menu.sold_out_modifiers ?? []).find((one) => one.id === group)?.modifiers ?? [];
}
