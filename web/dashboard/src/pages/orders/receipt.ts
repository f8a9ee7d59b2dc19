//! The receipt as the platform writes it for printers, on paper again.

import { problemOf } from "@kirana/api";
import { sessions } from "../../api/index.ts";
import { failed } from "../../ui/action.tsx";

export async function receiptText(order: string): Promise<string> {
  const token = await sessions.token();
  const answer = await fetch(`/api/v1/orders/${order}/receipt`, {
    headers: { accept: "text/plain", ...(token ? { authorization: `Bearer ${token}` } : {}) },
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer.text();
}

/** Opens the browser's print dialog with the receipt alone. */
export async function printReceipt(order: string): Promise<void> {
  try {
    const text = await receiptText(order);
    const frame = document.createElement("iframe");
    frame.title = "Receipt";
    frame.style.cssText = "position:fixed;width:0;height:0;border:0";
    document.body.append(frame);
    const page = frame.contentDocument;
    if (!page) return;
    const pre = page.createElement("pre");
    pre.textContent = text;
    pre.style.cssText = "font:12px/1.35 monospace;margin:0";
    page.body.append(pre);
    frame.contentWindow?.addEventListener("afterprint", () => frame.remove());
    frame.contentWindow?.print();
  } catch (error) {
    failed(error);
  }
}
