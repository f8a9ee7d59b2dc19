//! The chain's products: what every store that has the menu sells, unless it says otherwise.

import { Button, Checkbox, Group, MultiSelect, Select, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { confirm, useAction } from "../../ui/action.tsx";
import { Empty, Mark, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { MenuFrame, useMenu, useMenus, useProducts } from "./data.tsx";
import { ALLERGENS, NutritionFields, numbersOf, nutritionOf } from "./Facts.tsx";
import { PhotoField } from "./Photo.tsx";

type Product = Schemas["MenuProduct"];

export function Products() {
  const user = useUser();
  const products = useProducts();
  const [opened, setOpened] = useState<Product | "new" | null>(null);
  const categories = [...new Set(products.data?.map((product) => product.category))].sort();
  const columns: Column<Product>[] = [
    { key: "name", label: "Product", value: (product) => product.name, phone: "title" },
    { key: "category", label: "Category", value: (product) => product.category, phone: "side" },
    { key: "variants", label: "Variants", value: (product) => product.variants.map((variant) => variant.name).join(", ") },
    {
      key: "price",
      label: "From",
      value: (product) => lowest(product)?.amount ?? null,
      text: (product) => money(lowest(product) ?? { amount: 0, currency: "THB" }),
      render: (product) => (lowest(product) ? money(lowest(product) as Schemas["Money"]) : "—"),
      right: true,
    },
    {
      key: "adults",
      label: "For",
      value: (product) => (product.age_restricted ? "adults" : "all"),
      render: (product) => (product.age_restricted ? <Mark tone="warm">Adults only</Mark> : "everybody"),
      extra: true,
    },
    {
      key: "photo",
      label: "Photo",
      value: (product) => (product.photo ? "yes" : "no"),
      render: (product) =>
        product.photo ? <img src={product.photo} alt="" width={32} height={32} style={{ borderRadius: 6, objectFit: "cover" }} /> : "—",
      phone: "none",
    },
    {
      key: "allergens",
      label: "Allergens",
      value: (product) => (product.allergens ? product.allergens.map(words).join(", ") || "none" : "not said"),
      phone: "none",
    },
    { key: "tags", label: "Tags", value: (product) => (product.tags ?? []).join(", "), extra: true },
    { key: "tax", label: "Tax class", value: (product) => product.tax_class ?? null, extra: true },
  ];
  const filters: Filter<Product>[] = [
    {
      key: "category",
      label: "Category",
      options: categories.map((one) => ({ value: one, label: one })),
      passes: (product, value) => product.category === value,
    },
  ];
  return (
    <MenuFrame
      title="The chain's products"
      about="What changes here changes in every store that has the menu."
      actions={may(user, "POST /products") && <Button onClick={() => setOpened("new")}>New product</Button>}
    >
      <DataTable
        id="products"
        label="Products"
        rows={products.data}
        rowKey={(product) => product.id}
        columns={columns}
        filters={filters}
        onOpen={setOpened}
        error={products.error}
        retry={() => void products.refetch()}
        empty={<Empty title="No products yet">Make one, or import a menu to begin with.</Empty>}
        bulk={
          may(user, "DELETE /products/{id}")
            ? [
                {
                  label: "Retire",
                  name: (product) => product.name,
                  ask: (rows) => `Take ${rows.length} products off the menu for good? Orders that were made of them keep them.`,
                  run: (product) => http.DELETE("/api/v1/products/{id}", { params: { path: { id: product.id } } }),
                  after: () => void products.refetch(),
                },
              ]
            : undefined
        }
      />
      {opened && (
        <Drawer opened onClose={() => setOpened(null)} position="right" size="lg" title={opened === "new" ? "New product" : opened.name}>
          <ProductForm product={opened === "new" ? undefined : opened} categories={categories} close={() => setOpened(null)} />
        </Drawer>
      )}
    </MenuFrame>
  );
}

const lowest = (product: Product): Schemas["Money"] | undefined =>
  product.variants.map((variant) => variant.price).sort((a, b) => a.amount - b.amount)[0];

/** What a variant is while it is typed. */
interface Typed {
  sku: string | undefined;
  name: string;
  price: string;
  groups: string[];
  weight: boolean;
  nutrition: ReturnType<typeof numbersOf>;
}

const FIRST: Typed = { sku: undefined, name: "", price: "", groups: [], weight: false, nutrition: numbersOf(null) };

/** A product as it is changed, or a new one, which goes onto the end of a menu. */
function ProductForm({ product, categories, close }: { product: Product | undefined; categories: string[]; close: () => void }) {
  const store = useTheStore();
  const menu = useMenu(store.id);
  const user = useUser();
  const menus = useMenus(product === undefined);
  const [chosen, setChosen] = useState<string | null>(null);
  const onto =
    menus.data?.find((one) => one.id === chosen) ?? menus.data?.find((one) => one.currency === store.currency) ?? menus.data?.[0];
  const currency = product?.variants[0]?.price.currency ?? onto?.currency ?? store.currency;
  const digits = 10 ** format.minorDigits(currency);
  const [name, setName] = useState(product?.name ?? "");
  const [category, setCategory] = useState(product?.category ?? "");
  const [description, setDescription] = useState(product?.description ?? "");
  const [tags, setTags] = useState(product?.tags ?? []);
  const [known, setKnown] = useState(product?.allergens != null);
  const [allergens, setAllergens] = useState<string[]>(product?.allergens ?? []);
  const [adults, setAdults] = useState(product?.age_restricted ?? false);
  const [tax, setTax] = useState(product?.tax_class ?? "");
  const [variants, setVariants] = useState<Typed[]>(
    product?.variants.map((variant) => ({
      sku: variant.sku,
      name: variant.name,
      price: String(variant.price.amount / digits),
      groups: variant.modifier_groups,
      weight: variant.by_weight ?? false,
      nutrition: numbersOf(variant.nutrition),
    })) ?? [FIRST],
  );
  const stale = [["products"], ["menu"]];
  const act = useAction(
    (body: Schemas["ProductRequest"]) =>
      product
        ? take(http.PUT("/api/v1/products/{id}", { params: { path: { id: product.id } }, body }))
        : take(http.POST("/api/v1/products", { body: { menu_id: onto?.id ?? "", product: body } })),
    {
      done: product ? "Kept: stores sell it so within seconds" : `On the menu ${onto?.name ?? ""}: stores sell it within seconds`,
      stale: [...stale, ["choices"], ["menus"]],
      quiet: true,
      onDone: close,
    },
  );
  const retire = useAction((id: string) => http.DELETE("/api/v1/products/{id}", { params: { path: { id } } }), {
    done: "Off the menu for good",
    stale,
    onDone: close,
  });
  const change = (at: number, more: Partial<(typeof variants)[number]>) =>
    setVariants(variants.map((variant, index) => (index === at ? { ...variant, ...more } : variant)));
  const good =
    (product || onto) &&
    name.trim() &&
    category.trim() &&
    variants.length > 0 &&
    variants.every((variant) => variant.name.trim() && format.parseMoney(variant.price, currency) !== undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({
          name: name.trim(),
          category: category.trim(),
          description,
          tags,
          age_restricted: adults,
          allergens: known ? (allergens as Schemas["Allergen"][]) : null,
          ...(tax ? { tax_class: tax } : {}),
          variants: variants.map((variant) => ({
            ...(variant.sku ? { sku: variant.sku } : {}),
            name: variant.name,
            price: { amount: format.parseMoney(variant.price, currency) ?? 0, currency },
            modifier_groups: variant.groups,
            by_weight: variant.weight,
            nutrition: nutritionOf(variant.nutrition),
          })),
        });
      }}
    >
      <Stack>
        {act.error && <ProblemView error={act.error} compact />}
        {product ? (
          <PhotoField product={product} />
        ) : (
          <Select
            label="Onto the menu"
            description="A photo can be given once it is there"
            data={(menus.data ?? []).map((one) => ({ value: one.id, label: `${one.name}, ${one.currency}` }))}
            value={onto?.id ?? null}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
        {menus.error && <ProblemView error={menus.error} compact />}
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label="Category"
          required
          value={category}
          onChange={(event) => setCategory(event.currentTarget.value)}
          list="categories"
        />
        <datalist id="categories">
          {categories.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <TagsInput label="Tags" value={tags} onChange={setTags} placeholder="Type one, then Enter" />
        <Group grow align="flex-end">
          <TextInput label="Tax class" placeholder="standard" value={tax} onChange={(event) => setTax(event.currentTarget.value)} />
          <Checkbox label="For adults only" checked={adults} onChange={(event) => setAdults(event.currentTarget.checked)} mb={8} />
        </Group>
        <div>
          <Checkbox
            label="We know which allergens are in it"
            description="Customers are told otherwise that nobody has listed them"
            checked={known}
            onChange={(event) => setKnown(event.currentTarget.checked)}
            mb={known ? 8 : 0}
          />
          {known && (
            <MultiSelect
              aria-label="Allergens"
              placeholder={allergens.length === 0 ? "None of the fourteen" : undefined}
              data={ALLERGENS}
              value={allergens}
              onChange={setAllergens}
            />
          )}
        </div>
        <Text size="sm" fw={600}>
          Variants
        </Text>
        {variants.map((variant, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: new variants have no sku yet
          <Stack key={at} gap={6} p="sm" className="card">
            <Group gap="xs" align="flex-end">
              <TextInput
                style={{ flex: 1 }}
                label="Name"
                value={variant.name}
                onChange={(event) => change(at, { name: event.currentTarget.value })}
              />
              <TextInput
                w={120}
                label={`Price, ${currency}`}
                inputMode="decimal"
                value={variant.price}
                onChange={(event) => change(at, { price: event.currentTarget.value })}
                error={variant.price !== "" && format.parseMoney(variant.price, currency) === undefined ? "Such as 45.50" : undefined}
              />
            </Group>
            <MultiSelect
              size="xs"
              label="Modifiers"
              data={(menu.data?.modifier_groups ?? []).map((group) => ({ value: group.id, label: group.name }))}
              value={variant.groups}
              onChange={(groups) => change(at, { groups })}
            />
            <NutritionFields value={variant.nutrition} onChange={(nutrition) => change(at, { nutrition })} />
            <Group justify="space-between">
              <Checkbox
                size="xs"
                label="Sold by weight: the price is a kilogram's"
                checked={variant.weight}
                onChange={(event) => change(at, { weight: event.currentTarget.checked })}
              />
              {variants.length > 1 && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="chili"
                  onClick={() => setVariants(variants.filter((_, index) => index !== at))}
                >
                  Remove
                </Button>
              )}
            </Group>
          </Stack>
        ))}
        <Button variant="default" onClick={() => setVariants([...variants, { ...FIRST, groups: variants[0]?.groups ?? [] }])}>
          Another variant
        </Button>
        <Group justify="space-between">
          {product && may(user, "DELETE /products/{id}") ? (
            <Button
              variant="subtle"
              color="chili"
              onClick={() =>
                confirm(
                  `Retire ${product.name}?`,
                  "It leaves the menu of every store, for good. Orders that were made of it keep it.",
                  "Retire",
                  () => retire.mutate(product.id),
                )
              }
            >
              Retire
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" loading={act.isPending} disabled={!good}>
            {product ? "Keep" : "Make it"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
