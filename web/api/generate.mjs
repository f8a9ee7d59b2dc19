// Writes src/schema.ts, the types of the gateway's OpenAPI document. The file is made, never kept in git: its first line has the
// document's hash, so that it is made again exactly when the document is another one.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../workers/gateway/src/openapi.json", import.meta.url);
const target = new URL("./src/schema.ts", import.meta.url);

const document = readFileSync(source, "utf8");
const mark = `// Made of openapi.json ${createHash("sha256").update(document).digest("hex")}\n`;
if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(mark)) {
  const api = JSON.parse(document);
  // Several routes have an operation of the same name (`list`, `get`); calls are made by method and path, so nobody needs the names.
  for (const methods of Object.values(api.paths)) for (const operation of Object.values(methods)) delete operation.operationId;
  const types = await openapiTS(api, { alphabetize: true, defaultNonNullable: false });
  // Two builds at once each write a file of their own; a name changes in one step.
  const draft = new URL(`./src/schema.${process.pid}.tmp`, import.meta.url);
  writeFileSync(draft, mark + astToString(types));
  renameSync(draft, target);
}
