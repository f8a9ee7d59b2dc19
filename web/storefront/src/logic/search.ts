//! Search as somebody types: over what is already here, so that it answers with the key press, and without a line.

import type { Schemas } from "@kirana/api";

type Product = Schemas["MenuProduct"];

/** Letters without their marks, in lower case. */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

/** Is `word` at most one letter away from the beginning of `text`: one wrong, missing, or too many? */
function nearly(word: string, text: string): boolean {
  if (word.length < 4) return false;
  for (const length of [word.length - 1, word.length, word.length + 1]) {
    const other = text.slice(0, length);
    if (other.length < length) continue;
    let start = 0;
    while (start < word.length && word[start] === other[start]) start++;
    let end = 0;
    while (end < Math.min(word.length, other.length) - start && word.at(-1 - end) === other.at(-1 - end)) end++;
    if (Math.max(word.length, other.length) - start - end <= 1) return true;
  }
  return false;
}

/** How well one word fits: 3 for the beginning of a word in the name, down to 0 for not at all. */
function score(word: string, product: Product): number {
  const name = plain(product.name).split(/\s+/);
  if (name.some((part) => part.startsWith(word))) return 3;
  const rest = plain([product.category, product.description, ...(product.tags ?? [])].join(" "));
  if (
    name.some((part) => part.includes(word)) ||
    plain(product.category)
      .split(/\s+/)
      .some((part) => part.startsWith(word))
  )
    return 2;
  if (rest.includes(word)) return 1;
  return name.some((part) => nearly(word, part)) ? 0.5 : 0;
}

/** Products that every word fits, the best first; all of them when nothing is asked. */
export function find(products: readonly Product[], text: string): Product[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (!words.length) return [...products];
  const ranked = products.flatMap((product) => {
    const fits = words.map((word) => score(word, product));
    return fits.every((one) => one > 0) ? [{ product, fit: fits.reduce((sum, one) => sum + one, 0) }] : [];
  });
  return ranked.sort((a, b) => b.fit - a.fit).map(({ product }) => product);
}
