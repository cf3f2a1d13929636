// A browser, and people who use it: each has their own cookies and says afterwards whether a page
// complained (script error, refused by the security policy, request to another origin).

import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url)("axe-core");

/** Starts the browser named by TEQUIO_CHROMIUM. */
export async function startBrowser() {
  const executablePath = process.env.TEQUIO_CHROMIUM ?? "/usr/bin/chromium";
  // Chromium's own sandbox does not start for root.
  const chromiumSandbox = process.getuid?.() !== 0;
  return chromium.launch({ executablePath, chromiumSandbox });
}

/** A person at a browser window. `options` as for Playwright's `newContext`. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ locale: "es-GT", timezoneId: "America/Guatemala", ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    // A page of status 4xx that a test asks for is no complaint of the page.
    const expected = /Failed to load resource: the server responded with a status of 4/;
    if (message.type() === "error" && !expected.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const from = hostOf(page.url());
    if (from && hostOf(request.url()) !== from && !request.isNavigationRequest()) {
      complaints.push(`request to another origin: ${request.url()}`);
    }
  });
  return { page, context, complaints, close: () => context.close() };
}

/** Signs in by the form and waits until the page greets. */
export async function signIn(page, base, name, password) {
  await page.goto(`${base}/entrar`);
  await page.getByLabel("Nombre de usuario").fill(name);
  await page.getByLabel("Contraseña").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Entrar" }).click();
  await page.getByRole("button", { name: "Salir" }).waitFor();
}

/** Loads the page again until `locator` is there; pages need no script, so nothing comes by itself. */
export async function reloadUntil(page, locator, what, within_ms = 30_000) {
  const deadline = Date.now() + within_ms;
  for (;;) {
    if (await locator.count()) return;
    if (Date.now() > deadline) throw new Error(`${what} did not appear on ${page.url()}`);
    await page.waitForTimeout(250);
    await page.reload();
  }
}

/** Breaches of WCAG 2.2 AA and of good practice on the page, as lines of text. */
export async function breaches(page) {
  await page.evaluate(axe.source);
  const results = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`),
  );
}

/** How many CSS pixels the page is wider than the window. */
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Saves a picture of the whole page when TEQUIO_SCREENSHOTS names a folder. */
export async function screenshot(page, name) {
  const folder = process.env.TEQUIO_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

function hostOf(url) {
  return /^https?:/.test(url) ? new URL(url).host : null;
}
