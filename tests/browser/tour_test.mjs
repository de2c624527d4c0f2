// SPDX-License-Identifier: MIT
// Every page of the product and its states, met for real in each language: accessible, legible at 320 px, at twice the size of text and in
// forced colours, in the language that was chosen. Pictures for looking at are in build/screens/tour.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { assertAccessible, assertFits320, launch, root, screenshot } from './support/chromium.mjs';
import { codeIn, newAddress, newPassword, watch } from './support/person.mjs';

const timeout = 300_000;
let browser, demo;

before(async () => {
    demo = await startDemo({ folder: join(root, 'build/demo/tour'), ports: await randomPorts() });
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
});

/** One page in one state, in every size and colour. */
async function look(page, locale, name) {
    await page.waitForLoadState();
    const here = `${locale} ${name}`;
    assert.equal(await page.getAttribute('html', 'lang'), locale, here);
    for (const code of ['fi', 'sv', 'en']) assert.equal(await page.locator(`#lang-${code}`).count(), 1, here);
    await assertAccessible(page, here);
    await assertFits320(page, here);
    for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await screenshot(page, `tour/${locale}-${width}-${name}`);
    }
    await page.emulateMedia({ forcedColors: 'active' });
    await assertAccessible(page, `${here}, forced colours`);
    if (locale === 'fi') await screenshot(page, `tour/forced-${name}`);
    await page.emulateMedia({ forcedColors: 'none' });
    await page.setViewportSize({ width: 640, height: 400 });  // 1280 by 800 at 200 %
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(overflow <= 0, `${here}: ${overflow} px too wide at 200 %`);
    await page.setViewportSize({ width: 1280, height: 800 });
}

async function codeFor(email, seen = 0) {
    return codeIn(await demo.mailbox.nextMessage(email, seen));
}

for (const [locale, wide] of [['fi', 'fi-FI'], ['sv', 'sv-FI'], ['en', 'en-GB']]) {
    test(`every page in ${locale}`, { timeout }, async () => {
        const { library, daycare } = demo.services;
        const { issuer } = demo.provider;
        const account = { email: newAddress(), password: newPassword() };
        const visit = async (address) => {
            const page = watch(await (await browser.newContext({ locale: wide })).newPage());
            await page.goto(address);
            return page;
        };
        const page = await visit(`${library.origin}/login`);
        await look(page, locale, 'choose');
        await page.click('#method-password');
        await look(page, locale, 'password');
        await page.fill('[name=email]', 'nobody');
        await page.click('#login-submit');
        await look(page, locale, 'password-incomplete');
        await page.fill('[name=email]', account.email);
        await page.fill('[name=password]', 'wrong-password-here');
        await page.click('#login-submit');
        await look(page, locale, 'password-wrong');

        await page.click('#forgot-link');
        await look(page, locale, 'reset-email');
        await page.fill('[name=email]', newAddress());  // an address gets few messages at a time
        await page.click('#continue');
        await look(page, locale, 'reset-code');
        await page.click('#cancel');
        await page.waitForSelector('#signup-link, #method-password');
        await look(page, locale, 'cancelled');
        if (await page.locator('#method-password').count()) await page.click('#method-password');

        await page.click('#signup-link');
        await look(page, locale, 'signup-email');
        await page.fill('[name=email]', 'nobody');
        await page.click('#continue');
        await look(page, locale, 'signup-email-wrong');
        await page.fill('[name=email]', account.email);
        await page.click('#continue');
        await look(page, locale, 'signup-code');
        await codeFor(account.email);
        await page.click('#send-again');
        await look(page, locale, 'signup-code-again');
        const code = await codeFor(account.email, 1);
        await page.fill('[name=code]', code === '123456' ? '654321' : '123456');
        await page.click('#continue');
        await look(page, locale, 'signup-code-wrong');
        await page.fill('[name=code]', code);
        await page.click('#continue');
        await look(page, locale, 'signup-new-password');
        await page.fill('[name=new_password]', 'short');
        await page.click('#continue');
        await look(page, locale, 'signup-new-password-short');
        await page.fill('[name=new_password]', account.password);
        await page.click('#continue');
        await look(page, locale, 'consent');
        await page.click('#consent-allow');
        await page.waitForSelector('#signed-in-as');

        await page.click('#step-up');
        await page.waitForSelector('#person-maija, #method-suomifi');
        if (await page.locator('#method-suomifi').count()) {
            await look(page, locale, 'step-up');
            await page.click('#method-suomifi');
        }
        await page.click('#cancel');
        await page.waitForURL(`${issuer}/**`);
        await look(page, locale, 'suomifi-cancelled');

        await page.goto(`${issuer}/profile/signin`);
        await look(page, locale, 'sessions');
        await page.click('#nav-requests');
        await look(page, locale, 'requests');
        for (const [code, name] of [['abc', 'requests-code-short'], ['kissa7', 'requests-code']]) {
            await page.fill('[name=approval_code]', code);
            await page.click('#approval-code-submit');
            await look(page, locale, name);
        }
        await page.goto(`${issuer}/device`);
        await look(page, locale, 'device');
        await page.fill('[name=user_code]', 'BBBB-BBBB');
        await page.click('#device-submit');
        await look(page, locale, 'device-unknown');
        await page.goto(`${issuer}/device/done?answer=allowed`);
        await look(page, locale, 'device-done');
        await page.goto(`${issuer}/logout`);
        await look(page, locale, 'logout');
        await page.click('#logout-confirm');
        await look(page, locale, 'logged-out');
        await page.goto(`${issuer}/profile/signin`);
        await look(page, locale, 'error-sign-in-first');
        await page.goto(`${issuer}/authorize?client_id=nobody`);
        await look(page, locale, 'error-bad-request');
        await page.goto(`${issuer}/login?login=AAAAAAAAAAAAAAAAAAAAAA`);
        await look(page, locale, 'error-login-over');
        await page.goto(`${issuer}/error?ui_locales=${locale}&error=forged`);
        await look(page, locale, 'error-forged');
        await page.context().close();

        const strong = await visit(`${daycare.origin}/login?level=strong`);
        await strong.waitForSelector('#method-suomifi, #person-nordea');
        if (await strong.locator('#method-suomifi').count()) await strong.click('#method-suomifi');
        await strong.click(`#person-${{ fi: 'nordea', sv: 'svea', en: 'maija' }[locale]}`);
        await strong.waitForSelector('[name=email]');
        await look(strong, locale, 'first-strong-email');
        await strong.fill('[name=email]', account.email);
        const before = (await demo.mailbox.messagesTo(account.email)).length;
        await strong.click('#continue');
        await strong.fill('[name=code]', await codeFor(account.email, before));
        await strong.click('#continue');
        await look(strong, locale, 'email-owned');
        await strong.click('#email-merge');
        await look(strong, locale, 'join-password');
        await strong.fill('[name=password]', account.password);
        await strong.click('#login-submit');
        await strong.waitForSelector('#signed-in-as');
        await strong.context().close();
    });
}
