import "@fontsource-variable/hanken-grotesk";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app.css";
import { Problem } from "@kirana/api";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sessions } from "./api/index.ts";
import { makeRouter } from "./router.tsx";
import { inks, theme } from "./theme.ts";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The transport tries again what is worth it; a refusal stays one.
      retry: (count, error) => error instanceof Problem && error.isOffline && count < 2,
      refetchOnWindowFocus: true,
    },
  },
});
const router = makeRouter(client);

// Whoever signs out, here or in another tab, leaves nothing of theirs behind.
let who = sessions.current?.user.id;
sessions.subscribe(() => {
  const now = sessions.current?.user.id;
  if (now === who) return;
  who = now;
  client.clear();
  void router.invalidate();
});

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={inks} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" limit={4} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
