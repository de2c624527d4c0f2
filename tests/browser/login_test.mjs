// SPDX-License-Identifier: MIT
// The whole product with the demo's parts: what a citizen does, from service to service.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { strongLevels } from '../../conf/demo/services.mjs';
import { launch, root } from './support/chromium.mjs';
import { choosePassword, codeIn, confirmAddress, consent, identify, meet, newAddress, newPassword, shownBy, signInWithPassword, watch } from './support/person.mjs';

const timeout = 120_000;
let browser, demo, library, daycare, mailbox;

before(async () => {
    demo = await startDemo({ folder: join(root, 'build/demo/test'), ports: await randomPorts() });
    ({ mailbox, services: { library, daycare } } = demo);
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
});

async function visit(service, button = '#sign-in', options = {}) {
    const context = await browser.newContext({ locale: 'fi-FI', ...options });
    const page = watch(await context.newPage());
    await page.goto(service.origin);
    await page.click(button);
    return page;
}

/** A new person with an e-mail account, signed in at the library. */
async function signUp(options) {
    const account = { email: newAddress(), password: newPassword() };
    const page = await visit(library, '#sign-in', options);
    await choosePassword(page);
    await page.click('#signup-link');
    await confirmAddress(page, mailbox, account);
    await consent(page);
    await page.waitForURL(`${library.origin}/`);
    return { page, account };
}

/** The strong identity has no account yet: the person says which one is theirs, and proves it by message and password. */
async function joinLightAccount(page, account) {
    const seen = (await mailbox.messagesTo(account.email)).length;
    await page.fill('[name=email]', account.email);
    await page.click('#continue');
    await page.waitForSelector('[name=code]');
    await page.fill('[name=code]', codeIn(await mailbox.nextMessage(account.email, seen)));
    await page.click('#continue');
    await meet(page);
    await page.click('#email-merge');
    await page.fill('[name=password]', account.password);
    await page.click('#login-submit');
}

/** Pages of the provider that show something while `action` runs. */
async function pagesShown(page, action) {
    const shown = [];
    const listen = (response) => {
        const ofProvider = response.url().startsWith(demo.provider.issuer) && response.request().isNavigationRequest();
        if (ofProvider && response.status() < 300) shown.push(response.url());
    };
    page.on('response', listen);
    await action();
    page.off('response', listen);
    return shown;
}

async function signedOutEverywhere(page, services) {
    for (const { origin } of services) {
        for (const deadline = Date.now() + 10_000; ;) {
            await page.goto(origin);
            if (await page.locator('#signed-out').count()) break;
            assert.ok(Date.now() < deadline, `${origin} is still signed in`);
        }
    }
}

