import type { ReactNode } from "react";
import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Page } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

interface MoneyPageProps {
  title: string;
  mark?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page about money, with the way to the others. */
export function MoneyPage({ children, ...page }: MoneyPageProps) {
  const user = useUser();
  const base = `/${useScope()}/money`;
  return (
    <Page {...page}>
      <SubNav
        label="Money"
        tabs={[
          { path: base, label: "Payments" },
          { path: `${base}/refunds`, label: "Refunds" },
          ...(may(user, "GET /payments/exceptions") ? [{ path: `${base}/exceptions`, label: "Reconciliation" }] : []),
          ...(may(user, "GET /ledger/trial-balance")
            ? [
                { path: `${base}/ledger`, label: "Ledger", wide: true },
                { path: `${base}/royalties`, label: "Royalties" },
              ]
            : []),
        ]}
      />
      {children}
    </Page>
  );
}
