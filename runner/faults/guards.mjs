// Runs in workerd beside inside.mjs: guards of money that `sabotage` takes away, one by one, from the scripts that ship.
//
// A guard that is compiled into a script cannot be cut out of its bytes. What it looks at is made good before it looks, so that it lets
// through what it is there to stop: a notice that nobody signed gets the gateway's own signature, a card's number letters in place of
// its digits until it is written. What the script does then is what it would do without the guard.

const text = new TextEncoder();

async function hmac(secret, body) {
  const key = await crypto.subtle.importKey("raw", text.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(body)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A signature that says its time: `t=...,v1=...`. */
const timed = {
  sign: async (secret, body, time) => `t=${time},v1=${await hmac(secret, `${time}.${body}`)}`,
  time: (given) => /^t=(\d+),/.exec(given)?.[1],
};
const plain = { sign: hmac, time: () => undefined };

/** How gateways sign, how their notices name mode and account, and what they say was paid. */
const gateways = {
  stripe: {
    ...timed,
    header: "stripe-signature",
    secret: (account) => account.webhook_secrets[0],
    modes: (notice, account) => ({ ...notice, livemode: account.live }),
    accounts: ({ account: _, ...notice }) => notice,
    told: ({ data: { object } }) => [object.amount_received, object.currency],
  },
  razorpay: {
    ...plain,
    header: "x-razorpay-signature",
    secret: (account) => account.webhook_secrets[0],
    accounts: (notice, account) => ({ ...notice, account_id: account.account }),
    told: ({ payload: { payment } }) => [payment.entity.amount, payment.entity.currency],
  },
  d2i: {
    ...timed,
    header: "d2i-signature",
    secret: (account) => account.notice_secrets[0],
    modes: (notice, account) => ({ ...notice, live: account.live }),
    accounts: (notice, account) => ({ ...notice, merchant: account.merchant }),
    told: ({ payment }) => [payment.amount.amount, payment.amount.currency],
  },
  paypal: {
    told: ({ resource: { amount } }) => [Math.round(Number(amount.value) * 100), amount.currency_code],
  },
};

const again = (request, body, headers) => {
  headers.delete("content-length");
  return new Request(request.url, { method: request.method, headers, body });
};

/** PayPal's are said to be genuine by PayPal, which `outgoing` answers for; here its headers are there and its own. */
function ofPaypal(request, body, guard) {
  const headers = new Headers(request.headers);
  const url = "paypal-cert-url";
  const theirs = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1";
  if (guard === "signatures") {
    const all = { id: "t-1", time: new Date().toISOString(), sig: "c2lnbmF0dXJl" };
    for (const [name, value] of Object.entries(all)) if (!headers.get(`paypal-transmission-${name}`)) headers.set(`paypal-transmission-${name}`, value);
    headers.set("paypal-auth-algo", "SHA256withRSA");
    if (!headers.get(url)) headers.set(url, theirs);
  }
  const isOfOtherMode = new URL(headers.get(url) ?? theirs).host === "api.paypal.com";
  if ((guard === "modes" && isOfOtherMode) || (guard === "certificates" && !isOfOtherMode)) headers.set(url, theirs);
  return again(request, body, headers);
}

/** A notice as its guard wants to see it. What another guard would stop, it still stops: `signatures` is the only one that signs for all. */
async function believed(request, env, guard) {
  const name = new URL(request.url).pathname.split("/webhooks/")[1];
  const account = JSON.parse(env.GATEWAYS)[name];
  const body = await request.text();
  if (name === "paypal") return ofPaypal(request, body, guard);
  const headers = new Headers(request.headers);
  const how = gateways[name];
  const secret = how.secret(account);
  const given = headers.get(how.header) ?? "";
  const time = how.time(given);
  if (guard !== "signatures" && given !== (await how.sign(secret, body, time))) return again(request, body, headers);
  const changed = how[guard] ? JSON.stringify(how[guard](JSON.parse(body), account)) : body;
  // Whoever signs for all signs now; a time that is not looked at is any.
  const isTimely = guard === "signatures" || guard === "times";
  headers.set(how.header, await how.sign(secret, changed, isTimely ? Math.floor(Date.now() / 1000) : time));
  return again(request, changed, headers);
}

/** Do the digits of it pass Luhn's check? */
function isCard(value) {
  if (!/^\d[\d -]{11,22}\d$/.test(value)) return false;
  const digits = [...value].filter((letter) => letter >= "0" && letter <= "9").map(Number);
  const sum = digits.reverse().reduce((all, digit, place) => all + (place % 2 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit), 0);
  return digits.length >= 13 && digits.length <= 19 && sum % 10 === 0;
}

const letters = "abcdefghij";
const disguised = (value) => `card:${value.replace(/\d/g, (digit) => letters[digit])}:`;
const revealed = (value) => value.replace(/card:([a-j -]+):/g, (_, run) => run.replace(/[a-j]/g, (letter) => letters.indexOf(letter)));

async function withoutDigits(request) {
  const body = await request.text();
  if (!/\d[\d -]{11,22}\d/.test(body)) return again(request, body, new Headers(request.headers));
  const changed = JSON.stringify(JSON.parse(body), (_, value) => (typeof value === "string" && isCard(value) ? disguised(value) : value));
  return again(request, changed, new Headers(request.headers));
}

const notices = ["signatures", "times", "modes", "accounts", "certificates"];

/** What is taken away, for one script of a platform. */
export function guards(spec) {
  const sabotaged = (guard) => spec.sabotage === guard;
  const ofPayments = spec.script.endsWith("payments");

  // What goes to gateways, and what comes back.
  if (ofPayments && ["keys_of_gateways", "silence", "signatures"].some(sabotaged)) {
    const real = globalThis.fetch.bind(globalThis);
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (sabotaged("signatures") && request.url.endsWith("/verify-webhook-signature")) return Response.json({ verification_status: "SUCCESS" });
      // Each try is a wish of its own.
      if (sabotaged("keys_of_gateways") && request.headers.has("idempotency-key")) request.headers.set("idempotency-key", crypto.randomUUID());
      if (!sabotaged("silence")) return real(request);
      // Who says nothing has refused.
      return real(request).catch(() => Response.json({ error: { type: "card_error", code: "card_declined" } }, { status: 402 }));
    };
  }

  // The notice that is worked off: tests tell one after the other. A script keeps the bindings of its first request for all.
  let told;

  /** A request as the script gets it. */
  async function given(request, env) {
    if (request.method !== "POST") return request;
    if (sabotaged("cards") && request.headers.get("content-type") === "application/json") return withoutDigits(request);
    const { pathname } = new URL(request.url);
    if (!ofPayments || !pathname.startsWith("/api/v1/webhooks/")) return request;
    if (notices.some(sabotaged)) return believed(request, env, spec.sabotage);
    if (!sabotaged("amounts") && !sabotaged("steps")) return request;
    const body = await request.text();
    told = gateways[pathname.split("/webhooks/")[1]].told(JSON.parse(body));
    return again(request, body, new Headers(request.headers));
  }

  return {
    /** Hands a request to the script. */
    async asked(request, env, handle) {
      const isNotice = new URL(request.url).pathname.startsWith("/api/v1/webhooks/");
      try {
        return await handle(await given(request, env));
      } finally {
        if (isNotice) told = undefined;
      }
    },

    bound: (values) => (sabotaged("cards") ? values.map((value) => (typeof value === "string" ? revealed(value) : value)) : values),

    /** What the database found, while a notice is worked off. */
    found(sql, answer) {
      if (!told || !/FROM payments WHERE/.test(sql)) return answer;
      for (const row of answer.results) {
        // Nobody remembers how a payment stood: what is said last counts.
        if (sabotaged("steps")) row.status = "initiated";
        // Whatever was paid is what was asked for.
        if (sabotaged("amounts")) [row.amount, row.currency] = [told[0], told[1].toUpperCase()];
      }
      return answer;
    },

    /** Is this script's cron trigger heard? */
    sweeps: !(sabotaged("sweeps") && ofPayments),
  };
}
