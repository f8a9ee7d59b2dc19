//! One product: its sizes and choices with their rules, how many, and what that comes to.

import { format } from "@kirana/api";
import { useId, useRef, useState } from "react";
import { useFlag } from "../data/flags.ts";
import type { Menu, Product, Store } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { added, type CartLine, cart } from "../logic/cart.ts";
import {
  type Choices,
  firstMissing,
  forAdults,
  type Group,
  groupsOf,
  isOpen,
  isSingle,
  kept,
  pressed,
  unitPrice,
} from "../logic/choices.ts";
import { motion } from "../logic/motion.ts";
import { isSoldOut, soldOutModifiers, soldOutVariants } from "../logic/offer.ts";
import { Facts } from "../ui/Facts.tsx";
import { Photo } from "../ui/Photo.tsx";
import { ProductReviews } from "../ui/Reviews.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { Stepper } from "../ui/Stepper.tsx";
import { toast } from "../ui/Toasts.tsx";

function Rule({ group, chosen }: { group: Group; chosen: number }) {
  const { t } = useI18n();
  const { min, max } = group;
  const text =
    min === max
      ? max === 1
        ? t("item.choose1")
        : t("item.chooseN", { n: max })
      : min === 0
        ? t("item.chooseUpTo", { n: max })
        : t("item.chooseBetween", { min, max });
  const done = chosen >= min;
  return (
    <span className="rule">
      <span>{text}</span>
      <span className={min > 0 ? (done ? "tag good" : "tag warn") : "tag"}>
        {min > 0 ? (done ? "✓" : t("item.required")) : t("app.optional")}
      </span>
    </span>
  );
}

interface GroupChoiceProps {
  group: Group;
  choices: Choices;
  /** What of it cannot be had now: shown, so that nobody wonders where it is. */
  out: Group["modifiers"];
  onPress: (sku: string) => void;
}

function GroupChoice({ group, choices, out, onPress }: GroupChoiceProps) {
  const { t, money } = useI18n();
  const id = useId();
  const chosen = choices[group.id] ?? [];
  const full = group.max > 1 && chosen.length >= group.max;
  return (
    <fieldset className="group" id={`group-${group.id}`}>
      <legend>
        {group.name}
        <Rule group={group} chosen={chosen.length} />
      </legend>
      <div className="options">
        {group.modifiers.map((one) => (
          <label key={one.sku} className="option">
            <input
              type={isSingle(group) ? "radio" : "checkbox"}
              name={`${id}-${group.id}`}
              checked={chosen.includes(one.sku)}
              disabled={!isOpen(choices, group, one.sku)}
              onChange={() => onPress(one.sku)}
            />
            <span className="grow">
              {one.name} {one.age_restricted && <span className="tag warn">{t("menu.ageMark")}</span>}
            </span>
            {one.price.amount !== 0 && <bdi className="muted">+{money(one.price, true)}</bdi>}
          </label>
        ))}
        {out.map((one) => (
          <label key={one.sku} className="option">
            <input type={isSingle(group) ? "radio" : "checkbox"} disabled />
            <span className="grow">{one.name}</span>
            <span className="muted">{t("menu.soldOut")}</span>
          </label>
        ))}
      </div>
      {full && <p className="hint">{t("item.full")}</p>}
    </fieldset>
  );
}

