//! The sandbox's card form. Its numbers are the well-known test numbers of payment providers; each stands for a way a payment can go.
//! No number leaves the page: the API is told a token, and refuses card numbers.

export interface TestCard {
  number: string;
  token: "tok_success" | "tok_declined" | "tok_challenge" | "tok_silent";
  /** Key of what it does, in words. */
  does: "pay.card.success" | "pay.card.declined" | "pay.card.challenge" | "pay.card.silent";
}

export const TEST_CARDS: readonly TestCard[] = [
  { number: "4242 4242 4242 4242", token: "tok_success", does: "pay.card.success" },
  { number: "4000 0000 0000 0002", token: "tok_declined", does: "pay.card.declined" },
  { number: "4000 0027 6000 3184", token: "tok_challenge", does: "pay.card.challenge" },
  { number: "4000 0000 0000 0119", token: "tok_silent", does: "pay.card.silent" },
];

/** Digits in groups of four, as on a card. */
export function grouped(text: string): string {
  return text
    .replace(/\D/g, "")
    .slice(0, 19)
    .replace(/(.{4})(?=.)/g, "$1 ");
}

/** `MM/YY` as somebody types it. */
export function expiry(text: string): string {
  const digits = text.replace(/\D/g, "").slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

/** The test card of a number; undefined for all others, which might be somebody's own. */
export function testCard(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === grouped(number));
}

/** Is the card good this month? A card is good to the end of its month. */
export function isGood(text: string, now: Date): boolean {
  const match = /^(\d{2})\/(\d{2})$/.exec(text);
  if (!match) return false;
  const [month, year] = [Number(match[1]), 2000 + Number(match[2])];
  return month >= 1 && month <= 12 && year * 12 + month >= now.getFullYear() * 12 + now.getMonth() + 1;
}
