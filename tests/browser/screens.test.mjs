// Every screen, light and dark, wide and narrow: no accessibility breach, no sideways scrolling, no
// complaint of the browser, few bytes and requests.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { breaches, overflow, person, screenshot, signIn, startBrowser } from "./harness/browser.mjs";
import { startNetwork } from "./harness/network.mjs";

const FIRST_VIEW_MAX_BYTES = 60 * 1024;
const FIRST_VIEW_MAX_REQUESTS = 6;

let network;
let browser;
before(async () => {
  [network, browser] = await Promise.all([startNetwork(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await network?.stop();
});

const base = () => network.cities.get("san-salvador");

/** Follows the first link below `start` whose address begins so. */
const firstLink = (start, prefix) => async (page) => {
  await page.goto(`${base()}${start}`);
  const link = page.getByRole("main").locator(`a[href^="${prefix}"]`).first();
  return link.getAttribute("href");
};
/** Follows such links one after another. */
const firstLinkOf = (start, ...prefixes) => async (page) => {
  let path = start;
  for (const prefix of prefixes) path = await firstLink(path, prefix)(page);
  return path;
};
const at = (path) => async () => path;

const SCREENS = [
  ["home", at("/")],
  ["topic", at("/temas/saneamiento")],
  ["topic-library", at("/temas/saneamiento/biblioteca")],
  ["topic-glossary", at("/temas/saneamiento/glosario")],
  ["topic-people", at("/temas/saneamiento/personas")],
  ["topic-cities", at("/temas/saneamiento/ciudades")],
  ["topic-acta", at("/temas/saneamiento/acta")],
  ["term", at("/temas/saneamiento/acta/turno/1")],
  ["takeover", at("/temas/saneamiento/acta/relevo")],
  ["in-force", at("/temas/saneamiento/acta/vigente")],
  ["turns", at("/traspasos")],
  ["thread", firstLink("/temas/saneamiento", "/conversaciones/")],
  ["library", at("/biblioteca")],
  ["knowledge-object", firstLink("/temas/saneamiento/biblioteca", "/biblioteca/")],
  ["person", at("/personas/rmejia")],
  ["cities", at("/ciudades")],
  ["invitation", at("/invitacion")],
  ["city", at("/ciudades/managua")],
  ["network", at("/red")],
  ["sign-in", at("/entrar")],
  ["register", at("/cuenta/nueva")],
  ["not-found", at("/no/existe")],
];

const SCREENS_OF_MEMBERS = [
  ["home-of-member", at("/")],
  ["compose", at("/temas/saneamiento/nueva")],
  ["new-knowledge-object", at("/temas/saneamiento/nueva-ficha")],
  ["settings", at("/ajustes")],
  ["topic-acta-of-administrator", at("/temas/saneamiento/acta")],
  ["offer", at("/temas/saneamiento/acta/traspaso")],
  ["schedule", at("/temas/saneamiento/acta/calendario")],
  ["leave", at("/temas/saneamiento/acta/salir")],
  ["topic-page-form", at("/temas/saneamiento/pagina")],
  ["priorities-form", at("/temas/saneamiento/prioridades")],
  ["collection-form", at("/temas/saneamiento/nueva-coleccion")],
  ["moderation", firstLinkOf("/temas/saneamiento", "/conversaciones/", "/moderar/")],
  ["suspension", firstLinkOf("/temas/saneamiento", "/conversaciones/", "/moderar/", "/temas/saneamiento/suspension")],
  ["topics-of-account", at("/admin/cuentas/gportillo/temas")],
  ["outside", at("/fuera")],
  ["messages", at("/mensajes")],
  ["accounts", at("/admin/cuentas")],
  ["reports", at("/admin/reportes")],
  ["hidden", at("/admin/ocultos")],
  ["siblings", at("/admin/ciudades")],
  ["hide", firstLinkOf("/temas/saneamiento", "/conversaciones/", "/ocultar/")],
  ["network-of-administrator", at("/red")],
  ["thread-of-member", firstLink("/temas/saneamiento", "/conversaciones/")],
];

function everyScreen(screens, member) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
      describe(`${colorScheme} at ${width} px`, () => {
        let visitor;
        before(async () => {
          visitor = await person(browser, { colorScheme, viewport: { width, height: 900 } });
          if (member) await signIn(visitor.page, base(), member, network.password);
        });
        after(async () => visitor?.close());
        for (const [name, find] of screens) {
          it(`${name} is accessible, reflows and is at peace with the browser`, async () => {
            const { page, complaints } = visitor;
            const path = await find(page);
            assert.ok(path, "there is nothing to show");
            complaints.length = 0;
            await page.goto(`${base()}${path}`);
            await screenshot(page, `${name}-${colorScheme}-${width}`);
            assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, "one h1");
            assert.deepEqual(await breaches(page), []);
            assert.ok((await overflow(page)) <= 0, "it scrolls sideways");
            assert.deepEqual(complaints, []);
          });
        }
      });
    }
  }
}

describe("screens of visitors", () => everyScreen(SCREENS, null));
describe("screens of members", () => everyScreen(SCREENS_OF_MEMBERS, "rmejia"));

describe("a first view", () => {
  for (const [name, find] of SCREENS.filter(([name]) => ["home", "topic", "thread"].includes(name))) {
    it(`of ${name} is small`, async () => {
      const scout = await person(browser);
      const path = await find(scout.page);
      await scout.close();
      const { page, context, close } = await person(browser);
      const devtools = await context.newCDPSession(page);
      await devtools.send("Network.enable");
      const seen = { bytes: 0, requests: 0 };
      devtools.on("Network.requestWillBeSent", () => (seen.requests += 1));
      devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (seen.bytes += encodedDataLength));
      await page.goto(`${base()}${path}`, { waitUntil: "networkidle" });
      assert.ok(seen.bytes <= FIRST_VIEW_MAX_BYTES, `${seen.bytes} bytes`);
      assert.ok(seen.requests <= FIRST_VIEW_MAX_REQUESTS, `${seen.requests} requests`);
      await close();
    });
  }
});

describe("the keyboard", () => {
  it("reaches the content by the first key press, past the navigation", async () => {
    const { page, close } = await person(browser);
    await page.goto(`${base()}/`);
    await page.keyboard.press("Tab");
    const skip = page.locator("a.skip");
    assert.ok(await skip.evaluate((link) => link === document.activeElement));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "contenido");
    await close();
  });

  it("operates everything that can be operated, and shows where it is", async () => {
    const { page, close } = await person(browser);
    await page.goto(`${base()}/temas/saneamiento`);
    for (let presses = 0; presses < 25; presses += 1) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      assert.ok(shown, await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
    }
    await close();
  });
});

describe("language and theme", () => {
  it("are changed by plain forms and remembered", async () => {
    const { page, close } = await person(browser, { javaScriptEnabled: false });
    await page.goto(`${base()}/temas/saneamiento`);
    await page.getByRole("button", { name: "English" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.match(page.url(), /\/temas\/saneamiento$/);
    await page.getByRole("button", { name: "Dark" }).click();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.goto(`${base()}/`);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await close();
  });
});
