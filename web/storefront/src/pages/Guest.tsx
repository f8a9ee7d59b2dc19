import { isProblem, take } from "@kirana/api";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http, sessions } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { guestRoute } from "../router.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { WhoFields } from "../ui/WhoFields.tsx";

/** A name to call out and an address for the receipt: a session without a password, for one order or two. */
export function GuestPage() {
  const { t } = useI18n();
  const { to = "/cart" } = guestRoute.useSearch();
  const navigate = useNavigate();
  const [who, setWho] = useState({ name: "", email: "" });
  const begin = useMutation({
    mutationFn: () => take(http.POST("/api/v1/auth/guest", { body: { name: who.name.trim(), email: who.email.trim() } })),
    onSuccess: (session) => {
      sessions.accept(session);
      void navigate({ to, replace: true });
    },
  });
  const wrong = (field: string) => (isProblem(begin.error) ? begin.error.field(field) : undefined);
  const hasField = ["name", "email"].some(wrong);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.mutate();
  };
  return (
    <Page title={t("guest.title")} narrow>
      <form className="panel" onSubmit={submit}>
        <p>{t("guest.about")}</p>
        <WhoFields who={who} change={setWho} wrong={wrong} />
        {begin.error && !hasField && <ProblemNotice error={begin.error} />}
        <button type="submit" className="button primary wide" disabled={begin.isPending}>
          {t("guest.go")}
        </button>
      </form>
      <p className="center">
        <Link to="/sign-in" search={{ to }} className="link">
          {t("in.go")}
        </Link>
      </p>
    </Page>
  );
}
