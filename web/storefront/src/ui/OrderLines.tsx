import { format, type Schemas } from "@kirana/api";
import { useI18n } from "../i18n/index.tsx";

/** The lines of an order that was placed. */
export function OrderLines({ lines }: { lines: readonly Schemas["OrderLine"][] }) {
  const { money, locale } = useI18n();
  return (
    <ul className="order-lines">
      {lines.map((line, index) => {
        const more = line.modifiers.map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name));
        const grams = line.weight && (line.weight.final_grams ?? line.weight.estimated_grams);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places, two may ask for the same
          <li key={index}>
            <span className="times">{grams ? format.weight(grams, locale) : `${line.quantity} ×`}</span>
            <span className="grow">
              {line.name}
              {more.length > 0 && <span className="muted">{more.join(" · ")}</span>}
              {line.discounts?.map((one) => (
                <span key={one.promotion_id} className="good-text">
                  {one.name} −{money(one.amount)}
                </span>
              ))}
            </span>
            <span>{money(line.total)}</span>
          </li>
        );
      })}
    </ul>
  );
}
