// The public API as tests use it: who one is, what one asks, and what went wrong in words.

export const PASSWORD = "kirana-demo";

/** Somebody who is logged in, or nobody. */
export class Client {
  constructor(url, token = null, user = null) {
    this.url = url;
    this.token = token;
    this.user = user;
  }

  async ask(method, path, body, expect = [200, 201, 202, 204]) {
    const headers = { "content-type": "application/json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    // One key for all tries: a call whose answer was lost is made once.
    if (method === "POST") headers["idempotency-key"] = crypto.randomUUID();
    const sent = body === undefined ? undefined : JSON.stringify(body);
    for (let turn = 0; ; turn += 1) {
      let answer;
      try {
        answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, body: sent });
      } catch (error) {
        // A connection that was kept and is closed by the other side just then.
        if (!["ECONNRESET", "UND_ERR_SOCKET"].includes(error.cause?.code) || turn >= 4) throw error;
        continue;
      }
      if ((answer.status === 429 || answer.status === 503) && turn < 5) {
        const seconds = Number(answer.headers.get("retry-after") ?? 1);
        await new Promise((done) => setTimeout(done, Math.min(seconds, 20) * 1000));
        continue;
      }
      const text = await answer.text();
      if (!expect.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : null;
    }
  }

  get(path) {
    return this.ask("GET", path);
  }
  post(path, body = {}) {
    return this.ask("POST", path, body);
  }
  put(path, body) {
    return this.ask("PUT", path, body);
  }

  /** Logs in; what is proved by it lasts five minutes, and opens what asks for a fresh proof. */
  async login(email, password = PASSWORD) {
    const session = await this.post("/auth/login", { email, password });
    return Object.assign(new Client(this.url, session.access_token, session.user), { session });
  }
}

/** Waits until a condition holds, or says what did not within the deadline. */
export async function eventually(what, condition, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const found = await condition();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`${what}: not within ${seconds} s${last ? `; last: ${last}` : ""}`);
}
