// Ten cities for the time of a test run: starts `tequio demo` in a folder of its own and reads from
// what it prints where the cities are and how to sign in. Ends with this process.

import { spawn } from "node:child_process";
import { request } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const CITIES = 10;
const CONVERGES_WITHIN_MS = 180_000;

/** Starts the ten cities and waits until all hold the same logs. */
export async function startNetwork() {
  const program = process.env.TEQUIO_BIN;
  if (!program) throw new Error("TEQUIO_BIN must name the built program; `cargo xtask test` sets it");
  const folder = await mkdtemp(path.join(tmpdir(), "tequio-browser-"));
  const base = await freePorts(CITIES);
  const process_ = spawn(program, ["demo", "--data", folder, "--port-base", String(base)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killed = () => process_.kill("SIGKILL");
  process.once("exit", killed);
  const ended = new Promise((resolve) => process_.once("exit", resolve));
  const stop = async () => {
    process.removeListener("exit", killed);
    process_.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const printed = await untilConverged(process_, ended);
    return { stop, ...readPrinted(printed) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All lines printed until the password, which comes after `converged`; an error shows the last lines. */
async function untilConverged(process_, ended) {
  const lines = [];
  const converged = new Promise((resolve) => {
    for (const stream of [process_.stdout, process_.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (/^password:/.test(line)) resolve("converged");
      });
    }
  });
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, CONVERGES_WITHIN_MS, "took too long");
  });
  const outcome = await Promise.race([converged, late, ended.then((code) => `ended with ${code}`)]);
  clearTimeout(timer);
  if (outcome !== "converged") {
    throw new Error(`tequio demo ${outcome}; its last words:\n${lines.slice(-20).join("\n")}`);
  }
  return lines;
}

/** Addresses by city slug, and the password that all made-up members share. */
function readPrinted(lines) {
  const text = lines.join("\n");
  const cities = new Map();
  for (const [, slug, port] of text.matchAll(/http:\/\/([a-z-]+)\.localhost:(\d+)/g)) {
    cities.set(slug, `http://${slug}.localhost:${port}`);
  }
  const password = /(?:password|contraseña)\W+([^\s`"']+)/i.exec(text)?.[1];
  if (cities.size !== CITIES || !password) {
    throw new Error(`tequio demo named ${cities.size} cities, password ${password}:\n${text}`);
  }
  return { cities, password };
}

/** The first of `count` neighboring ports on which nobody listens. */
async function freePorts(count) {
  for (let base = 20_000 + (process.pid % 1000) * CITIES; base < 32_000; base += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error("no ten free ports in a row");
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The answer for an address of a city once it is 200: files come a little after the post. */
export async function fetchedOnce(address, withinMs = 30_000) {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await get(address);
    if (answer.status === 200) return answer;
    if (Date.now() > until) throw new Error(`${address} still answers ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** GET without the system's resolver, which may not know `*.localhost`. */
function get(address) {
  const { host, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: pathname, headers: { host } };
    request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", reject)
      .end();
  });
}
