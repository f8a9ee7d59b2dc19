import { useState } from "react";
import type { Product } from "../data/stores.ts";
import { Drink } from "./Drink.tsx";

/** How a product looks: by its photo, or drawn where there is none, or it does not come. Its name stands beside it. */
export function Photo({ product, className = "art" }: { product: Product; className?: string }) {
  const [lost, setLost] = useState(false);
  if (!product.photo || lost) return <Drink name={product.name} category={product.category} className={className} />;
  return (
    <img
      className={`${className} photo`}
      src={product.photo}
      alt=""
      loading="lazy"
      decoding="async"
      width={232}
      height={240}
      onError={() => setLost(true)}
    />
  );
}
