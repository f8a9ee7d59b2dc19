import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Product } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { Photo } from "./Photo.tsx";

/** A product on the menu: what it is, from what price on, and how it looks. */
export const ProductCard = memo(function ProductCard({ product, storeId, out }: { product: Product; storeId: string; out: boolean }) {
  const { t, money } = useI18n();
  const cheapest = product.variants.reduce(
    (least, one) => (one.price.amount < least.price.amount ? one : least),
    product.variants[0] as Product["variants"][0],
  );
  if (!cheapest) return null;
  const price = money(cheapest.price, true);
  const text = cheapest.by_weight ? t("menu.perKg", { price }) : product.variants.length > 1 ? t("menu.from", { price }) : price;
  return (
    <li>
      <Link
        to="/stores/$storeId"
        params={{ storeId }}
        search={(now) => ({ ...now, item: product.id })}
        resetScroll={false}
        className={out ? "card out" : "card"}
      >
        <span className="card-text">
          <span className="card-name">{product.name}</span>
          <span className="card-about">
            <bdi>{product.description}</bdi>
          </span>
          <span className="card-foot">
            {out ? <span className="tag bad">{t("menu.soldOut")}</span> : <strong>{text}</strong>}
            {product.age_restricted && <span className="tag warn">{t("menu.ageMark")}</span>}
            {product.tags?.slice(0, 2).map((tag) => (
              <span className="tag" key={tag}>
                {tag}
              </span>
            ))}
          </span>
        </span>
        <Photo product={product} />
      </Link>
    </li>
  );
});
