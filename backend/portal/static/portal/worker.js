// The service worker: static files and the form of a report for when there is no network, and nothing else. Each
// version keeps its own and takes away what others kept.

import { sendAll } from "./outbox.js";

const FORM = "/report/shell";
const WORDS = "/report/words";
const OFFLINE = "/offline";
const SHELL = [FORM, WORDS, OFFLINE];
const ALIVE = "/healthz";
const PATIENCE_MS = 10000;

export function serve(version, files) {
  const kept = [`files-${version}`, `shell-${version}`];
  const [filesHere, shellHere] = kept;

  // The form with its choices and words, as whoever is signed in gets it; of somebody else nothing stays.
  async function refresh() {
    const ask = (address) => fetch(address, { redirect: "error" }).catch(() => null);
    const answers = await Promise.all(SHELL.map(ask));
    if (!answers.at(-1)?.ok) return;
    // One by one, so that the form is never away: a network that is lost meanwhile leaves the one before.
    const cache = await caches.open(shellHere);
    for (const [index, address] of SHELL.entries()) {
      if (answers[index]?.ok) await cache.put(address, answers[index]);
      else await cache.delete(address);
    }
  }

  async function install() {
    await (await caches.open(filesHere)).addAll(files);
    await refresh();
    await skipWaiting();
  }

  async function activate() {
    for (const name of await caches.keys()) if (!kept.includes(name)) await caches.delete(name);
    await clients.claim();
  }

  async function instead(path) {
    const cache = await caches.open(shellHere);
    return (path === "/report" && (await cache.match(FORM))) || (await cache.match(OFFLINE)) || Response.error();
  }

  async function page(request, path) {
    const late = () => new Promise((_, fail) => setTimeout(fail, PATIENCE_MS));
    try {
      const answer = await (path === "/report" ? Promise.race([fetch(request), late()]) : fetch(request));
      return answer.status < 500 || path !== "/report" ? answer : instead(path);
    } catch {
      return instead(path);
    }
  }

  async function words(request) {
    try {
      return await fetch(request);
    } catch {
      return (await (await caches.open(shellHere)).match(WORDS)) ?? Response.error();
    }
  }

  async function file(request) {
    return (await (await caches.open(filesHere)).match(request)) ?? fetch(request);
  }

  addEventListener("install", (event) => event.waitUntil(install()));
  addEventListener("activate", (event) => event.waitUntil(activate()));
  addEventListener("message", (event) => {
    if (event.data === "refresh") event.waitUntil(refresh());
    if (event.data === "leave") event.waitUntil(caches.delete(shellHere));
  });
  // Where a browser offers it: it wakes us when the network is back, also after the last page was closed.
  async function sync() {
    if ((await sendAll()).later) throw new Error("no connection yet");
  }
  addEventListener("sync", (event) => event.waitUntil(sync()));
  addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (request.mode === "navigate") event.respondWith(page(request, pathname));
    else if (pathname === WORDS) event.respondWith(words(request));
    // Whether the server answers is asked by the way that pages take, which may know of a network later than they do.
    else if (pathname === ALIVE) event.respondWith(fetch(request).catch(() => new Response(null, { status: 204 })));
    else if (files.includes(pathname)) event.respondWith(file(request));
  });
}
