// Who may ask what: read off the platform's OpenAPI document, so that the dashboard shows nobody what they would be refused.
// Writes src/access/routes.json; with --check says whether it is up to date.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

const document = new URL("../../../workers/gateway/src/openapi.json", import.meta.url);
const target = new URL("../src/access/routes.json", import.meta.url);

const { paths } = JSON.parse(readFileSync(document, "utf8"));
const routes = {};
/** Which scopes a key may have, and the roles that have a use for each; an empty list is everybody. */
const scopes = {};
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const [roles, scope] = [operation["x-roles"], operation["x-scope"]];
    if (scope) scopes[scope] = roles && scopes[scope]?.length !== 0 ? [...new Set([...(scopes[scope] ?? []), ...roles])].sort() : [];
    if (!roles) continue;
    routes[`${method.toUpperCase()} ${path.replace("/api/v1", "")}`] = roles;
  }
}
const wanted = JSON.stringify({ routes, scopes });
const kept = existsSync(target) ? JSON.stringify(JSON.parse(readFileSync(target, "utf8"))) : "";
if (wanted === kept) process.exit(0);
if (process.argv.includes("--check")) {
  console.error("src/access/routes.json is not what the OpenAPI document says: run `npm run build` once");
  process.exit(1);
}
writeFileSync(target, `${JSON.stringify({ routes, scopes }, null, 2)}\n`);
