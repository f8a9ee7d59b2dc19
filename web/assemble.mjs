// Puts the built apps together as the gateway serves them: the storefront at /, the dashboard at /dashboard/, and the headers of both.
// An app that is not built is left out.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const web = import.meta.dirname;
const dist = join(web, "dist");

/** What a page may load, and from where: nothing from anywhere else, and no script that is not a file of ours. */
const policy = (style) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

// The dashboard's component library writes its theme into a style element; scripts are as strict there.
const headers = `/*
  Content-Security-Policy: ${policy("'self'")}
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Referrer-Policy: no-referrer
  Cross-Origin-Opener-Policy: same-origin
  Permissions-Policy: geolocation=(self), camera=(self), microphone=(), payment=()
  Strict-Transport-Security: max-age=63072000; includeSubDomains
/dashboard/*
  ! Content-Security-Policy
  Content-Security-Policy: ${policy("'self' 'unsafe-inline'")}
/assets/*
  Cache-Control: public, max-age=31536000, immutable
/dashboard/assets/*
  Cache-Control: public, max-age=31536000, immutable
`;

const apps = [
  ["storefront", ""],
  ["dashboard", "dashboard"],
];
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const [name, at] of apps) {
  const built = join(web, name, "dist");
  // Vite's list of files is for tests, not for the world.
  if (existsSync(join(built, "index.html")))
    cpSync(built, join(dist, at), { recursive: true, filter: (path) => !path.includes(`${name}/dist/.vite`) });
}
writeFileSync(join(dist, "_headers"), headers);
