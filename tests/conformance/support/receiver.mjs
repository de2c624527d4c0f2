// SPDX-License-Identifier: MIT
// The relying party's own server: documents that the provider fetches, and what the provider sends by itself.
import { createServer } from 'node:https';
import { freePort } from '../../../conf/demo/processes.mjs';

export async function startReceiver({ cert, key }) {
    const port = await freePort();
    const origin = `https://127.0.0.1:${port}`;
    const documents = new Map();  // path → { type, body, status }
    const replies = [];  // { path, decide }
    const received = new Map();  // path → requests, oldest first
    const waiting = new Map();  // path → who waits for the next one

    const server = createServer({ cert, key }, async (request, response) => {
        const parts = [];
        for await (const part of request) parts.push(part);
        const { pathname, searchParams } = new URL(request.url, origin);
        const one = { method: request.method, headers: request.headers, query: searchParams, text: Buffer.concat(parts).toString() };
        received.set(pathname, [...(received.get(pathname) ?? []), one]);
        waiting.get(pathname)?.splice(0).forEach((wake) => wake());
        const decided = replies.filter(({ path }) => path === pathname).map(({ decide }) => decide(one)).find(Boolean);
        const usual = documents.get(pathname) ?? { status: request.method === 'POST' ? 200 : 404 };
        const { type = 'text/plain', body = '', status = 200 } = decided || usual;
        response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    });
    await new Promise((listening) => server.listen(port, '127.0.0.1', listening));

    return {
        origin,
        /** Answers `path` with this from now on; gives its address. */
        publish(path, { type = 'application/json', body, json, status }) {
            documents.set(path, { type, body: body ?? JSON.stringify(json), status });
            return origin + path;
        },
        /** Answers those requests to `path` for which `decide` gives { status, body }. */
        reply: (path, decide) => void replies.push({ path, decide }),
        /** All requests to `path` so far, oldest first. */
        requests: (path) => received.get(path) ?? [],
        /** The first request to `path` that `fits`; it may be on its way. */
        async request(path, fits = () => true, deadline_ms = 10_000) {
            const deadline = Date.now() + deadline_ms;
            for (;;) {
                const found = received.get(path)?.find(fits);
                if (found) return found;
                if (Date.now() > deadline) throw new Error(`no such request to ${path} within ${deadline_ms} ms`);
                await new Promise((wake) => {
                    const timer = setTimeout(wake, Math.max(deadline - Date.now(), 1));
                    if (!waiting.has(path)) waiting.set(path, []);
                    waiting.get(path).push(() => (clearTimeout(timer), wake()));
                });
            }
        },
        stop: () => new Promise((closed) => (server.closeAllConnections(), server.close(closed))),
    };
}
