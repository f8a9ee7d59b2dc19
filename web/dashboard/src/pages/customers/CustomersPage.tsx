//! The frame of pages about customers.

import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

/** A page about customers, with the way to the others. */
export function CustomersPage({ children, ...page }: PageProps) {
  const user = useUser();
  const base = `/${useScope()}/customers`;
  return (
    <Page {...page}>
      <SubNav
        label="Customers"
        tabs={[
          { path: base, label: "All customers" },
          ...(may(user, "GET /customer-segments") ? [{ path: `${base}/segments`, label: "Segments" }] : []),
          ...(may(user, "GET /notifications/unreachable") ? [{ path: `${base}/unreachable`, label: "Letters that come back" }] : []),
        ]}
      />
      {children}
    </Page>
  );
}
