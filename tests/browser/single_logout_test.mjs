// SPDX-License-Identifier: MIT
// Single logout with SimpleSAMLphp in a browser, both ways: from a service through the provider to Suomi.fi and back, and from
// Suomi.fi to the provider.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { randomPorts, startDemo } from '../../conf/demo/run.mjs';
import { launch, root } from './support/chromium.mjs';
import { confirmAddress, identify, newAddress, newPassword, watch } from './support/person.mjs';

const timeout = 120_000;
let browser, demo, library, daycare;

before(async () => {
    demo = await startDemo({ folder: join(root, 'build/demo/logout-test'), ports: await randomPorts() });
    ({ services: { library, daycare } } = demo);
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await demo?.stop();
});

async function signInStrongly() {
    const context = await browser.newContext({ locale: 'fi-FI' });
    const page = watch(await context.newPage());
    await page.goto(daycare.origin);
    await page.click('#sign-in-strong');
    await identify(page, 'maija');
    await page.waitForSelector('[name=email], #signed-in-as');  // the first time with an address to confirm
    if (await page.locator('[name=email]').count()) await confirmAddress(page, demo.mailbox, { email: newAddress(), password: newPassword() });
    await page.waitForURL(`${daycare.origin}/`);
    return page;
}
/** Whether the provider would sign the person in without asking. */
async function isSignedIn(page) {
    await page.goto(library.origin);
    await page.click('#sign-in');
    await page.waitForSelector('#method-suomifi, #consent-allow, #signed-in-as');
    return await page.locator('#method-suomifi').count() === 0;
}

test('logging out at a service ends the session at Suomi.fi and comes back to the service', { timeout }, async () => {
    const page = await signInStrongly();
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.click('#sign-out');
    await page.waitForSelector('#signed-out');
    assert.equal(page.url(), `${daycare.origin}/`);
    assert.ok(asked.some((url) => url.startsWith(`${demo.suomifi.origin}/saml2/idp/SingleLogoutService.php?SAMLRequest=`)), asked.join('\n'));
    assert.ok(asked.some((url) => url.startsWith(`${demo.provider.issuer}/suomifi/slo?SAMLResponse=`)), 'its answer came');
    assert.equal(await isSignedIn(page), false);
    await page.context().close();
});

test('logging out at Suomi.fi ends the session here, and it hears of success', { timeout }, async () => {
    const page = await signInStrongly();
    const answers = [];
    page.on('request', (request) => request.url().includes('SAMLResponse=') && answers.push(request.url()));
    await page.goto(`${demo.suomifi.origin}/saml2/idp/initSLO.php?RelayState=${encodeURIComponent(`${demo.suomifi.origin}/logout.php`)}`);
    await page.waitForURL(`${demo.suomifi.origin}/logout.php`);
    assert.equal(answers.length, 1);
    assert.ok(answers[0].startsWith(`${demo.suomifi.origin}/saml2/idp/SingleLogoutService.php?SAMLResponse=`));
    const answer = inflateRawSync(Buffer.from(new URL(answers[0]).searchParams.get('SAMLResponse'), 'base64')).toString();
    assert.match(answer, /urn:oasis:names:tc:SAML:2\.0:status:Success/);
    assert.equal(await isSignedIn(page), false);
    await page.context().close();
});
