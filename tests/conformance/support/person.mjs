// SPDX-License-Identifier: MIT
// What a person does on the provider's pages, by the stable ids of design.md section 7.
import assert from 'node:assert/strict';

/** Pages by what they are for: the button that is pressed when they show, or what is filled in. */
const steps = [
    { name: 'choice', button: ({ login }) => (login === 'cancel' ? 'cancel' : 'method-password'), on: 'method-password' },
    { name: 'login', button: ({ login }) => (login === 'cancel' ? 'cancel' : 'login-submit'), on: 'login-submit', values: ({ email, password }) => ({ email, password }) },
    { name: 'consent', button: ({ consent }) => (consent === 'deny' ? 'consent-deny' : 'consent-allow'), on: 'consent-allow' },
    { name: 'device', button: () => 'device-submit', on: 'device-submit' },  // the address has filled in the code
    { name: 'not_completed', button: () => 'cancel', on: 'retry' },
    { name: 'logout', button: ({ logout }) => (logout === 'stay' ? 'logout-stay' : 'logout-confirm'), on: 'logout-confirm' },
];

/**
 * Goes on from `state` (browser.mjs) until the browser is sent away or a page shows that asks nothing. `shown` are the pages that asked, in
 * order, `pages` the pages themselves. Who came by a link and is refused at once is asked before going back to the service (RFC 9700 §4.11.2):
 * the person goes. `decision`: { login: 'cancel' }, { consent: 'deny' }, { logout: 'stay' }.
 */
export async function walk(browser, state, person, decision = {}) {
    const pages = [];
    const shown = [];
    while (state.page && !state.away) {
        const { page } = state;
        if (page.status === 400 && page.has('return')) {
            shown.push('refusal');
            return { away: new URL(page.linkOf('return')), page, shown, pages };
        }
        const step = steps.find(({ on }) => page.has(on));
        if (!step) break;
        assert.ok(!page.has('errors'), `${page} complains: ${page.textOf('errors')}`);
        assert.ok(shown.length < 8, `no end of pages: ${shown}`);
        shown.push(step.name);
        pages.push(page);
        state = await browser.press(page, step.button(decision), step.values?.(person));
    }
    return { ...state, shown, pages };
}

/**
 * Answers a question that a service asked at the back channel (CIBA): on the page for them, found by its binding message, having signed in.
 * Gives the page on which the person saw it. `decision`: { consent: 'deny' }.
 */
export async function answerRequest(op, { binding_message }, decision) {
    const browser = op.browser();
    const { page, away } = await walk(browser, await browser.visit(`${op.issuer}/profile/requests`), op.persons.buffy);
    assert.ok(!away && page.html.includes('name="review"'), `${page}`);
    const row = page.html.split('<li>').find((part) => part.includes(`>${binding_message}</strong>`));
    assert.ok(row, 'the question is there');
    const [, review] = row.match(/name="review" value="([^"]*)"/);
    const form = page.forms.find(({ buttons }) => [...buttons.values()].some(({ name }) => ['review', 'deny'].includes(name)));
    const last = await walk(browser, await browser.submit(form, { review }), op.persons.buffy, decision);
    assert.ok(last.page && last.page.status === 200, `${last.page}`);
    return page;
}
