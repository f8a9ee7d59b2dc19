// Shows openapi.json as a list that can be filtered and opened. No library: a page that explains an API should not need one.
const list = document.querySelector("#list");

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const schemaName = (content) => content?.["application/json"]?.schema?.$ref?.split("/").pop();

function operationOf(method, path, operation, schemas) {
  const details = element("details");
  const roles = operation["x-roles"]?.join(", ");
  const open = !operation.security || operation.security.some((needed) => Object.keys(needed).length === 0);
  const summary = element("summary");
  summary.append(
    element("span", method.toUpperCase(), "method"),
    element("span", path, "path"),
    element("span", roles ?? (open ? "everybody" : "signed in"), "who"),
  );
  const body = element("div");
  body.append(element("p", [operation.summary, operation.description].filter(Boolean).join(" ")));
  const show = (title, name) => {
    if (name) body.append(element("strong", `${title}: ${name}`), element("pre", JSON.stringify(schemas[name], null, 2)));
  };
  show("Body", schemaName(operation.requestBody?.content));
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    if (status.startsWith("2")) show(status, schemaName(response.content));
  }
  body.append(element("p", `Answers: ${Object.keys(operation.responses ?? {}).join(", ")}`));
  details.append(summary, body);
  details.dataset.words = `${method} ${path} ${operation.tags} ${roles ?? ""}`.toLowerCase();
  return details;
}

function show(api) {
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = operation.tags?.[0] ?? "other";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(operationOf(method, path, operation, api.components.schemas));
    }
  }
  list.replaceChildren(
    ...[...groups].map(([name, operations]) => {
      const section = element("section");
      section.append(element("h2", name), ...operations);
      return section;
    }),
  );
  document.querySelector("#filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const section of list.children) {
      const shown = [...section.querySelectorAll("details")].filter((details) => {
        details.hidden = !words.every((word) => details.dataset.words.includes(word));
        return !details.hidden;
      });
      section.hidden = shown.length === 0;
    }
  });
}

fetch("/api/v1/openapi.json")
  .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`HTTP ${response.status}`))))
  .then(show)
  .catch((error) => list.replaceChildren(element("p", `The list could not be loaded (${error.message}). Reload the page to try again.`)));