describe('one sign-in for every service', () => {
    test('strong login, a second service without a page, logout ends both', { timeout }, async () => {
        const page = await visit(library, '#sign-in-strong');
        await identify(page, 'nordea');
        const account = { email: newAddress(), password: newPassword() };
        await confirmAddress(page, mailbox, account);
        await consent(page);
        const first = await shownBy(page, library);
        assert.ok(strongLevels.includes(first.acr), first.acr);

        await page.goto(daycare.origin);
        const shown = await pagesShown(page, async () => {
            await page.click('#sign-in-strong');
            const second = await shownBy(page, daycare);
            assert.equal(second.acr, first.acr);
            assert.equal(second.claims.sub, first.claims.sub);
        });
        assert.deepEqual(shown, []);

        await page.click('#sign-out');
        await page.waitForURL(`${daycare.origin}/**`);
        await signedOutEverywhere(page, [daycare, library]);
        await page.context().close();
    });

    test('sign-up by e-mail, then strong identification on top without losing the session', { timeout }, async () => {
        const { page, account } = await signUp();
        const light = await shownBy(page, library);
        assert.ok(!strongLevels.includes(light.acr));
        assert.equal(light.claims.email, account.email);
        assert.equal(light.claims.email_verified, true);

        await page.click('#step-up');
        await identify(page, 'maija');
        await joinLightAccount(page, account);
        await page.waitForSelector('#signed-in-as, #consent-allow');
        if (await page.locator('#consent-allow').count()) await consent(page);
        const strong = await shownBy(page, library);
        assert.ok(strongLevels.includes(strong.acr), strong.acr);
        assert.equal(strong.claims.sub, light.claims.sub);
        await page.context().close();
    });

    test('the Finnish Authenticator signs in, but never where strong identification is asked for', { timeout }, async () => {
        const page = await visit(library);
        await identify(page, 'mai');
        await confirmAddress(page, mailbox, { email: newAddress(), password: newPassword() });
        await consent(page);
        const weak = await shownBy(page, library);
        assert.ok(weak.acr.endsWith('.110.7') && !strongLevels.includes(weak.acr), weak.acr);
        await page.click('#step-up');
        await page.click('#person-mai');
        await page.waitForSelector('main');
        await meet(page);
        assert.match(await page.textContent('main'), /vahvempaa tunnistautumista/);
        await page.goto(library.origin);
        assert.equal((await shownBy(page, library)).claims.sub, weak.claims.sub);
        await page.context().close();
    });

    test('consent that is not given is told to the service and signs nobody in', { timeout }, async () => {
        const account = { email: newAddress(), password: newPassword() };
        const page = await visit(library);
        await choosePassword(page);
        await page.click('#signup-link');
        await confirmAddress(page, mailbox, account);
        await page.click('#consent-deny');
        await page.waitForURL(`${library.origin}/`);
        assert.equal(await page.textContent('#login-error'), 'access_denied');
        await page.context().close();
    });
});

