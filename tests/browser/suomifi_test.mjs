// SPDX-License-Identifier: MIT
// The stand-in for Suomi.fi alone: what it sends is what reference captures of Suomi.fi show.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../conf/demo/processes.mjs';
import { persons, startSuomifi } from '../../conf/demo/suomifi.mjs';
import { assertAccessible, assertFits320, launch, root, screenshot } from './support/chromium.mjs';
import { startTinySp } from './support/tiny_sp.mjs';

const hetu = 'urn:oid:1.2.246.21';
const registry = (number) => `urn:oid:1.2.246.517.2002.2.${number}`;
const registerAnswered = 'urn:oid:1.2.246.517.3002.111.2';
const everything = [...new Set(Object.values(persons).flatMap(({ attributes }) => Object.keys(attributes)))];
const timeout = 60_000;

let browser, suomifi, sp;
before(async () => {
    const folder = join(root, 'build/demo/suomifi');
    mkdirSync(folder, { recursive: true });
    sp = await startTinySp(folder, everything.filter((name) => name !== registerAnswered));
    suomifi = await startSuomifi({ folder, port: await freePort(), serviceProviderMetadata: sp.metadata });
    browser = await launch();
}, { timeout });
after(async () => {
    await browser?.close();
    await suomifi?.stop();
    sp?.stop();
});

async function identify(button, options) {
    const page = await browser.newPage();
    const answer = sp.answer();
    await page.goto(sp.request(suomifi.origin, options));
    await page.click(button);
    const opened = await answer;
    await page.close();
    return opened;
}

test('the page of persons is accessible and speaks the language of the request', { timeout }, async () => {
    const page = await browser.newPage();
    for (const language of ['fi', 'sv', 'en']) {
        await page.goto(sp.request(suomifi.origin, { language }));
        assert.equal(await page.getAttribute('html', 'lang'), language);
        await assertAccessible(page, 'test persons');
        await assertFits320(page, 'test persons');
    }
    await screenshot(page, 'suomifi');
    await page.close();
});

test('the answer is signed, and the signed assertion encrypted by AES-128-GCM and RSA-OAEP', { timeout }, async () => {
    const { algorithms, response, assertion, relayState, nameId } = await identify('#person-nordea', { relayState: 'where-we-were' });
    for (const algorithm of ['http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/10/xml-exc-c14n#']) {
        assert.ok(algorithms.includes(algorithm), algorithm);
    }
    assert.doesNotMatch(response, /<saml:Assertion|aes128-cbc/);
    assert.match(assertion, /<ds:SignatureValue>/);
    assert.equal(relayState, 'where-we-were');
    assert.equal(nameId[0], 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient');
    const again = await identify('#person-nordea');
    assert.notEqual(again.nameId[1], nameId[1]);
});

for (const [id, person] of Object.entries(persons)) {
    test(`${person.name} comes with the level and attributes of persons.json`, { timeout }, async () => {
        const { statuses, level, attributes } = await identify(`#person-${id}`);
        assert.deepEqual(statuses, ['Success']);
        assert.equal(level, person.level);
        assert.deepEqual(attributes, person.attributes);
    });
}

test('the persons cover what must be told apart', () => {
    const { nordea, maija, turva, uusi, rekisteri, eidas, mai } = persons;
    assert.ok(nordea.attributes[hetu] && nordea.attributes[registry(18)]);
    assert.ok(maija.attributes[registry(31)] && maija.attributes[registry(11)] && maija.level.endsWith('loa3'));
    assert.equal(turva.attributes[registry(27)], '1');
    for (const number of [4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 31, 32, 33, 34, 35]) assert.ok(!(registry(number) in turva.attributes));
    assert.match(uusi.attributes[hetu], /^\d{6}[B-FU-Y]/);
    assert.equal(rekisteri.attributes[registerAnswered], 'false');
    assert.ok(!(hetu in eidas.attributes));
    assert.ok(!(hetu in mai.attributes) && mai.level.endsWith('.110.7') && mai.attributes['urn:oid:1.2.246.517.3002.111.17']);
});

test('cancelling answers Requester/AuthnFailed', { timeout }, async () => {
    const { statuses, assertion } = await identify('#cancel');
    assert.deepEqual(statuses, ['Requester', 'AuthnFailed']);
    assert.equal(assertion, undefined);
});

test('a level that the person lacks answers Requester/NoAuthnContext', { timeout }, async () => {
    const { statuses } = await identify('#person-nordea', { levels: ['http://eidas.europa.eu/LoA/high'] });
    assert.deepEqual(statuses, ['Requester', 'NoAuthnContext']);
});

test('a request whose signature does not fit is not answered', { timeout }, async () => {
    const page = await browser.newPage();
    const address = new URL(sp.request(suomifi.origin));
    address.searchParams.set('RelayState', 'changed');
    await page.goto(address.href);
    assert.equal(await page.locator('button[name=person]').count(), 0);
    assert.match(await page.textContent('body'), /signature/i);
    await page.close();
});
