// Puts a module between a script and its bindings: the script stays the bytes that ship; its first module is another, which hands it
// an `env` and a `state` of its own making.
import { join } from "node:path";

/**
 * The same worker, with `inside` around it: the text of a module whose `name` is called with `spec` and gives `entrypoint` and
 * `object`, which each make a class of a class. `classes` are the Durable Objects that the script itself defines; `beside` are modules that
 * it imports.
 */
export function wrap(worker, classes, { name, inside, beside = {}, spec }) {
  const entry = [
    'import * as script from "./index.js";',
    `import { ${name} } from "./${name}.js";`,
    `const { entrypoint, object } = ${name}(${JSON.stringify({ ...spec, script: worker.name })});`,
    "export default entrypoint(script.default);",
    ...classes.map((one) => `export const ${one} = object(script.${one});`),
  ];
  const module = (file, contents) => ({ type: "ESModule", path: join(worker.modulesRoot, file), contents });
  const others = Object.entries(beside).map(([file, contents]) => module(file, contents));
  return { ...worker, modules: [module("entry.js", entry.join("\n")), module(`${name}.js`, inside), ...others, ...worker.modules] };
}