export function ItemSheet({ product, store, menu, onClose }: { product: Product; store: Store; menu: Menu; onClose: () => void }) {
  const { t, money, locale } = useI18n();
  const reviews = useFlag("reviews", store.id);
  const [variant, setVariant] = useState(product.variants[0]);
  const [choices, setChoices] = useState<Choices>({});
  const [quantity, setQuantity] = useState(1);
  const [grams, setGrams] = useState(500);
  const [asking, setAsking] = useState<"age" | "store">();
  const [allowed, setAllowed] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  if (!variant) return null;
  const groups = groupsOf(variant, menu.modifier_groups);
  const missing = firstMissing(choices, groups);
  const out = isSoldOut(menu, product);
  const gone = out ? [] : soldOutVariants(menu, product);
  const left = groups.filter((group) => (choices[group.id] ?? []).length < group.min).length;
  const piece = unitPrice(variant, choices, groups);
  const adults = forAdults(product, choices, groups);
  const price = variant.by_weight ? Math.round((piece * grams) / 1000) : piece;

  const put = () => {
    const modifiers = groups
      .flatMap((group) => group.modifiers.filter((one) => choices[group.id]?.includes(one.sku)))
      .map(({ sku, name }) => ({ sku, name }));
    const line: CartLine = {
      variantSku: variant.sku,
      productId: product.id,
      name: product.name,
      detail: product.variants.length + gone.length > 1 ? variant.name : "",
      quantity: variant.by_weight ? 1 : quantity,
      ...(variant.by_weight ? { grams } : {}),
      modifiers,
      price,
      ageRestricted: adults,
    };
    cart.set((now) => {
      const next = added(now, { id: store.id, name: store.name, currency: store.currency }, line);
      const offered = store.settings.fulfilments;
      return offered?.length && !offered.includes(next.fulfilment) ? { ...next, fulfilment: offered[0] ?? "pickup" } : next;
    });
    toast(t("item.added", { name: product.name }));
    onClose();
  };
  const add = () => {
    if (missing) {
      // Where the choice is, rather than a red word at the foot.
      const group = body.current?.querySelector(`#group-${CSS.escape(missing.id)}`);
      group?.scrollIntoView({ block: "center", behavior: motion() });
      group?.querySelector<HTMLInputElement>("input")?.focus({ preventScroll: true });
      return;
    }
    const now = cart.get();
    if (adults && !allowed) setAsking("age");
    else if (now.lines.length && now.storeId !== store.id) setAsking("store");
    else put();
  };

  const footer = out ? (
    <p className="sold-out" role="status">
      {t("menu.soldOutHint")}
    </p>
  ) : (
    <div className="add-row">
      {!variant.by_weight && <Stepper value={quantity} label={t("item.quantity")} onChange={setQuantity} />}
      <button type="button" className="button primary grow" onClick={add} data-missing={missing ? "" : undefined}>
        <span className="grow">{missing ? t("item.missing", { n: left }) : t("item.add")}</span>
        <strong>{money({ amount: price * (variant.by_weight ? 1 : quantity), currency: menu.currency })}</strong>
      </button>
    </div>
  );
  return (
    <>
      <Sheet title={product.name} onClose={onClose} footer={footer} art={<Photo product={product} className="art big" />}>
        <div ref={body}>
          <p className="about">{product.description}</p>
          {product.age_restricted && <p className="tag warn">{t("menu.ageMark")}</p>}
          {product.variants.length + gone.length > 1 && (
            <fieldset className="group">
              <legend>{t("item.size")}</legend>
              <div className="segments">
                {product.variants.map((one) => (
                  <label key={one.sku} className="segment">
                    <input
                      type="radio"
                      name="variant"
                      checked={one.sku === variant.sku}
                      onChange={() => {
                        setVariant(one);
                        setChoices((now) => kept(now, groupsOf(one, menu.modifier_groups)));
                      }}
                    />
                    <span>{one.name}</span>
                    <span className="muted">{money(one.price, true)}</span>
                  </label>
                ))}
                {gone.map((one) => (
                  <label key={one.sku} className="segment">
                    <input type="radio" name="variant" disabled />
                    <span>{one.name}</span>
                    <span className="muted">{t("menu.soldOut")}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          )}
          {variant.by_weight && (
            <div className="field">
              <label htmlFor="grams">{t("item.weight")}</label>
              <div className="weigh">
                <input
                  id="grams"
                  type="range"
                  min={100}
                  max={3000}
                  step={50}
                  value={grams}
                  onChange={(event) => setGrams(Number(event.target.value))}
                  aria-valuetext={format.weight(grams, locale)}
                />
                <output>{format.weight(grams, locale)}</output>
              </div>
              <p className="hint">{t("item.weightHint")}</p>
            </div>
          )}
          {groups.map((group) => (
            <GroupChoice
              key={group.id}
              group={group}
              choices={choices}
              out={soldOutModifiers(menu, group.id)}
              onPress={(sku) => setChoices((now) => pressed(now, group, sku))}
            />
          ))}
          <Facts product={product} variant={variant} />
          {reviews && <ProductReviews productId={product.id} />}
        </div>
      </Sheet>
      {asking === "age" && (
        <Sheet
          small
          title={t("item.ageTitle")}
          onClose={() => setAsking(undefined)}
          footer={
            <div className="add-row">
              <button type="button" className="button grow" onClick={onClose}>
                {t("item.ageNo")}
              </button>
              <button
                type="button"
                className="button primary grow"
                onClick={() => {
                  setAllowed(true);
                  const now = cart.get();
                  if (now.lines.length && now.storeId !== store.id) setAsking("store");
                  else put();
                }}
              >
                {t("item.ageYes")}
              </button>
            </div>
          }
        >
          <p>{t("item.ageHint")}</p>
        </Sheet>
      )}
      {asking === "store" && (
        <Sheet
          small
          title={t("item.otherStore", { store: cart.get().storeName })}
          onClose={() => setAsking(undefined)}
          footer={
            <div className="add-row">
              <button type="button" className="button grow" onClick={() => setAsking(undefined)}>
                {t("app.cancel")}
              </button>
              <button type="button" className="button primary grow" onClick={put}>
                {t("item.otherStoreYes")}
              </button>
            </div>
          }
        >
          <p>{t("item.otherStoreHint")}</p>
        </Sheet>
      )}
    </>
  );
}
