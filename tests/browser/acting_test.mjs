// SPDX-License-Identifier: MIT
// Acting for another in the whole product: the demo's third service, the provider, the stand-ins for Suomi.fi and its register of mandates.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { launch, root } from './support/chromium.mjs';
import { confirmAddress, identify, meet, newAddress, newPassword, shownBy, watch } from './support/person.mjs';

const timeout = 120_000;
const theme = 'http://valtuusrekisteri.suomi.fi/avustushakemuksen_tekeminen';
let browser, demo, grants;

before(async () => {
    demo = await startDemo({ folder: join(root, 'build/demo/acting'), ports: await randomPorts() });
    grants = demo.services.grants;
    browser = await launch();
    await signInOnce();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
});
beforeEach(async () => {
    await demo.valtuudet.tell('people', demo.valtuudet.people);
    await demo.valtuudet.tell('faults', {});
});

async function visit(locale = 'fi-FI') {
    return watch(await (await browser.newContext({ locale })).newPage());
}

/** The first strong login of this person asks for an address and a password besides. */
async function signInOnce() {
    const page = await visit('fi-FI');
    await page.goto(`${grants.origin}/login`);
    await identify(page, 'nordea');
    await confirmAddress(page, demo.mailbox, { email: newAddress(), password: newPassword() });
    await page.click('#act-self');
    await shownBy(page, grants);
    await page.context().close();
}

/** From the service to the page that asks for whom the person acts. */
async function untilChoice(page) {
    await page.goto(`${grants.origin}/login`);
    await page.waitForSelector('#person-nordea, #act-cancel');
    if (await page.locator('#person-nordea').count()) await identify(page, 'nordea');
    await page.waitForSelector('#act-cancel');
    await meet(page);
}

/** The register's own page. */
async function chooseThere(page, names) {
    await page.waitForSelector('#approve');
    for (const name of names) await page.getByLabel(name).check();
    await page.click('#approve');
}

for (const [locale, title] of [['fi-FI', 'Kenen puolesta asioit?'], ['sv-FI', 'För vem uträttar du ärenden?'], ['en-GB', 'For whom do you act?']]) {
    test(`somebody acts for a child, in ${locale}`, { timeout }, async () => {
        const page = await visit(locale);
        await untilChoice(page);
        assert.equal((await page.textContent('h1')).trim(), title);
        await page.click('#act-person');
        await chooseThere(page, ['Demo Lumi']);
        const { claims } = await shownBy(page, grants);
        assert.equal(await page.textContent('#acting-for'), 'Demo Lumi');
        assert.equal(claims.on_behalf_of.kind, 'person');
        assert.deepEqual(claims.on_behalf_of.themes, ['ALL']);
        assert.notEqual(claims.on_behalf_of.sub, claims.sub);
        assert.equal(claims.on_behalf_of.national_id_num, undefined);
        const { calls, refused } = await demo.valtuudet.seen();
        assert.deepEqual(calls, ['register', 'token', 'delegate', 'authorizationlist', 'unregister']);
        assert.deepEqual(refused, [], 'every call carried a good header');
        await page.context().close();
    });
}

test('one of several is chosen, and the page speaks to who forgets', { timeout }, async () => {
    const page = await visit();
    await untilChoice(page);
    await page.click('#act-organisation');
    await chooseThere(page, ['Demo ja pojat Oy', 'Kyläyhdistys ry', 'Pelkkä jäsen ry']);
    await page.waitForSelector('[name=principal]');
    assert.equal(await page.locator('[name=principal]').count(), 2, 'a member alone is not offered');
    await meet(page);
    await page.click('#continue');
    await page.waitForSelector('#errors');
    await meet(page);
    await page.locator('label', { hasText: 'Kyläyhdistys ry' }).click();
    await page.click('#continue');
    await shownBy(page, grants);
    assert.equal(await page.textContent('#acting-for'), 'Kyläyhdistys ry');
    assert.equal(await page.textContent('#acting-themes'), theme);
    await page.context().close();
});

test('the citizen sees for whom they act, stops with one click, and the service hears it', { timeout }, async () => {
    const page = await visit();
    await untilChoice(page);
    await page.click('#act-person');
    await chooseThere(page, ['Demo Aili']);
    await shownBy(page, grants);
    await page.click('#recheck');
    assert.equal(await page.textContent('#mandate-stands'), 'stands');
    await page.goto(`${demo.provider.issuer}/profile/signin`);
    const stop = page.getByRole('button', { name: 'Demo Aili' });
    assert.match(await page.locator('.acting').first().textContent(), /Demo Aili/);
    await meet(page);
    await stop.first().click();
    await page.waitForURL(/\/profile\/signin/);
    assert.equal(await page.getByRole('button', { name: 'Demo Aili' }).count(), 0);
    await page.goto(`${grants.origin}/`);
    await page.click('#recheck');
    assert.equal(await page.textContent('#mandate-stands'), 'has ended');
    await page.context().close();
});

