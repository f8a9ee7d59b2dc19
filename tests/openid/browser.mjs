// As much of a browser as signing in needs: it keeps cookies, follows redirects one by one, and fills in forms.
import assert from "node:assert/strict";

export class Browser {
  #cookies = new Map();

  async #fetch(url, init = {}) {
    const { host } = new URL(url);
    const cookies = [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", ...(cookies && { cookie: cookies }), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair] = cookie.split(";");
      const jar = this.#cookies.get(host) ?? new Map();
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      this.#cookies.set(host, jar);
    }
    return { url: `${url}`, status: response.status, location: response.headers.get("location"), text: await response.text() };
  }

  /** Goes to an address, and on from there until there is a page, or an address at `stop`, which it does not open. */
  async open(url, stop, init) {
    let page = await this.#fetch(url, init);
    while (page.status >= 300 && page.status < 400) {
      const next = new URL(page.location, page.url);
      if (next.href.startsWith(stop)) return { arrived: next };
      page = await this.#fetch(next);
    }
    return page;
  }

  /** Fills in the page's one form and sends it. */
  submit(page, fields, stop) {
    assert.equal(page.status, 200, page.text);
    const form = page.text.match(/<form[^>]*>/s)?.[0];
    assert.ok(form, page.text);
    const attribute = (tag, name) => tag.match(new RegExp(`${name}="([^"]*)"`))?.[1].replaceAll("&amp;", "&");
    const body = new URLSearchParams();
    for (const [tag] of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/gs)) {
      body.set(attribute(tag, "name"), attribute(tag, "value") ?? "");
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(new URL(attribute(form, "action") ?? page.url, page.url), stop, { method: "POST", body });
  }
}
