// SPDX-License-Identifier: MIT
// A browser that walks between servers on loopback: cookies by host and port, redirects, and forms that submit themselves.
const unescape = (text) => text.replaceAll(/&(amp|lt|gt|quot|#39|#x27|#34);/g, (all, name) => (
    { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"' })[name]);
const attribute = (tag, name) => {
    const found = tag.match(new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i'));
    return found && unescape(found[1] ?? found[2]);
};

export class Visitor {
    #cookies = new Map();
    visited = [];

    /** `leaves`: origins that are not asked; a redirect to one ends the walk. */
    constructor({ leaves }) {
        this.leaves = leaves;
    }

    /** Goes on until a page shows or the walk leaves: { text, status, away }. */
    async go(url, fields) {
        for (let hop = 0; hop < 20; ++hop) {
            if (this.leaves.includes(new URL(url).origin)) return { away: new URL(url) };
            const { host } = new URL(url);
            this.visited.push(url);
            const cookies = [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
            const answer = await fetch(url, {
                method: fields ? 'POST' : 'GET', redirect: 'manual', ...(fields && { body: new URLSearchParams(fields) }),
                headers: { Accept: 'text/html', ...(cookies && { Cookie: cookies }), ...(fields && { Origin: this.origin ?? 'null' }) },
            });
            for (const line of answer.headers.getSetCookie()) this.#keep(host, line);
            const text = await answer.text();
            this.origin = new URL(url).origin;
            const location = answer.headers.get('location') ?? answer.headers.get('refresh')?.match(/url=(.*)$/)?.[1];
            if (location) {
                [url, fields] = [new URL(location, url).href, undefined];
                continue;
            }
            const form = this.#ownForm(text);
            if (!form) return { text, status: answer.status, url };
            [url, fields] = [new URL(form.action, url).href, form.fields];
        }
        throw new Error(`no end at ${url}`);
    }

    /** A form that a script of the page submits. */
    #ownForm(text) {
        if (!/submit/.test(text) || !/<script|onload/i.test(text)) return undefined;
        const [whole, inside] = text.match(/<form\b[^>]*>([\s\S]*?)<\/form>/i) ?? [];
        if (!whole) return undefined;
        const fields = [...inside.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value') ?? ''])
            .filter(([name]) => name);
        return { action: attribute(whole.slice(0, whole.indexOf('>') + 1), 'action'), fields };
    }

    #keep(host, line) {
        const [pair] = line.split(';');
        const [name, value] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()];
        if (!this.#cookies.has(host)) this.#cookies.set(host, new Map());
        if (/max-age=0/i.test(line) || value === '' || value === 'deleted') this.#cookies.get(host).delete(name);
        else this.#cookies.get(host).set(name, value);
    }
}
