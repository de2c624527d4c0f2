// SPDX-License-Identifier: MIT
// Download and erasure as the citizen meets them, with a service behind them (tests/clients/gdpr_partner.mjs): by keyboard alone, without
// script, in each language, and after the page was closed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startPartner } from '../clients/gdpr_partner.mjs';
import { startProvider } from '../conformance/support/provider.mjs';
import { launch, screenshot } from './support/chromium.mjs';
import { consent, meet, signInWithPassword, watch } from './support/person.mjs';

const timeout = 120_000;
const locales = {
    fi: { refused: 'Sinulla on lainoja.', given: 'Tiedot saatiin' },
    sv: { refused: 'Du har lån.', given: 'Uppgifterna lämnades' },
    en: { refused: 'You have loans.', given: 'The data were received' },
};
const verifier = 'a verifier of these tests that is long enough'.replaceAll(' ', '-');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const tree = { key: 'LIBRARY', children: [{ key: 'LOAN', value: 'Seitsemän veljestä' }] };
let browser, op, partner;

before(async () => {
    const persons = Object.fromEntries([...Object.keys(locales), 'slow', 'one'].map((name) =>
        [name, { email: `${name}@city.example`, password: `${name}-seitseman-veljesta-1870`, claims: { given_name: 'Aino', family_name: 'Lukija' } }]));
    op = await startProvider({
        name: 'gdpr-pages', persons,
        clients: async ({ authority }) => {
            partner = await startPartner(authority.issue('partner'), { audience: 'library-api', scopes: { query: 'gdprquery', erase: 'gdprdelete' } });
            return [{ client: { client_id: 'library', token_endpoint_auth_method: 'none', redirect_uris: [`${partner.origin}/back`], scope: 'openid email' } }];
        },
        configuration: () => ({
            services: [{
                name: 'library', title: { fi: 'Kirjasto', sv: 'Biblioteket', en: 'Library' }, client_ids: ['library'],
                data_fields: [{ name: 'email', purpose: { fi: 'Muistutukset', sv: 'Påminnelser', en: 'Reminders' } }],
                gdpr: { url: `${partner.origin}/gdpr/$user_uuid`, query_scope: 'gdprquery', delete_scope: 'gdprdelete', audience: 'library-api' },
            }],
        }),
    });
    await partner.knows(op);
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await op?.stop();
    await partner?.stop();
});

/** Signs the person in at the library, who permits it, and opens their own page. Gives the page and what the library knows them by. */
async function come(name, { locale = 'fi', ...options } = {}) {
    partner.behave = undefined;
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' }[locale], ...options });
    const page = watch(await context.newPage());
    await page.goto(`${op.issuer}/authorize?client_id=library&response_type=code&scope=openid&redirect_uri=${partner.origin}/back&state=s&code_challenge_method=S256&code_challenge=${challenge}`);
    await signInWithPassword(page, op.persons[name]);
    await consent(page);
    await page.waitForURL(`${partner.origin}/**`);
    const sub = await subjectOf(page);
    partner.records.set(sub, { tree });
    partner.calls.length = 0;
    await page.goto(`${op.issuer}/profile/`);
    return { page, sub };
}

async function subjectOf(page) {
    const code = new URL(page.url()).searchParams.get('code');
    const { json } = await op.http.send(op.metadata.token_endpoint, {
        form: { grant_type: 'authorization_code', code, client_id: 'library', redirect_uri: `${partner.origin}/back`, code_verifier: verifier },
    });
    return JSON.parse(Buffer.from(json.id_token.split('.')[1], 'base64url')).sub;
}

for (const [locale, { refused, given }] of Object.entries(locales)) {
    test(`the whole way in ${locale}`, { timeout }, async () => {
        const { page, sub } = await come(locale, { locale });
        await page.click('#download-data');
        await meet(page);
        await page.click('#download-start');
        await page.waitForSelector('#download-file');
        await meet(page);
        assert.ok((await page.textContent('main')).includes(given));
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download-file')]);
        assert.equal(download.suggestedFilename(), 'profile_data.json');
        const file = JSON.parse(await readFile(await download.path(), 'utf8'));
        assert.deepEqual(file.children[2].children[0], { key: 'LIBRARY', children: [tree] });
        assert.ok(JSON.stringify(file).includes(op.persons[locale].email));

        partner.records.get(sub).keeps = true;
        await page.goto(`${op.issuer}/profile/`);
        await page.click('#delete-account');
        await meet(page);
        await page.click('#erase-check');
        await page.waitForSelector('#erase-again');
        await meet(page);
        await screenshot(page, `gdpr-refused-${locale}`);
        assert.ok((await page.textContent('main')).includes(refused));
        partner.records.get(sub).keeps = false;
        await page.click('#erase-again');
        await page.waitForSelector('#erase-confirm');
        await page.click('#erase-confirm');
        await page.waitForSelector('#confirm-error');
        await meet(page);
        await page.click('label[for=confirm]');
        await page.click('#erase-confirm');
        await page.waitForSelector('#erased');
        await meet(page);
        await screenshot(page, `gdpr-erased-${locale}`);
        assert.ok(!partner.records.has(sub));
        await page.goto(`${op.issuer}/profile/`);
        assert.equal(await page.locator('#delete-account').count(), 0, 'signed out');
        await page.context().close();
    });
}

test('one service by keyboard alone, without script', { timeout }, async () => {
    const { page, sub } = await come('one', { javaScriptEnabled: false });
    const reach = async (selector) => {
        for (let i = 0; i < 60; ++i) {
            if (await page.locator(`${selector}:focus`).count()) return;
            await page.keyboard.press('Tab');
        }
        assert.fail(`${selector} is not reached by Tab`);
    };
    await reach('#nav-services');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/profile/services');
    await reach('a[href$="delete?service=library"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#erase-check');
    await reach('#erase-check');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#erase-confirm');
    await reach('#confirm');
    await page.keyboard.press('Space');
    await reach('#erase-confirm');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#erase-cancel');
    assert.ok(!partner.records.has(sub));
    assert.deepEqual(partner.calls, ['DELETE dry', 'DELETE']);
    await page.goto(`${op.issuer}/profile/services`);
    assert.ok(!(await page.textContent('main')).includes('Kirjasto'), 'its permission has ended');
    await page.goto(`${op.issuer}/profile/`);
    assert.equal(await page.locator('#delete-account').count(), 1, 'the account stands');
    await page.context().close();
});

test('a service that is away for a moment, and a page that is reloaded', { timeout }, async () => {
    const { page, sub } = await come('slow');
    await page.click('#delete-account');
    await page.click('#erase-check');
    await page.waitForSelector('#erase-confirm');
    partner.behave = (call, response) => call === 'DELETE' && (response.writeHead(503).end(), true);
    await page.click('label[for=confirm]');
    await page.click('#erase-confirm');
    await page.waitForSelector('[name=ticket]', { state: 'attached' });
    await meet(page);
    await page.goto(`${op.issuer}/profile/delete`);
    await page.waitForSelector('[name=ticket]', { state: 'attached' });
    partner.behave = undefined;
    for (const deadline = Date.now() + 60_000; !(await page.locator('#erased').count());) {
        assert.ok(Date.now() < deadline, 'the job goes on');
        await page.click('#refresh');
        await page.waitForLoadState();
    }
    assert.ok(!partner.records.has(sub));
    await page.context().close();
});
