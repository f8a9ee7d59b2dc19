//! One's addresses: where orders are brought.

import { isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http } from "../api.ts";
import { addressesQuery } from "../data/account.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { Check, Field } from "../ui/Field.tsx";
import { Empty, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { useHere } from "../ui/useHere.ts";

type Info = Schemas["AddressInfo"];

const FIELDS = [
  { name: "label", key: "addr.label", hint: "addr.labelHint", auto: "off", needed: true },
  { name: "recipient", key: "addr.recipient", hint: undefined, auto: "name", needed: true },
  { name: "street", key: "addr.street", hint: undefined, auto: "street-address", needed: true },
  { name: "postal_code", key: "addr.postal", hint: undefined, auto: "postal-code", needed: false },
  { name: "city", key: "addr.city", hint: undefined, auto: "address-level2", needed: true },
  { name: "phone", key: "addr.phone", hint: "addr.phoneHint", auto: "tel", needed: false },
  { name: "note", key: "addr.note", hint: undefined, auto: "off", needed: false },
] as const;

/** Countries by their name in the reader's language. */
const COUNTRIES = ["TH", "IN", "SE", "US", "GB", "DE", "SG", "MY", "ID", "VN", "JP", "AE", "SA", "EG"];

function AddressForm({ userId, known, onClose }: { userId: string; known: Info | undefined; onClose: () => void }) {
  const { t, locale } = useI18n();
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>(() => {
    const given = known?.address ?? { country: "TH" };
    return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  });
  const [first, setFirst] = useState(known?.is_default ?? false);
  const [place, setPlace] = useState(known?.address.position ?? null);
  const here = useHere(10_000, ({ lat, lng }) => setPlace({ latitude: lat, longitude: lng }));
  const names = new Intl.DisplayNames(locale, { type: "region" });
  const save = useMutation({
    mutationFn: () => {
      const filled = Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])));
      const address = { ...filled, ...(place ? { position: place } : {}) } as Schemas["Address"];
      const body = { address, is_default: first };
      return known
        ? take(http.PUT("/api/v1/customers/{id}/addresses/{address_id}", { params: { path: { id: userId, address_id: known.id } }, body }))
        : take(http.POST("/api/v1/customers/{id}/addresses", { params: { path: { id: userId } }, body }));
    },
    onSuccess: () => {
      void client.invalidateQueries(addressesQuery(userId));
      onClose();
    },
  });
  const wrong = (field: string) => (isProblem(save.error) ? (save.error.field(`address.${field}`) ?? save.error.field(field)) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Sheet
      title={known ? known.address.label : t("addr.add")}
      onClose={onClose}
      footer={
        <button type="submit" form="address" className="button primary wide" disabled={save.isPending}>
          {t("app.save")}
        </button>
      }
    >
      <form id="address" onSubmit={submit}>
        {FIELDS.map(({ name, key, hint, auto, needed }) => (
          <Field
            key={name}
            label={needed ? t(key) : `${t(key)} (${t("app.optional")})`}
            {...(hint ? { hint: t(hint) } : {})}
            error={wrong(name)}
            required={needed}
            autoComplete={auto}
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
        <div className="field">
          <label htmlFor="country">{t("addr.country")}</label>
          <select
            id="country"
            autoComplete="country"
            value={values.country}
            onChange={(event) => setValues({ ...values, country: event.target.value })}
          >
            {[...new Set([values.country ?? "TH", ...COUNTRIES])].map((code) => (
              <option key={code} value={code}>
                {names.of(code)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <button type="button" className="button small" onClick={here.ask} disabled={here.state === "asking"}>
            {here.state === "asking" ? t("stores.locating") : t("cart.here")}
          </button>
          <p className="hint" role="status">
            {here.state === "refused" ? t("cart.hereRefused") : place ? t("cart.hereKnown") : t("addr.hereHint")}
          </p>
        </div>
        <Check label={t("addr.default")} checked={first} onChange={(event) => setFirst(event.target.checked)} />
        {save.error && !FIELDS.some(({ name }) => wrong(name)) && <ProblemNotice error={save.error} />}
      </form>
    </Sheet>
  );
}

export function AddressesPage() {
  const { t } = useI18n();
  const user = useUser();
  const client = useQueryClient();
  const [open, setOpen] = useState<Info | "new">();
  const addresses = useQuery({ ...addressesQuery(user?.id ?? ""), enabled: user !== undefined });
  const remove = useMutation({
    mutationFn: async (address_id: string) => {
      await http.DELETE("/api/v1/customers/{id}/addresses/{address_id}", { params: { path: { id: user?.id ?? "", address_id } } });
    },
    onSuccess: () => void client.invalidateQueries(addressesQuery(user?.id ?? "")),
  });
  if (!user) return <Navigate to="/sign-in" search={{ to: "/account/addresses" }} replace />;
  return (
    <Page title={t("addr.title")} back="/account" narrow>
      {addresses.isPending && <Skeleton count={2} className="order-skeleton" />}
      {(addresses.error ?? remove.error) && <ProblemNotice error={addresses.error ?? remove.error} />}
      {addresses.data?.length === 0 && <Empty icon="pin" title={t("addr.none")} />}
      <ul className="stack">
        {addresses.data?.map((one) => (
          <li key={one.id} className="panel address">
            <div className="grow">
              <strong>
                {one.address.label} {one.is_default && <span className="tag good">{t("addr.isDefault")}</span>}
              </strong>
              <span>{one.address.recipient}</span>
              <span className="muted">
                <bdi>{[one.address.street, one.address.postal_code, one.address.city].filter(Boolean).join(", ")}</bdi>
              </span>
            </div>
            <div className="row-actions">
              <button type="button" className="button small" onClick={() => setOpen(one)}>
                {t("app.edit")}
              </button>
              <button
                type="button"
                className="button small"
                disabled={remove.isPending}
                onClick={() => remove.mutate(one.id)}
                aria-label={`${t("app.remove")}: ${one.address.label}`}
              >
                {t("app.remove")}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <button type="button" className="button primary wide" onClick={() => setOpen("new")}>
        {t("addr.add")}
      </button>
      {open && <AddressForm userId={user.id} known={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}
