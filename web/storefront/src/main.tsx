import { Problem } from "@kirana/api";
import { onlineManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sessions } from "./api.ts";
import { Languages } from "./i18n/index.tsx";
import { applyLook } from "./logic/look.ts";
import { makeRouter } from "./router.tsx";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/pages.css";

// A page that was opened without a line is to notice when there is one.
onlineManager.setOnline(navigator.onLine);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The client itself repeats what is worth repeating; a read that found no line comes back with it.
      retry: false,
      networkMode: "always",
      refetchOnReconnect: true,
      throwOnError: (error) => !(error instanceof Problem),
    },
    mutations: { networkMode: "always" },
  },
});

// What one person saw is nothing for the next.
let who = sessions.current?.user.id;
sessions.subscribe(() => {
  const now = sessions.current?.user.id;
  if (now === who) return;
  who = now;
  client.removeQueries({ predicate: ({ queryKey }) => !["stores", "store", "menu", "providers"].includes(String(queryKey[0])) });
});

// The app was deployed anew while this page was open, and a file that it now wants is gone: the new page has another. Once, so that a
// line that is down does not reload for ever.
addEventListener("vite:preloadError", (event) => {
  const at = Number(sessionStorage.getItem("kirana.reloaded") ?? 0);
  if (!navigator.onLine || Date.now() - at < 60_000) return;
  sessionStorage.setItem("kirana.reloaded", String(Date.now()));
  event.preventDefault();
  location.reload();
});

applyLook();
const root = document.querySelector("#app");
if (!root) throw new Error("the page has no #app");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Languages>
        <RouterProvider router={makeRouter(client)} />
      </Languages>
    </QueryClientProvider>
  </StrictMode>,
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js"));
}