test('the register forgets an organisation when the person signs out', { timeout }, async () => {
    const page = await visit();
    await untilChoice(page);
    await page.click('#act-organisation');
    await chooseThere(page, ['Demo ja pojat Oy']);
    await shownBy(page, grants);
    assert.equal((await demo.valtuudet.seen()).calls.includes('unregister'), false, 'it may be asked again');
    await page.goto(`${demo.provider.issuer}/logout`);
    assert.match(await page.locator('.acting').first().textContent(), /Demo ja pojat Oy/);
    await meet(page);
    await page.click('#logout-confirm');
    const deadline = Date.now() + 30_000;
    while (!(await demo.valtuudet.seen()).calls.includes('unregister')) {
        assert.ok(Date.now() < deadline, 'the register has heard of it');
        await page.waitForTimeout(200);
    }
    await page.context().close();
});

test('a mandate that is withdrawn meanwhile is refused', { timeout }, async () => {
    const page = await visit();
    await untilChoice(page);
    await page.click('#act-person');
    await chooseThere(page, ['Demo Aili']);
    await shownBy(page, grants);
    await demo.valtuudet.tell('people', { '210281-9988': { persons: [], organisations: [] } });
    await page.click('#recheck');
    assert.equal(await page.textContent('#mandate-stands'), 'has ended');
    await page.context().close();
});

for (const [what, faults] of Object.entries({
    'does not answer': { register: 'silence' },
    'answers too late': { register: 'slow', slow_ms: 2_600 },
    'is broken': { register: 500 },
    'answers what cannot be read': { register: 'garbage' },
    'has another clock': { clock: 'no_clock' },
    'refuses the person': { register: 403 },
})) {
    test(`a register that ${what} is said, and nothing is lost`, { timeout }, async () => {
        const page = await visit();
        await untilChoice(page);
        await demo.valtuudet.tell('faults', faults);
        await page.click('#act-person');
        await page.waitForSelector('#notice');
        await meet(page);
        await demo.valtuudet.tell('faults', {});
        await page.click('#act-person');
        await chooseThere(page, ['Demo Otso']);
        await shownBy(page, grants);
        assert.equal(await page.textContent('#acting-for'), 'Demo Otso');
        await page.context().close();
    });
}

for (const [what, faults] of Object.entries({
    'the token call fails': { token: 503 },
    'the session is over': { delegate: 'expired' },
    'the list is empty': { delegate: 'empty' },
    'no right is known': { authorizationlist: 'empty' },
    'the answer has another form': { authorizationlist: 'other' },
})) {
    test(`after the choice there, when ${what}, the person is told`, { timeout }, async () => {
        const page = await visit();
        await untilChoice(page);
        await page.click('#act-person');
        await page.waitForSelector('#approve');
        await demo.valtuudet.tell('faults', faults);
        await chooseThere(page, ['Demo Lumi']);
        await page.waitForSelector('#notice');
        await page.click('#act-self');
        await shownBy(page, grants);
        assert.equal(await page.locator('#acting-self').count(), 1);
        await page.context().close();
    });
}

test('who cancels there comes back to the choice, and who cancels here to the service', { timeout }, async () => {
    const page = await visit();
    await untilChoice(page);
    await page.click('#act-person');
    await page.waitForSelector('#cancel');
    await page.click('#cancel');
    await page.waitForSelector('#notice');
    await page.click('#act-cancel');
    await page.waitForURL(`${grants.origin}/`);
    assert.equal(await page.textContent('#login-error'), 'access_denied');
    await page.context().close();
});

test('where the register signs its answers, nothing else counts', { timeout }, async () => {
    const usual = demo;
    demo = await startDemo({ folder: join(root, 'build/demo/acting-signed'), ports: await randomPorts(), signedAnswers: true });
    grants = demo.services.grants;
    try {
        await signInOnce();
        for (const fault of ['unsigned', 'unbound', 'timeless']) {
            const page = await visit();
            await untilChoice(page);
            await page.click('#act-person');
            await page.waitForSelector('#approve');
            await demo.valtuudet.tell('faults', { authorizationlist: fault });
            await chooseThere(page, ['Demo Lumi']);
            await page.waitForSelector('#notice');
            await demo.valtuudet.tell('faults', {});
            await page.click('#act-person');
            await chooseThere(page, ['Demo Lumi']);
            const { claims } = await shownBy(page, grants);
            assert.equal(await page.textContent('#acting-for'), 'Demo Lumi', fault);
            assert.ok(claims.on_behalf_of.recheck_until > claims.on_behalf_of.checked_at, 'asked again in the session alone');
            await page.context().close();
        }
        const { refused } = await demo.valtuudet.seen();
        assert.deepEqual(refused, []);
    } finally {
        await demo.stop();
        demo = usual;
        grants = demo.services.grants;
    }
});
