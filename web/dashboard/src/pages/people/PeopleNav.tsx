import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

/** The way between the pages about people. Shifts are planned store by store. */
export function PeopleNav() {
  const scope = useScope();
  const user = useUser();
  const base = `/${scope}/people`;
  const knows = may(user, scope === "all" ? "GET /users/staff" : "GET /stores/{id}/staff");
  return (
    <SubNav
      label="People"
      tabs={[
        ...(knows ? [{ path: base, label: "Staff" }] : []),
        ...(scope !== "all" && may(user, "GET /stores/{id}/shifts") ? [{ path: `${base}/shifts`, label: "Shifts" }] : []),
        ...(may(user, "GET /invitations") ? [{ path: `${base}/invitations`, label: "Invitations" }] : []),
      ]}
    />
  );
}
