//! What every list of people shows of somebody.

import type { Schemas } from "../../api/index.ts";
import type { Column } from "../../table/logic.ts";
import { Mark, words } from "../../ui/bits.tsx";

interface Person {
  name: string;
  email: string;
  roles: ReadonlyArray<Schemas["Role"]>;
}

/** The name and the roles, which stand first, and the address. */
export function columnsOf<R extends Person>(): { who: Column<R>[]; email: Column<R> } {
  return {
    who: [
      { key: "name", label: "Name", value: (one) => one.name, phone: "title" },
      {
        key: "role",
        label: "Role",
        value: (one) => one.roles.map(words).join(", "),
        render: (one) =>
          one.roles.map((role) => (
            <Mark key={role} tone={role === "staff" ? "quiet" : "good"}>
              {words(role)}
            </Mark>
          )),
        phone: "side",
      },
    ],
    email: { key: "email", label: "E-mail", value: (one) => one.email },
  };
}
