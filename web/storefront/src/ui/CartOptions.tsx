//! How, when and where; coupon, tip and note.

import { format } from "@kirana/api";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useMemo, useState } from "react";
import { addressesQuery } from "../data/account.ts";
import { useFlag } from "../data/flags.ts";
import { slotsQuery } from "../data/slots.ts";
import { type Store, zonesQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { type Cart, cart, type Fulfilment } from "../logic/cart.ts";
import { byDay, type Offered, offered, openState, times } from "../logic/hours.ts";
import { Field } from "./Field.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { useHere } from "./useHere.ts";

const WAYS: Record<Fulfilment, IconName> = { pickup: "bag", dine_in: "table", delivery: "scooter", vending: "store" };
const change = (part: Partial<Cart>) => cart.set((now) => ({ ...now, ...part }));

export function CartOptions({
  cart: now,
  store,
  now: moment,
  userId,
}: {
  cart: Cart;
  store: Store;
  now: number;
  userId: string | undefined;
}) {
  const { t } = useI18n();
  const tips = useFlag("tips", store.id);
  // A machine is stood before: nobody orders at one from here.
  const ways = (store.settings.fulfilments ?? ["pickup"]).filter((way) => way !== "vending");
  return (
    <>
      <section className="panel">
        <fieldset className="group plain">
          <legend>{t("cart.how")}</legend>
          <div className="segments">
            {ways.map((way) => (
              <label key={way} className="segment">
                <input type="radio" name="way" checked={now.fulfilment === way} onChange={() => change({ fulfilment: way })} />
                <Icon name={WAYS[way]} />
                <span>{t(`way.${way}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {now.fulfilment === "delivery" && <Where now={now} storeId={store.id} userId={userId} />}
        {now.fulfilment === "dine_in" && (
          <Field
            label={t("cart.table")}
            value={now.table}
            maxLength={20}
            onChange={(event) => change({ table: event.target.value })}
            autoComplete="off"
            className="narrow"
          />
        )}
        <When now={now} store={store} moment={moment} />
      </section>
      <section className="panel">
        <Coupon now={now} />
        {tips && <Tip now={now} />}
        <div className="field">
          <label htmlFor="note">{t("cart.note")}</label>
          <textarea id="note" rows={2} maxLength={500} value={now.note} onChange={(event) => change({ note: event.target.value })} />
        </div>
      </section>
    </>
  );
}

function Where({ now, storeId, userId }: { now: Cart; storeId: string; userId: string | undefined }) {
  const { t, money } = useI18n();
  const zones = useQuery(zonesQuery(storeId));
  const here = useHere(10_000, ({ lat, lng }) => change({ place: { latitude: lat, longitude: lng } }));
  const saved = useQuery({ ...addressesQuery(userId ?? ""), enabled: userId !== undefined });
  const lines = (saved.data ?? []).map(({ id, address }) => ({
    id,
    label: address.label,
    text: [address.street, address.postal_code, address.city, address.note].filter(Boolean).join(", "),
    place: address.position ?? null,
  }));
  return (
    <fieldset className="group plain">
      <legend>{t("cart.where")}</legend>
      {lines.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a row of buttons that fill the field below
        <div className="chips wrap" role="group" aria-label={t("cart.addressChoose")}>
          {lines.map(({ id, label, text, place }) => (
            <button
              type="button"
              key={id}
              className={now.address === text ? "chip on" : "chip"}
              aria-pressed={now.address === text}
              onClick={() => change({ address: text, place })}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      <Field
        label={t("cart.address")}
        value={now.address}
        maxLength={500}
        onChange={(event) => change({ address: event.target.value })}
        autoComplete="street-address"
      />
      {Boolean(zones.data?.length) && (
        <div className="field">
          <p className="hint">{t("cart.zones")}</p>
          <ul className="chips wrap">
            {zones.data?.map((zone) => (
              <li key={zone.id} className="tag">
                <bdi>{zone.name}</bdi> · {money(zone.fee)}
              </li>
            ))}
          </ul>
          <button type="button" className="button small" onClick={here.ask} disabled={here.state === "asking"}>
            <Icon name="pin" />
            <span>{here.state === "asking" ? t("stores.locating") : t("cart.here")}</span>
          </button>
          <p className="hint" role="status">
            {here.state === "refused" ? t("cart.hereRefused") : now.place ? t("cart.hereKnown") : ""}
          </p>
        </div>
      )}
    </fieldset>
  );
}

/** Times by day, each with what is left where that is little; a full one cannot be pressed. */
function Slots({ now, store, slots }: { now: Cart; store: Store; slots: Offered[] }) {
  const { t, time, day } = useI18n();
  const id = useId();
  const days = useMemo(() => byDay(slots, store.time_zone), [slots, store.time_zone]);
  const asked = now.at ? Date.parse(now.at) : undefined;
  const ofAsked = days.find(([, of]) => of.some((slot) => slot.at === asked))?.[0];
  const [chosen, setChosen] = useState<string>();
  const shown = days.find(([name]) => name === (chosen ?? ofAsked)) ?? days[0];
  if (!shown) return null;
  return (
    <>
      {days.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: a row of buttons that choose what is below
        <div className="chips wrap" role="group" aria-label={t("cart.day")}>
          {days.map(([name, [first]]) => (
            <button
              type="button"
              key={name}
              className={name === shown[0] ? "chip on" : "chip"}
              aria-pressed={name === shown[0]}
              onClick={() => setChosen(name)}
            >
              {first ? day(first.at, store.time_zone) : name}
            </button>
          ))}
        </div>
      )}
      <fieldset className="slots">
        <legend className="sr-only">{t("cart.time")}</legend>
        {shown[1].map((slot) => (
          <label key={slot.at} className={slot.left === 0 ? "slot full" : "slot"}>
            <input
              type="radio"
              name={id}
              checked={slot.at === asked}
              disabled={slot.left === 0}
              onChange={() => change({ at: new Date(slot.at).toISOString() })}
            />
            <span>{time(slot.at, store.time_zone)}</span>
            {slot.left !== undefined && slot.left <= 3 && (
              <span className="slot-left">{slot.left === 0 ? t("cart.full") : t("cart.left", { n: slot.left })}</span>
            )}
          </label>
        ))}
      </fieldset>
    </>
  );
}

function When({ now, store, moment }: { now: Cart; store: Store; moment: number }) {
  const { t } = useI18n();
  const told = useQuery(slotsQuery(store.id));
  // Without a line, what the hours say: a full one is said when ordering.
  const slots = useMemo<Offered[]>(
    () => (told.data ? offered(store, told.data, moment) : times(store, moment).map((at) => ({ at }))),
    [told.data, store, moment],
  );
  // Until the store has told, nobody knows whether the first of them is taken.
  const free = told.isLoading ? undefined : slots.find((slot) => slot.left !== 0);
  const isOpen = openState(store, moment).state === "open";
  const later = now.at !== null;
  return (
    <fieldset className="group plain">
      <legend>{t("cart.when")}</legend>
      <div className="segments">
        <label className="segment">
          <input type="radio" name="when" checked={!later} disabled={!isOpen} onChange={() => change({ at: null })} />
          <span>{t("cart.asap")}</span>
        </label>
        <label className="segment">
          <input
            type="radio"
            name="when"
            checked={later}
            disabled={!free}
            onChange={() => free && change({ at: new Date(free.at).toISOString() })}
          />
          <span>{t("cart.later")}</span>
        </label>
      </div>
      {later && <Slots now={now} store={store} slots={slots} />}
      {!free && !told.isLoading && <p className="hint">{t("cart.noTimes")}</p>}
    </fieldset>
  );
}

function Coupon({ now }: { now: Cart }) {
  const { t } = useI18n();
  const [code, setCode] = useState("");
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const typed = code.trim().toUpperCase();
    if (typed && !now.coupons.includes(typed) && now.coupons.length < 5) change({ coupons: [...now.coupons, typed] });
    setCode("");
  };
  return (
    <form onSubmit={apply}>
      <Field
        label={t("cart.coupon")}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        autoComplete="off"
        autoCapitalize="characters"
        maxLength={40}
        after={
          <button type="submit" className="button" disabled={!code.trim()}>
            {t("cart.couponAdd")}
          </button>
        }
      />
    </form>
  );
}

/** Amounts that are usual at a counter: a whole number of coins, about 5, 10 and 20 of what a drink costs. */
function tips(currency: string): number[] {
  const unit = 10 ** format.minorDigits(currency);
  const scale: Record<string, number> = { THB: 10, INR: 10, SEK: 5, JPY: 50, KRW: 500, IDR: 2000, VND: 5000 };
  const step = (scale[currency] ?? 1) * unit;
  return [step, 2 * step, 4 * step];
}

function Tip({ now }: { now: Cart }) {
  const { t, money } = useI18n();
  const usual = tips(now.currency);
  const [other, setOther] = useState(now.tip > 0 && !usual.includes(now.tip));
  const [typed, setTyped] = useState("");
  return (
    <fieldset className="group plain">
      <legend>{t("cart.tip")}</legend>
      <div className="segments">
        {[0, ...usual].map((amount) => (
          <label key={amount} className="segment">
            <input
              type="radio"
              name="tip"
              checked={!other && now.tip === amount}
              onChange={() => {
                setOther(false);
                change({ tip: amount });
              }}
            />
            <span>{amount ? money({ amount, currency: now.currency }, true) : t("cart.tipNone")}</span>
          </label>
        ))}
        <label className="segment">
          <input type="radio" name="tip" checked={other} onChange={() => setOther(true)} />
          <span>{t("cart.tipOther")}</span>
        </label>
      </div>
      {other && (
        <Field
          label={`${t("cart.tipOther")} (${now.currency})`}
          inputMode="decimal"
          value={typed}
          className="narrow"
          onChange={(event) => {
            setTyped(event.target.value);
            const amount = format.parseMoney(event.target.value, now.currency);
            if (amount !== undefined) change({ tip: amount });
          }}
        />
      )}
    </fieldset>
  );
}
