// SPDX-License-Identifier: MIT
// HTTPS as bytes on the wire have it: no redirect is followed, no cookie kept, a header may come twice, a client certificate may be shown.
import { Agent, request } from 'node:https';

/** What came back. `headers` is by lower-case name; a repeated one is joined by node's rules, Set-Cookie is an array. */
export class Answer {
    constructor({ url, status, headers, text }) {
        Object.assign(this, { url, status, headers, text });
    }
    get mediaType() {
        return (this.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    }
    get json() {
        return JSON.parse(this.text);
    }
    toString() {
        return `${this.status} ${this.mediaType} ${this.text.slice(0, 400)}`;
    }
}

export class Http {
    #agent;
    #showing = new Map();
    /** `tls`: what node:tls takes; `ca` is whom we believe, `cert` and `key` what we show. */
    constructor(tls) {
        this.tls = tls;
        this.#agent = new Agent({ keepAlive: true, ...tls });
    }

    /** The same, showing a client certificate; one for each certificate. */
    with(certificate) {
        if (!this.#showing.has(certificate)) this.#showing.set(certificate, new Http({ ...this.tls, ...certificate }));
        return this.#showing.get(certificate);
    }

    /** `form` and `json` are bodies with their media type; `body` is one without. A header's value may be an array: it is sent that many times. */
    send(url, { method, headers = {}, form, json, body } = {}) {
        const type = form ? 'application/x-www-form-urlencoded' : json ? 'application/json' : undefined;
        const bytes = Buffer.from(form ? new URLSearchParams(form).toString() : json ? JSON.stringify(json) : body ?? '');
        const given = Object.entries(headers).filter(([, value]) => value !== undefined);
        const sent = { ...(type && { 'Content-Type': type }), ...Object.fromEntries(given) };
        method ??= bytes.length > 0 || form ? 'POST' : 'GET';
        if (bytes.length > 0 || method === 'POST' || method === 'PUT') sent['Content-Length'] = bytes.length;
        return new Promise((resolve, reject) => {
            const outgoing = request(url, { method, headers: sent, agent: this.#agent }, (incoming) => {
                const parts = [];
                incoming.on('data', (part) => parts.push(part));
                incoming.on('error', reject);
                incoming.on('end', () => resolve(new Answer({
                    url: String(url), status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(parts).toString(),
                })));
            });
            outgoing.on('error', reject);
            outgoing.end(bytes);
        });
    }

    /** For libraries that ask for a fetch of the Fetch Standard. */
    get fetch() {
        return async (url, { method = 'GET', headers, body } = {}) => {
            const answer = await this.send(url, { method, headers: Object.fromEntries(new Headers(headers)), body: body?.toString() });
            const fields = Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
            const empty = [204, 205, 304].includes(answer.status);
            return new Response(empty ? null : answer.text, { status: answer.status, headers: fields });
        };
    }

    stop() {
        this.#agent.destroy();
        for (const http of this.#showing.values()) http.stop();
    }
}
