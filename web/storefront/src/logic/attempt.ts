//! Something that is wanted once and was sent, perhaps without hearing what became of it. Wanted again it is the same: the same key and the
//! very same body, also after the page was loaded anew, so that no order is placed twice.

import { newKey } from "@kirana/api";

interface Sent<B> {
  wish: string;
  key: string;
  body: B;
}

type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Attempt<B> {
  constructor(
    private readonly name: string,
    private readonly keep: Keep = sessionStorage,
  ) {}

  /** What to send for a wish. `body` may have more in it than the wish, such as a price's token: of two presses the first one's counts. */
  of(wish: unknown, body: B): { key: string; body: B } {
    const text = JSON.stringify(wish);
    const kept = this.keep.getItem(this.name);
    const sent = kept ? (JSON.parse(kept) as Sent<B>) : undefined;
    if (sent?.wish === text) return sent;
    const next = { wish: text, key: newKey(), body };
    this.keep.setItem(this.name, JSON.stringify(next));
    return next;
  }

  /** Was it sent, and is it not known what became of it? */
  has(wish: unknown): boolean {
    const kept = this.keep.getItem(this.name);
    return kept !== null && (JSON.parse(kept) as Sent<B>).wish === JSON.stringify(wish);
  }

  /** Sends a wish. If it was sent before and has come to nothing since, this is another: it goes with another key. */
  async send<R>(body: B, send: (sent: { key: string; body: B }) => Promise<R>, isOver: (answer: R) => boolean): Promise<R> {
    const known = this.has(body);
    const answer = await send(this.of(body, body));
    if (!isOver(answer)) return answer;
    this.done();
    return known ? this.send(body, send, isOver) : answer;
  }

  /** It is known what became of it. */
  done(): void {
    this.keep.removeItem(this.name);
  }
}
