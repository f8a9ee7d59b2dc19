//! What is in a product: allergens, and what a piece gives. Where nobody has said, that is said.

import { format, type Schemas } from "@kirana/api";
import type { Product } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";

type Nutrition = Schemas["Nutrition"];

const ROWS = ["fat", "saturated", "carbohydrates", "sugars", "protein", "salt"] as const;

function Table({ of, name }: { of: Nutrition; name: string }) {
  const { t, locale } = useI18n();
  const grams = (mg: number) => `${format.number(Math.round(mg / 100) / 10, locale)} g`;
  return (
    <table className="nutrition">
      <caption>{t("facts.per", { name })}</caption>
      <tbody>
        <tr>
          <th scope="row">{t("facts.energy")}</th>
          <td>
            <bdi>
              {format.number(of.energy_kcal, locale)} kcal / {format.number(Math.round(of.energy_kcal * 4.184), locale)} kJ
            </bdi>
          </td>
        </tr>
        {ROWS.map((row) => (
          <tr key={row} className={row === "saturated" || row === "sugars" ? "part" : ""}>
            <th scope="row">{t(`facts.${row}`)}</th>
            <td>
              <bdi>{grams(of[`${row}_mg`])}</bdi>
            </td>
          </tr>
        ))}
        {of.caffeine_mg != null && (
          <tr>
            <th scope="row">{t("facts.caffeine")}</th>
            <td>
              <bdi>{format.number(of.caffeine_mg, locale)} mg</bdi>
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

export function Facts({ product, variant }: { product: Product; variant: Product["variants"][0] }) {
  const { t } = useI18n();
  const { allergens } = product;
  const name = product.variants.length > 1 ? variant.name : product.name;
  return (
    <details className="facts">
      <summary>{t("item.facts")}</summary>
      {!allergens && !variant.nutrition && <p>{t("item.noFacts")}</p>}
      {allergens && (
        <>
          <h3>{t("facts.contains")}</h3>
          {allergens.length ? (
            <ul className="tags">
              {allergens.map((one) => (
                <li key={one} className="tag warn">
                  {t(`allergen.${one}`)}
                </li>
              ))}
            </ul>
          ) : (
            <p>{t("facts.none")}</p>
          )}
          <p className="hint">{t("facts.kitchen")}</p>
        </>
      )}
      {variant.nutrition && (
        <>
          <Table of={variant.nutrition} name={name} />
          <p className="hint">{t("facts.before")}</p>
        </>
      )}
    </details>
  );
}