describe('signing in with a password', () => {
    test('a wrong password and an unknown address get the same answer', { timeout }, async () => {
        const { page: own, account } = await signUp();
        await own.context().close();
        const page = await visit(library);
        const answers = [];
        for (const email of [account.email, newAddress()]) {
            await signInWithPassword(page, { email, password: newPassword() });
            await page.waitForSelector('#errors');
            await meet(page);
            answers.push(await page.textContent('#errors'));
        }
        assert.equal(answers[0], answers[1]);
        await signInWithPassword(page, account);
        assert.equal((await shownBy(page, library)).claims.email, account.email);
        await page.context().close();
    });

    test('a forgotten password is changed by the code in the message', { timeout }, async () => {
        const { page: own, account } = await signUp();
        await own.context().close();
        const page = await visit(library);
        await choosePassword(page);
        await page.click('#forgot-link');
        const changed = { ...account, password: newPassword() };
        await confirmAddress(page, mailbox, changed);
        assert.equal((await shownBy(page, library)).claims.email, account.email);
        await page.context().close();

        const again = await visit(library);
        await signInWithPassword(again, account);
        await again.waitForSelector('#errors');
        await signInWithPassword(again, changed);
        await shownBy(again, library);
        await again.context().close();
    });

    test('a wrong code is refused, and the right one still works', { timeout }, async () => {
        const email = newAddress();
        const page = await visit(library);
        await choosePassword(page);
        await page.click('#signup-link');
        await page.fill('[name=email]', email);
        await page.click('#continue');
        const right = codeIn(await mailbox.nextMessage(email));
        await page.fill('[name=code]', right === '123456' ? '654321' : '123456');
        await page.click('#continue');
        await page.waitForSelector('#errors');
        await meet(page);
        await page.fill('[name=code]', right);
        await page.click('#continue');
        await page.waitForSelector('[name=new_password]');
        await page.fill('[name=new_password]', 'short');
        await page.click('#continue');
        await page.waitForSelector('#errors');
        await meet(page);
        await page.context().close();
    });

    test('works without script, in a window of 320 px', { timeout }, async () => {
        const { page: own, account } = await signUp();
        await own.context().close();
        const page = await visit(library, '#sign-in', { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
        if (await page.locator('#method-password').count()) await page.click('#method-password');
        await page.fill('[name=email]', account.email);
        await page.fill('[name=password]', account.password);
        await page.click('#login-submit');
        await page.waitForURL(`${library.origin}/`);
        assert.equal(await page.locator('#signed-in-as').count(), 1);
        await page.context().close();
    });

    test('works with the keyboard alone', { timeout }, async () => {
        const { page: own, account } = await signUp();
        await own.context().close();
        const page = await visit(library);
        const tabTo = async (selector) => {
            await page.waitForSelector(selector);
            for (let press = 0; press < 30; ++press) {
                if (await page.locator(`${selector}:focus`).count()) return;
                await page.keyboard.press('Tab');
            }
            assert.fail(`${selector} is not reached by Tab`);
        };
        await page.waitForSelector('#method-password, #login-submit');
        if (await page.locator('#method-password').count()) {
            await tabTo('#method-password');
            await page.keyboard.press('Enter');
        }
        await tabTo('[name=email]');
        await page.keyboard.type(account.email);
        await tabTo('[name=password]');
        await page.keyboard.type(account.password);
        await page.keyboard.press('Enter');
        await page.waitForURL(`${library.origin}/`);
        assert.equal(await page.locator('#signed-in-as').count(), 1);
        await page.context().close();
    });
});

describe('ways out and about', () => {
    test('cancelling at Suomi.fi leads back to the choice, cancelling there back to the service', { timeout }, async () => {
        const page = await visit(library);
        await page.click('#method-suomifi');
        await page.waitForSelector('#person-nordea');
        await page.click('#cancel');
        await page.waitForURL(`${demo.provider.issuer}/**`);
        await meet(page);
        await page.click('#cancel');
        await page.waitForURL(`${library.origin}/`);
        assert.equal(await page.textContent('#login-error'), 'access_denied');
        await page.context().close();
    });

    test('the language can be changed in the middle of a login', { timeout }, async () => {
        const page = await visit(library);
        await page.waitForSelector('#method-password');
        assert.equal(await page.getAttribute('html', 'lang'), 'fi');
        for (const locale of ['sv', 'en', 'fi', 'sv']) {
            await page.click(`#lang-${locale}`);
            assert.equal(await page.getAttribute('html', 'lang'), locale);
        }
        await page.click('#method-password');
        await page.waitForSelector('#login-submit');
        assert.equal(await page.getAttribute('html', 'lang'), 'sv');
        await page.context().close();
    });

    test('the person sees the session and ends it everywhere', { timeout }, async () => {
        const { page } = await signUp();
        await shownBy(page, library);
        await page.goto(`${demo.provider.issuer}/profile/signin`);
        await meet(page);
        assert.match(await page.textContent('main'), /Kirjasto/);
        await page.click('#logout-everywhere');
        await page.waitForLoadState();
        await signedOutEverywhere(page, [library]);
        await page.click('#sign-in');
        await page.waitForSelector('#method-password, #login-submit');
        await page.context().close();
    });

    test('a request that cannot be answered to a service ends on an error page that says so in every language', { timeout }, async () => {
        const page = watch(await browser.newPage());
        await page.goto(`${demo.provider.issuer}/authorize?client_id=nobody&response_type=code&ui_locales=sv`);
        assert.equal(await page.getAttribute('html', 'lang'), 'sv');
        const [error, event] = [await page.textContent('#error'), await page.textContent('#event-id')];
        assert.ok(error && event);
        for (const locale of ['fi', 'en', 'sv']) {
            await page.click(`#lang-${locale}`);
            assert.equal(await page.getAttribute('html', 'lang'), locale);
            assert.deepEqual([await page.textContent('#error'), await page.textContent('#event-id')], [error, event]);
            await meet(page);
        }
        await page.close();
    });

    test('a person with a non-disclosure order leaves no address behind', { timeout }, async () => {
        const page = await visit(daycare, '#sign-in-strong');
        await identify(page, 'turva');
        await confirmAddress(page, mailbox, { email: newAddress(), password: newPassword() });
        const { claims } = await shownBy(page, daycare);
        assert.ok(!('address' in claims));
        await page.context().close();
    });
});
