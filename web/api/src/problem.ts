//! What went wrong, as the API says it (RFC 9457), or as the line to it does.

/** One field at fault: the way to it, such as `lines[0].quantity`, and what would be right. */
export interface FieldError {
  path: string;
  message: string;
}

/** A call that did not do what it should. `code` is stable and meant for programs; `detail` is for people. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** HTTP's status; 0 where no answer came. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    /** Everything else that the document says, such as `login_token`, `total` or `min_age`. */
    readonly more: Readonly<Record<string, unknown>> = {},
    /** Seconds after which it is worth another try, where the answer says so. */
    readonly retryAfter?: number,
    /** What to tell support. */
    readonly requestId?: string,
  ) {
    super(detail || title);
  }

  /** Did the line fail rather than the call? Whether the call was carried out is not known then. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  /** What is wrong with a field, if it is at fault. `prefix` also takes fields within it. */
  field(path: string): string | undefined {
    return this.errors.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message;
  }
}

const KNOWN = new Set(["type", "title", "status", "detail", "code", "errors"]);

/** Reads what an answer that is no success says. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => "");
  let said: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === "object") said = parsed as Record<string, unknown>;
  } catch {
    // Not ours: a proxy's page. The status has to do.
  }
  const word = (name: string) => (typeof said[name] === "string" ? (said[name] as string) : undefined);
  const title = word("title") ?? (response.statusText || `HTTP ${response.status}`);
  const code = word("code") ?? word("error") ?? `http_${response.status}`;
  const errors = Array.isArray(said.errors) ? (said.errors as FieldError[]) : [];
  const more = Object.fromEntries(Object.entries(said).filter(([name]) => !KNOWN.has(name)));
  return new Problem(
    response.status,
    code,
    title,
    word("detail") ?? word("error_description") ?? title,
    errors,
    more,
    retryAfter(response.headers.get("retry-after")),
    response.headers.get("x-request-id") ?? undefined,
  );
}

/** A call that got no answer. */
export function noAnswer(cause: unknown): Problem {
  const problem = new Problem(0, "no_answer", "No answer", "The shop cannot be reached. Check the connection and try again.");
  problem.cause = cause;
  return problem;
}

/** Seconds of a `Retry-After`, which may also be a date. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** Is this a problem, and of this code? */
export function isProblem(error: unknown, ...codes: string[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}
