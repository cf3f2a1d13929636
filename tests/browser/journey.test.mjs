// The main journey, with and without JavaScript: someone in Tegucigalpa asks, someone in San Salvador
// answers on their own city's page, the answer is accepted and found useful, a ficha with a file
// goes from one city to another. Then what must not go wrong: lost text, forms without a session.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { person, reloadUntil, screenshot, signIn, startBrowser } from "./harness/browser.mjs";
import { fetchedOnce, startNetwork } from "./harness/network.mjs";

const TOPIC = "Saneamiento ambiental";

let network;
let browser;
before(async () => {
  [network, browser] = await Promise.all([startNetwork(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await network?.stop();
});

const city = (slug) => network.cities.get(slug);

/** The same page on another city's host: only the host differs. */
const elsewhere = (page, slug) => {
  const { pathname } = new URL(page.url());
  return `${city(slug)}${pathname}`;
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  describe(`the main journey ${how}`, () => {
    const title = `¿Quién barre los mercados los domingos? (${how})`;
    const answer = `Nosotros lo hacemos con dos turnos y un fondo del mercado, ${how}.`;
    let asker;
    let answerer;
    before(async () => {
      asker = await person(browser, { javaScriptEnabled });
      answerer = await person(browser, { javaScriptEnabled });
    });
    after(async () => {
      await asker?.close();
      await answerer?.close();
    });

    it("a visitor goes from home to a topic, to a thread, and reads", async () => {
      const { page } = asker;
      await page.goto(`${city("tegucigalpa")}/`);
      await page.getByRole("main").getByRole("link", { name: TOPIC, exact: true }).first().click();
      await page.getByRole("heading", { level: 1, name: TOPIC }).waitFor();
      const first = page.getByRole("main").locator('.rows-title a[href^="/conversaciones/"]').first();
      const name = (await first.textContent()).trim();
      await first.click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
    });

    it("a member signs in and asks", async () => {
      const { page } = asker;
      await signIn(page, city("tegucigalpa"), "azelaya", network.password);
      await page.goto(`${city("tegucigalpa")}/temas/saneamiento`);
      await page.getByRole("link", { name: "Preguntar o conversar" }).click();
      await page.getByLabel("Título").fill(title);
      await page.getByLabel("Texto").fill("Los domingos **nadie** barre.\n\n- ¿turnos?\n- ¿contrato?");
      await page.getByRole("button", { name: "Ver cómo queda" }).click();
      await page.getByRole("status").getByText("nadie").waitFor();
      assert.equal(await page.getByLabel("Título").inputValue(), title);
      await page.getByRole("button", { name: "Publicar", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      assert.match(new URL(page.url()).pathname, /^\/conversaciones\//);
      await screenshot(page, `asked-${javaScriptEnabled ? "js" : "nojs"}`);
    });

    it("a member of another city reads it at home and answers", async () => {
      const { page } = answerer;
      await signIn(page, city("san-salvador"), "rmejia", network.password);
      await page.goto(elsewhere(asker.page, "san-salvador"));
      await reloadUntil(page, page.getByRole("heading", { level: 1, name: title }), "the question");
      await page.getByLabel("Su comentario").fill(answer);
      await page.getByRole("button", { name: "Publicar", exact: true }).click();
      await page.getByRole("article").filter({ hasText: answer }).waitFor();
    });

    it("who asked sees the answer and accepts it", async () => {
      const { page } = asker;
      const post = page.getByRole("article").filter({ hasText: answer });
      await reloadUntil(page, post, "the answer");
      assert.match(await post.textContent(), /San Salvador/);
      await post.getByRole("button", { name: "Aceptar como respuesta" }).click();
      await page.getByText("Respuesta aceptada por quien preguntó").waitFor();
      await page.getByText("Respondida", { exact: true }).first().waitFor();
      await screenshot(page, `answered-${javaScriptEnabled ? "js" : "nojs"}`);
    });

    it("the acceptance and a vote are seen in other cities", async () => {
      const { page } = answerer;
      await reloadUntil(page, page.getByText("Respuesta aceptada por quien preguntó"), "the acceptance");
      const opening = page.getByRole("article").first();
      await opening.getByRole("button", { name: /útil/i }).click();
      await page.getByRole("article").first().locator('button[aria-pressed="true"]').waitFor();
      const visitor = await person(browser, { javaScriptEnabled });
      await visitor.page.goto(elsewhere(page, "la-habana"));
      const counted = visitor.page.getByRole("article").first().getByText(/^1\b.*útil|útil.*\b1\b/i);
      await reloadUntil(visitor.page, counted, "the count of votes");
      assert.deepEqual(visitor.complaints, []);
      await visitor.close();
    });

    it("a ficha with a file goes to another city, byte for byte", async () => {
      const { page } = answerer;
      const name = `Hoja de turnos de barrido (${how})`;
      const bytes = Buffer.from(`%PDF-1.4\n% turnos ${how}\n%%EOF\n`);
      await page.goto(`${city("san-salvador")}/temas/saneamiento`);
      await page.getByRole("link", { name: "Agregar una ficha" }).click();
      await page.getByLabel("Título").fill(name);
      await page.getByLabel("Texto").fill("Una hoja por mercado.");
      await page.getByLabel("Archivos").setInputFiles({ name: "turnos.pdf", mimeType: "application/pdf", buffer: bytes });
      await page.getByRole("button", { name: "Publicar la ficha" }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();

      const reader = await person(browser, { javaScriptEnabled });
      await reader.page.goto(elsewhere(page, "managua"));
      const download = reader.page.getByRole("link", { name: /turnos\.pdf/ });
      await reloadUntil(reader.page, download, "the file");
      const address = new URL(await download.getAttribute("href"), reader.page.url()).href;
      const response = await fetchedOnce(address);
      assert.deepEqual(response.body, bytes);
      assert.match(response.headers["content-disposition"], /^attachment/);
      assert.equal(response.headers["x-content-type-options"], "nosniff");
      await reader.close();
    });

    it("nothing was refused by the browser on the way", () => {
      assert.deepEqual([...asker.complaints, ...answerer.complaints], []);
    });
  });
}

describe("what a person typed", () => {
  it("comes back with the reason when a title is missing", async () => {
    const { page, close } = await person(browser);
    await signIn(page, city("managua"), "cmartinez", network.password);
    await page.goto(`${city("managua")}/temas/saneamiento/nueva`);
    await page.getByLabel("Título").fill("   ");
    await page.getByLabel("Texto").fill("Un texto que costó escribir.");
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "Publicar", exact: true }).click();
    assert.equal((await answered).status(), 422);
    await page.getByRole("alert").waitFor();
    assert.equal((await page.getByLabel("Texto").inputValue()).trim(), "Un texto que costó escribir.");
    await close();
  });

  it("is not lost when the session ended meanwhile", async () => {
    const { page, context, close } = await person(browser);
    await signIn(page, city("managua"), "cmartinez", network.password);
    await page.goto(`${city("managua")}/temas/saneamiento/nueva`);
    await page.getByLabel("Título").fill("Una pregunta");
    await page.getByLabel("Texto").fill("Un texto que costó escribir.");
    await context.clearCookies();
    await page.getByRole("button", { name: "Publicar", exact: true }).click();
    assert.match(await page.content(), /Un texto que costó escribir\./);
    await close();
  });

  it("a wrong password gives no hint whether the account exists", async () => {
    const { page, close } = await person(browser);
    const answers = [];
    for (const name of ["cmartinez", "nadie_de_aqui"]) {
      await page.goto(`${city("managua")}/entrar`);
      await page.getByLabel("Nombre de usuario").fill(name);
      await page.getByLabel("Contraseña").fill("no es esta");
      await page.getByRole("main").getByRole("button", { name: "Entrar" }).click();
      answers.push(await page.getByRole("alert").textContent());
    }
    assert.equal(answers[0], answers[1]);
    await close();
  });
});
