// SPDX-License-Identifier: MIT
// A person's ways to sign in, met for real in each language: a new password by the keyboard alone, a strong identity linked, the password
// removed; and the accessibility statement with its feedback. Without script throughout.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { assertAccessible, assertFits320, launch, root, screenshot } from './support/chromium.mjs';
import { choosePassword, confirmAddress, newAddress, newPassword, watch } from './support/person.mjs';

const timeout = 240_000;
let browser, demo, issuer;

before(async () => {
    demo = await startDemo({ folder: join(root, 'build/demo/methods'), ports: await randomPorts() });
    issuer = demo.provider.issuer;
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
});

async function look(page, locale, name) {
    await page.waitForLoadState();
    assert.equal(await page.getAttribute('html', 'lang'), locale, name);
    await assertAccessible(page, `${locale} ${name}`);
    await assertFits320(page, `${locale} ${name}`);
    for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await screenshot(page, `methods/${locale}-${width}-${name}`);
    }
}

/** What somebody does who has no mouse: to the element by Tab, and there types or presses. */
async function tabTo(page, selector) {
    for (let press = 0; press < 60; ++press) {
        await page.keyboard.press('Tab');
        if (await page.locator(`${selector}:focus`).count()) return;
    }
    assert.fail(`no Tab leads to ${selector}`);
}

for (const [locale, wide, person] of [['fi', 'fi-FI', 'nordea'], ['sv', 'sv-FI', 'svea'], ['en', 'en-GB', 'maija']]) {
    test(`ways to sign in, in ${locale}`, { timeout }, async () => {
        const account = { email: newAddress(), password: newPassword() };
        const page = watch(await (await browser.newContext({ locale: wide })).newPage());
        await page.goto(`${issuer}/profile/signin`);
        await choosePassword(page);
        await page.click('#signup-link');
        await confirmAddress(page, demo.mailbox, account);
        await page.waitForSelector('#UPDATE_PASSWORD');
        assert.equal(await page.locator('#remove-password').count(), 0);
        await look(page, locale, 'one-method');

        await tabTo(page, '#UPDATE_PASSWORD');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#proving-account');
        assert.equal(await page.textContent('#proving-account'), account.email);
        await look(page, locale, 'prove-change-password');
        await tabTo(page, '#password');
        await page.keyboard.type(account.password);
        await page.keyboard.press('Enter');
        await page.waitForSelector('#new_password');
        account.password = newPassword();
        await tabTo(page, '#new_password');
        await page.keyboard.type(account.password);
        await page.keyboard.press('Enter');
        await page.waitForSelector('#done');
        await look(page, locale, 'password-changed');
        await demo.mailbox.nextMessage(account.email, 1);

        await page.click('#add-suomifi');
        await page.click(`#person-${person}`);
        await page.waitForSelector('#proving-account');
        await look(page, locale, 'prove-link');
        await page.fill('[name=password]', account.password);
        await page.click('#login-submit');
        await page.waitForSelector('#done');
        await look(page, locale, 'linked');

        await page.click('#remove-password');
        await page.waitForSelector('#remove-confirm');
        await look(page, locale, 'remove');
        await page.click('#remove-confirm');
        await page.waitForSelector('#add-password');
        assert.equal(await page.locator('#UPDATE_PASSWORD').count(), 0);

        await page.click('#accessibility');
        await page.waitForSelector('#status');
        await look(page, locale, 'accessibility');
        await page.click('#feedback');
        await page.waitForSelector('#feedback-submit');
        await page.click('#feedback-submit');
        await page.waitForSelector('#message-error');
        await look(page, locale, 'feedback-empty');
        const seen = (await demo.mailbox.messagesTo('accessibility@city.example')).length;
        await page.fill('[name=message]', `Hei ${locale}`);
        await page.click('#feedback-submit');
        await page.waitForSelector('#feedback-sent');
        assert.match((await demo.mailbox.nextMessage('accessibility@city.example', seen)).text, new RegExp(`Hei ${locale}`));
        await page.context().close();
    });
}
