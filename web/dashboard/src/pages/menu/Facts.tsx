//! What is in a product: the allergens that have to be named, and what one piece of a variant gives.

import { NumberInput, Text } from "@mantine/core";
import type { Schemas } from "../../api/index.ts";
import { words } from "../../ui/bits.tsx";

const NAMES = [
  "gluten",
  "crustaceans",
  "eggs",
  "fish",
  "peanuts",
  "soya",
  "milk",
  "nuts",
  "celery",
  "mustard",
  "sesame",
  "sulphites",
  "lupin",
  "molluscs",
] as const satisfies readonly Schemas["Allergen"][];

export const ALLERGENS = NAMES.map((value) => ({ value, label: words(value) }));

type Nutrition = Schemas["Nutrition"];

const FIELDS = [
  ["energy_kcal", "Energy, kcal", 1],
  ["fat_mg", "Fat, g", 1000],
  ["saturated_mg", "Saturated, g", 1000],
  ["carbohydrates_mg", "Carbohydrates, g", 1000],
  ["sugars_mg", "Sugars, g", 1000],
  ["protein_mg", "Protein, g", 1000],
  ["salt_mg", "Salt, g", 1000],
  ["caffeine_mg", "Caffeine, mg", 1],
] as const;

/** Numbers as they are typed: grams, where the API has milligrams; empty where nobody knows. */
export type Numbers = Record<(typeof FIELDS)[number][0], number | string>;

export function numbersOf(known: Nutrition | null | undefined): Numbers {
  return Object.fromEntries(FIELDS.map(([key, , unit]) => [key, known?.[key] == null ? "" : known[key] / unit])) as Numbers;
}

/** What was typed, once energy is: without it nobody has said anything. */
export function nutritionOf(typed: Numbers): Nutrition | null {
  if (typed.energy_kcal === "") return null;
  const whole = Object.fromEntries(
    FIELDS.map(([key, , unit]) => [key, Math.round(Number(typed[key] || 0) * unit)]),
  ) as unknown as Nutrition;
  return { ...whole, caffeine_mg: typed.caffeine_mg === "" ? null : whole.caffeine_mg };
}

export function NutritionFields({ value, onChange }: { value: Numbers; onChange: (value: Numbers) => void }) {
  return (
    <details>
      <Text component="summary" size="xs" style={{ cursor: "pointer" }}>
        Nutrition of one piece{value.energy_kcal === "" ? ": not said" : `: ${value.energy_kcal} kcal`}
      </Text>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(118px, 1fr))", gap: 8, marginTop: 6 }}>
        {FIELDS.map(([key, label, unit]) => (
          <NumberInput
            key={key}
            size="xs"
            label={label}
            min={0}
            decimalScale={unit === 1 ? 0 : 1}
            value={value[key]}
            onChange={(typed) => onChange({ ...value, [key]: typed })}
          />
        ))}
      </div>
    </details>
  );
}
