import { type Schemas, take } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http } from "../api.ts";
import { preferencesQuery } from "../data/account.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { Check, Field } from "../ui/Field.tsx";
import { ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { toast } from "../ui/Toasts.tsx";

type Preferences = Schemas["Preferences"];

function Form({ userId, known }: { userId: string; known: Preferences }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [now, setNow] = useState(known);
  const [diet, setDiet] = useState((known.dietary ?? []).join(", "));
  const save = useMutation({
    mutationFn: () => {
      const dietary = diet
        .split(",")
        .map((word) => word.trim())
        .filter(Boolean);
      return take(http.PUT("/api/v1/customers/{id}/preferences", { params: { path: { id: userId } }, body: { ...now, dietary } }));
    },
    onSuccess: (saved) => {
      client.setQueryData(preferencesQuery(userId).queryKey, saved);
      toast(t("app.saved"));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const taste = (name: "organic" | "local" | "seasonal") => (
    <Check label={t(`pref.${name}`)} checked={now[name] ?? false} onChange={(event) => setNow({ ...now, [name]: event.target.checked })} />
  );
  const channel = (name: "email" | "sms" | "push") => (
    <Check
      label={t(`pref.${name}`)}
      checked={now.channels?.[name] ?? false}
      onChange={(event) => setNow({ ...now, channels: { ...now.channels, [name]: event.target.checked } })}
    />
  );
  return (
    <form onSubmit={submit} className="stack">
      <section className="panel">
        <Field label={t("pref.diet")} hint={t("pref.dietHint")} value={diet} onChange={(event) => setDiet(event.target.value)} />
        {taste("organic")}
        {taste("local")}
        {taste("seasonal")}
      </section>
      <fieldset className="panel group plain">
        <legend className="in-panel">{t("pref.tell")}</legend>
        <p className="hint">{t("pref.tellHint")}</p>
        {channel("email")}
        {channel("sms")}
        {channel("push")}
      </fieldset>
      {save.error && <ProblemNotice error={save.error} />}
      <button type="submit" className="button primary wide" disabled={save.isPending}>
        {t("app.save")}
      </button>
    </form>
  );
}

export function PreferencesPage() {
  const { t } = useI18n();
  const user = useUser();
  const { data, error, refetch } = useQuery({ ...preferencesQuery(user?.id ?? ""), enabled: user !== undefined });
  if (!user) return <Navigate to="/sign-in" search={{ to: "/account/preferences" }} replace />;
  return (
    <Page title={t("pref.title")} back="/account" narrow>
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data ? <Form userId={user.id} known={data} /> : !error && <Skeleton count={2} className="headline-skeleton" />}
    </Page>
  );
}
