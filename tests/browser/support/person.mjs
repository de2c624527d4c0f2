// SPDX-License-Identifier: MIT
// What a person does on the provider's pages, found by the stable ids of design.md section 7. Each page met on the way is checked
// once: accessible, and legible at 320 px.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { assertAccessible, assertFits320, screenshot } from './chromium.mjs';

const met = new Set();
const policies = new WeakMap();

/** The Content-Security-Policy of every page of the provider; form_post, which leads away, is tested by itself. */
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/** Begin with this: meet() asserts the policy of what the page shows. The provider alone is at 127.0.0.1 (conf/demo/run.mjs). */
export function watch(page) {
    page.on('response', (response) => {
        if (response.request().isNavigationRequest()) policies.set(page, response.headers()['content-security-policy']);
    });
    return page;
}

/** Checks the page that now shows, unless one with its heading, path and faults has been checked before. */
export async function meet(page) {
    await page.waitForLoadState();
    const { hostname, pathname } = new URL(page.url());
    if (hostname === '127.0.0.1') assert.equal(policies.get(page), policy, page.url());
    const heading = (await page.textContent('h1')).trim();
    const kind = `${pathname} ${heading} ${await page.locator('#errors').count()}`;
    if (met.has(kind)) return;
    met.add(kind);
    await assertAccessible(page, kind);
    await assertFits320(page, kind);
    await screenshot(page, `met/${String(met.size).padStart(2, '0')}-${heading.toLowerCase().replaceAll(/[^a-zåäö]+/g, '-')}`);
}

export const newAddress = () => `person-${randomBytes(6).toString('hex')}@example.fi`;
export const newPassword = () => randomBytes(12).toString('base64url');

/** From the choice of methods, if it shows, through the stand-in for Suomi.fi. */
export async function identify(page, person) {
    await page.waitForSelector(`#method-suomifi, #person-${person}`);
    if (await page.locator('#method-suomifi').count()) {
        await meet(page);
        await page.click('#method-suomifi');
    }
    await page.waitForSelector(`#person-${person}`);
    await meet(page);
    await page.click(`#person-${person}`);
}

/** From the choice of methods, if it shows, to the page for e-mail and password. */
export async function choosePassword(page) {
    await page.waitForSelector('#method-password, #login-submit');
    if (await page.locator('#method-password').count()) {
        await meet(page);
        await page.click('#method-password');
    }
    await page.waitForSelector('#login-submit');
    await meet(page);
}

export async function signInWithPassword(page, { email, password }) {
    await choosePassword(page);
    await page.fill('[name=email]', email);
    await page.fill('[name=password]', password);
    await page.click('#login-submit');
}

/** The pages e-mail, code and new password, wherever they stand: sign-up, reset, after the first strong login. */
export async function confirmAddress(page, mailbox, { email, password }) {
    const seen = (await mailbox.messagesTo(email)).length;
    await page.waitForSelector('[name=email]');
    await meet(page);
    await page.fill('[name=email]', email);
    await page.click('#continue');
    await page.waitForSelector('[name=code]');
    await meet(page);
    await page.fill('[name=code]', codeIn(await mailbox.nextMessage(email, seen)));
    await page.click('#continue');
    await page.waitForSelector('[name=new_password]');
    await meet(page);
    await page.fill('[name=new_password]', password);
    await page.click('#continue');
}

export function codeIn({ text }) {
    return text.match(/\b\d{6}\b/)[0];
}

export async function consent(page) {
    await page.waitForSelector('#consent-allow');
    await meet(page);
    await page.click('#consent-allow');
}

/** What the service shows of a person who is signed in. */
export async function shownBy(page, service) {
    await page.waitForURL(`${service.origin}/`);
    await page.waitForSelector('#signed-in-as, #login-error');
    const problem = page.locator('#login-error');
    if (await problem.count()) throw new Error(`${service.name} says ${await problem.textContent()}`);
    await meet(page);
    const [acr, amr, claims] = await Promise.all(['#acr', '#amr', '#claims'].map((id) => page.textContent(id)));
    return { acr, amr, claims: JSON.parse(claims) };
}
