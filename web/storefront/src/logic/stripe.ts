//! Stripe's own script: loaded from Stripe's address when somebody pays by it, never before, and never kept by us.
//! What is used of it here is what Stripe documents of Stripe.js; its types are written down as far as that goes.

/** Stripe asks that it comes from there and from nowhere else. */
const SCRIPT = "https://js.stripe.com/v3/";

export interface StripeElement {
  mount(at: HTMLElement): void;
  destroy(): void;
  on(event: "ready" | "loaderror", listener: () => void): void;
}

export interface StripeElements {
  create(kind: "payment"): StripeElement;
}

interface Confirmed {
  error?: { message?: string; type?: string };
  paymentIntent?: { status: string };
}

export interface Stripe {
  elements(options: { clientSecret: string; appearance?: { theme: "stripe" | "night" } }): StripeElements;
  /** Has the customer's bank ask them, where it wants to. */
  handleNextAction(options: { clientSecret: string }): Promise<Confirmed>;
  confirmPayment(options: { elements: StripeElements; confirmParams: { return_url: string }; redirect: "if_required" }): Promise<Confirmed>;
}

type Make = (publishableKey: string, options: { locale: string }) => Stripe;

declare global {
  interface Window {
    Stripe?: Make;
  }
}

let loading: Promise<Make> | undefined;

function script(): Promise<Make> {
  loading ??= new Promise<Make>((resolve, reject) => {
    const element = document.createElement("script");
    element.src = SCRIPT;
    element.async = true;
    element.onload = () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("Stripe's script has no Stripe in it")));
    element.onerror = () => {
      // Tried anew when it is asked for again.
      loading = undefined;
      element.remove();
      reject(new Error("Stripe's script cannot be loaded"));
    };
    document.head.append(element);
  });
  return loading;
}

/** Stripe for a chain's public key, in the reader's language; it chooses its own where it does not have that. */
export async function stripe(publishableKey: string, locale: string): Promise<Stripe> {
  const make = await script();
  return make(publishableKey, { locale: locale.split("-")[0] ?? "auto" });
}

/**
 * Was this document loaded at an address that pays? A page's policy is that of the address it was loaded at: who came here within the app
 * has one that lets nothing of Stripe in.
 */
export function wasLoadedToPay(entries: readonly { name: string }[] = performance.getEntriesByType("navigation")): boolean {
  const [entry] = entries;
  return entry === undefined || new URL(entry.name).pathname.startsWith("/pay/");
}

/** What Stripe has sent the browser back with, from a bank's page: its own id of the payment. */
export const backWith = (search: string): string | undefined => new URLSearchParams(search).get("payment_intent") ?? undefined;
