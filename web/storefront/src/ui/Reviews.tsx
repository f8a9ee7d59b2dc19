//! What is said of a product, and saying it oneself.

import { type Schemas, take } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { http } from "../api.ts";
import { useFlag } from "../data/flags.ts";
import type { Order } from "../data/orders.ts";
import { ownReviewsQuery, productReviewsQuery } from "../data/reviews.ts";
import { useI18n } from "../i18n/index.tsx";
import { ProblemNotice } from "./Notice.tsx";
import { StarChoice, Stars } from "./Stars.tsx";

export function ProductReviews({ productId }: { productId: string }) {
  const { t, moment } = useI18n();
  const { data } = useQuery(productReviewsQuery(productId));
  if (!data?.count || data.mean_hundredths == null) return null;
  return (
    <section className="reviews" aria-labelledby="said">
      <h3 id="said">{t("reviews.title")}</h3>
      <Stars hundredths={data.mean_hundredths} count={data.count} />
      <ul>
        {data.reviews.slice(0, 5).map((one) => (
          <li key={one.id}>
            <p>
              <strong>
                <bdi>{one.author}</bdi>
              </strong>{" "}
              <span className="muted">
                {t("reviews.stars", { n: one.rating })} · {moment(one.created_at)}
              </span>
            </p>
            <p>
              <bdi>{one.words}</bdi>
            </p>
            {one.response && (
              <p className="response">
                <span className="muted">{t("reviews.response")}</span> <bdi>{one.response}</bdi>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const HANDED_OVER = ["collected", "delivered", "completed"];

/** Asks how it was, once it has been handed over: of each product once. */
export function RateOrder({ order, userId }: { order: Order; userId: string }) {
  const { t } = useI18n();
  const asks = useFlag("reviews", order.store_id);
  const done = asks && HANDED_OVER.includes(order.status);
  const own = useQuery({ ...ownReviewsQuery(userId), enabled: done });
  if (!done || !own.data) return null;
  const products = [...new Map(order.lines.filter((line) => line.quantity > 0).map((line) => [line.product_id, line.name]))];
  return (
    <section className="panel" aria-labelledby="rate">
      <h2 id="rate">{t("reviews.how")}</h2>
      <ul className="rate">
        {products.map(([id, name]) => (
          <Rate
            key={id}
            order={order.id}
            product={id}
            name={name}
            userId={userId}
            known={own.data.find((one) => one.order_id === order.id && one.product_id === id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface RateProps {
  order: string;
  product: string;
  name: string;
  userId: string;
  known: Schemas["Review"] | undefined;
}

function Rate({ order, product, name, userId, known }: RateProps) {
  const { t } = useI18n();
  const id = useId();
  const client = useQueryClient();
  const [stars, setStars] = useState(known?.rating ?? 0);
  const [words, setWords] = useState(known?.words ?? "");
  const [writing, setWriting] = useState(false);
  const send = useMutation({
    mutationFn: (rating: number) => {
      const said = words.trim();
      return take(
        http.POST("/api/v1/reviews", { body: { order_id: order, product_id: product, rating, ...(said ? { words: said } : {}) } }),
      );
    },
    onSuccess: () => {
      setWriting(false);
      void client.invalidateQueries(ownReviewsQuery(userId));
      void client.invalidateQueries(productReviewsQuery(product));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(stars);
  };
  return (
    <li>
      <div className="between">
        <span className="grow">
          <bdi>{name}</bdi>
        </span>
        <StarChoice
          value={stars}
          label={t("reviews.of", { name })}
          onChange={(given) => {
            setStars(given);
            // Stars are said by the press; words can follow.
            if (words.trim()) setWriting(true);
            else send.mutate(given, { onSuccess: () => setWriting(true) });
          }}
        />
      </div>
      {(writing || send.error) && (
        <form onSubmit={submit} className="field">
          <label htmlFor={id}>{t("reviews.words")}</label>
          <textarea id={id} rows={2} maxLength={1000} value={words} onChange={(event) => setWords(event.target.value)} />
          {send.error && <ProblemNotice error={send.error} />}
          <button type="submit" className="button" disabled={send.isPending || !stars}>
            {t("reviews.send")}
          </button>
        </form>
      )}
      {!writing && (known || send.isSuccess) && (
        <p className="hint" role="status">
          {known?.status === "waiting" ? t("reviews.waiting") : t("reviews.thanks")}
        </p>
      )}
    </li>
  );
}
