// SPDX-License-Identifier: MIT
// A browser without script, as the official suite has one: cookies, redirects within the provider, forms. It stops where the provider sends it away.
import assert from 'node:assert/strict';

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const unescape = (text) => text.replaceAll(/&(#?\w+);/g, (all, name) => entities[name] ?? all);

function attributesOf(tag) {
    return Object.fromEntries([...tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value = '']) => [name, unescape(value)]));
}

/** A page that the provider shows. */
export class Page {
    constructor(answer) {
        this.answer = answer;
        this.url = answer.url;
        this.status = answer.status;
        this.html = answer.text;
    }
    has(id) {
        return this.html.includes(` id="${id}"`);
    }
    /** The readable text of an element without elements inside. */
    textOf(id) {
        return unescape(this.html.match(new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>([^<]*)</\\1>`))?.[2] ?? '').trim();
    }
    get heading() {
        return unescape(this.html.match(/<h1>([^<]*)<\/h1>/)?.[1] ?? '').trim();
    }
    get links() {
        return [...this.html.matchAll(/<a\b[^>]*>/g)].map(([tag]) => attributesOf(tag).href);
    }
    linkOf(id) {
        const tag = [...this.html.matchAll(/<a\b[^>]*>/g)].map(([tag]) => attributesOf(tag)).find((link) => link.id === id);
        return tag?.href;
    }
    get images() {
        return [...this.html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => attributesOf(tag).src);
    }
    get frames() {
        return [...this.html.matchAll(/<iframe\b[^>]*>/g)].map(([tag]) => attributesOf(tag).src);
    }
    /** { id, action, fields, buttons }: of inputs what they hold now, of buttons their name and value by id. */
    get forms() {
        return [...this.html.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/g)].map(([all, inside]) => {
            const { id, action } = attributesOf(all.slice(0, all.indexOf('>') + 1));
            const inputs = [...inside.matchAll(/<input\b[^>]*>/g)].map(([tag]) => attributesOf(tag)).filter(({ name }) => name);
            const buttons = [...inside.matchAll(/<button\b[^>]*>/g)].map(([tag]) => attributesOf(tag));
            return {
                id,
                action: new URL(action, this.url).href,
                fields: Object.fromEntries(inputs.map(({ name, value = '' }) => [name, value])),
                buttons: new Map(buttons.map((button) => [button.id, button])),
            };
        });
    }
    toString() {
        return `page ${this.status} ${this.url.split('?')[0]} "${this.heading}" ${this.textOf('error')}`;
    }
}

export class Browser {
    #cookies = new Map();

    constructor(http, origin) {
        this.http = http;
        this.origin = origin;
    }

    /** What a script of the provider's pages reads as document.cookie. */
    get scriptCookies() {
        return [...this.#cookies].filter(([, { httpOnly }]) => !httpOnly).map(([name, { value }]) => `${name}=${value}`).join('; ');
    }

    /**
     * Goes to an address of the provider, as from another site, and on until something shows. Gives one of
     * { page }; { away: URL } the provider sends the browser elsewhere; { away: URL, posted: fields } by a form that submits itself.
     */
    async visit(url, { form } = {}) {
        return this.#go(url, { form, site: 'cross-site' });
    }

    /** Presses a button of the page, having filled in `values`. */
    async press(page, buttonId, values = {}) {
        const form = page.forms.find(({ buttons }) => buttons.has(buttonId));
        assert.ok(form, `no button ${buttonId} on ${page}`);
        const { name, value } = form.buttons.get(buttonId);
        return this.submit(form, { ...values, ...(name && { [name]: value }) });
    }
    /** Submits a form of a page of ours with these `values` over its own. */
    submit(form, values) {
        return this.#go(form.action, { form: { ...form.fields, ...values }, site: 'same-origin' });
    }

    async #go(url, { form, site }) {
        for (let hop = 0; hop < 10; ++hop) {
            const answer = await this.#request(url, form, site);
            const location = answer.headers.location;
            if (answer.status >= 300 && answer.status < 400 && location) {
                assert.ok(answer.status === 302 || answer.status === 303, `redirects with ${answer.status}`);
                const next = new URL(location, url);
                if (next.origin !== this.origin) return { away: next, answer };
                [url, form] = [next.href, undefined];
                continue;
            }
            return this.#shown(new Page(answer));
        }
        throw new Error(`redirects without end at ${url}`);
    }

    /** Two pages lead away by themselves: the one for form_post, and the one after a form of ours. */
    #shown(page) {
        const post = page.forms.find(({ id }) => id === 'answer');
        if (post && new URL(post.action).origin !== this.origin) return { away: new URL(post.action), posted: post.fields, page };
        const refresh = page.answer.headers.refresh?.match(/^0; url=(.*)$/);
        if (refresh && !page.frames.length) {
            assert.ok(page.links.includes(refresh[1]), 'the page that leads away has a link for browsers that do not follow');
            return { away: new URL(refresh[1]), page };
        }
        return { page };
    }

    async #request(url, form, site) {
        const cookies = [...this.#cookies]
            .filter(([, { sameSite }]) => site === 'same-origin' || sameSite === 'none' || (!form && sameSite === 'lax'))
            .map(([name, { value }]) => `${name}=${value}`);
        const answer = await this.http.send(url, {
            form,
            headers: {
                Accept: 'text/html,application/xhtml+xml',
                'Accept-Language': 'en',
                'User-Agent': 'conformance',
                'Sec-Fetch-Site': site,
                'Sec-Fetch-Mode': 'navigate',
                'Sec-Fetch-Dest': 'document',
                ...(form && { Origin: site === 'same-origin' ? this.origin : 'https://rp.example' }),
                ...(cookies.length && { Cookie: cookies.join('; ') }),
            },
        });
        for (const cookie of answer.headers['set-cookie'] ?? []) this.#keep(cookie);
        return answer;
    }

    #keep(text) {
        const [pair, ...attributes] = text.split(';').map((part) => part.trim());
        const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
        const of = (attribute) => attributes.find((each) => each.toLowerCase().startsWith(`${attribute}=`))?.split('=')[1];
        if (of('max-age') === '0') this.#cookies.delete(name);
        else this.#cookies.set(name, { value, sameSite: (of('samesite') ?? 'lax').toLowerCase(), httpOnly: attributes.some((each) => /^httponly$/i.test(each)) });
    }
}
