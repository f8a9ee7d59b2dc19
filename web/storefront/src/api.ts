//! The one client of the page. The session is kept where every tab finds it.

import { createApi } from "@kirana/api";

export const api = createApi({ keep: localStorage });
export const { http, sessions } = api;
