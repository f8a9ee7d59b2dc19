export { type Api, createApi, type Schemas, take, takeWith } from "./client.ts";
export * as format from "./format.ts";
export { Intent, newKey } from "./intent.ts";
export { applied, backOff, type DeviceNews, type Follow, follow, type LiveMessage, type LiveState, type Order } from "./live.ts";
export { type FieldError, isProblem, noAnswer, Problem, problemOf, retryAfter } from "./problem.ts";
export type { paths } from "./schema.ts";
export { type Keep, memory, type Session, Sessions, type User } from "./session.ts";
export { repeatable, type Travel, transport } from "./transport.ts";
