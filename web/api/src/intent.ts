//! A key for something that somebody wants done once.

/** A new key. */
export const newKey = (): string => crypto.randomUUID();

/**
 * Something somebody wants done once, such as placing this order. Pressing the button again after a failure is the same wish and has
 * the same key; another body is another wish. After `done` the next press is a new one, even with the same body.
 */
export class Intent {
  #body: string | undefined;
  #key = "";

  /** The key for doing `body`. */
  key(body: unknown): string {
    const text = JSON.stringify(body);
    if (text !== this.#body) {
      this.#body = text;
      this.#key = newKey();
    }
    return this.#key;
  }

  done(): void {
    this.#body = undefined;
  }
}
