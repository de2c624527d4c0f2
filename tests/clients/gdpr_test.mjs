// SPDX-License-Identifier: MIT
// Download and erasure with a service that others could have made (citizen-services.md part 3), over TLS, with the real outbound calls: a token
// that jose takes, what a hostile service cannot do, and a process that is killed half-way.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { ready, start } from '../../conf/demo/processes.mjs';
import { walk } from '../conformance/support/person.mjs';
import { root, startProvider } from '../conformance/support/provider.mjs';
import { startPartner } from './gdpr_partner.mjs';
import { Application } from './openid_client.mjs';
import { grants, secret } from './parties.mjs';

const timeout = 90_000;
const tree = { key: 'LIBRARY', children: [{ key: 'LOAN', value: 'Seitsemän veljestä' }] };
const person = (name) => ({ email: `${name}@city.example`, password: `${name}-seitseman-veljesta-1870`, claims: { name } });
const people = ['reader', 'borrower', 'leaver', 'victim', 'hasty'];
const client = (client_id, more = {}) => ({
    client: { client_id, client_secret: secret, redirect_uris: [`https://rp.example/${client_id}`], scope: 'openid profile email', ...more },
});
let op, app, partner;

before(async () => {
    op = await startProvider({
        name: 'gdpr', persons: Object.fromEntries(people.map((name) => [name, person(name)])),
        clients: async ({ authority }) => {
            partner = await startPartner(authority.issue('partner'), { audience: 'library-api', scopes: { query: 'gdprquery', erase: 'gdprdelete' } });
            return [client('library'), client('page', { grant_types: ['authorization_code', grants.umaTicket], resources: ['profile-api'], skip_consent: true })];
        },
        configuration: () => ({
            services: [
                {
                    name: 'library', title: { fi: 'Kirjasto' }, client_ids: ['library'], data_fields: [{ name: 'email', purpose: { fi: 'Muistutukset' } }],
                    gdpr: { url: `${partner.origin}/gdpr/$user_uuid`, query_scope: 'gdprquery', delete_scope: 'gdprdelete', audience: 'library-api' },
                },
                { name: 'profile', title: { fi: 'Omat tiedot' }, client_ids: ['page'], profile_service: true },
            ],
            limits: { argon2_memory_kib: 8192, argon2_passes: 1, password_queue: 1_000, gdpr_timeout: '1 s', gdpr_lease: '2 s' },
        }),
    });
    await partner.knows(op);
    app = new Application(op);
}, { timeout });
after(async () => {
    await op?.stop();
    await partner?.stop();
});

/** The person permits the library something and is at the city's page: what asks the API, and their id. */
async function come(name) {
    const tokens = await app.signIn(await app.configured('library'), { person: name });
    const { access_token } = await app.signIn(await app.configured('page'), { person: name });
    const byLogin = (as, of, body, headers) => headers.set('authorization', `Bearer ${access_token}`);
    const ticket = await oidc.genericGrantRequest(await app.configured('page', byLogin), grants.umaTicket, { audience: 'profile-api' });
    const sub = tokens.claims().sub;
    partner.records.set(sub, { tree });
    partner.calls.length = 0;
    partner.behave = undefined;
    const ask = async (query) =>
        (await op.http.send(`${op.issuer}/graphql/`, { json: { query }, headers: { Authorization: `Bearer ${ticket.access_token}` } })).json;
    const erase = (dryRun = false) => ask(`mutation { deleteMyProfile(input: {authorizationCode: "", dryRun: ${dryRun}}) {
        results { success dryRun errors { code message { lang text } } service { name } } } }`);
    return { sub, ask, erase, tokens };
}
const download = '{ downloadMyProfile(authorizationCode: "") }';
const isThere = async ({ tokens }) => (await op.http.send(op.metadata.userinfo_endpoint, { headers: { Authorization: `Bearer ${tokens.access_token}` } })).status === 200;

test('a service gives what it holds to a token that jose takes', { timeout }, async () => {
    const { sub, ask } = await come('reader');
    const told = JSON.parse((await ask(download)).data.downloadMyProfile);
    assert.equal(told.key, 'DATA');
    assert.deepEqual(told.children.map(({ key }) => key), ['PROFILE', 'LIBRARY']);
    assert.deepEqual(told.children[1], tree);
    partner.records.delete(sub);
    assert.equal(JSON.parse((await ask(download)).data.downloadMyProfile).children.length, 1, 'it holds nothing');
});

test('a service that keeps its data says why, and nothing is erased', { timeout }, async () => {
    const borrower = await come('borrower');
    partner.records.get(borrower.sub).keeps = true;
    const [{ success, errors, service }] = (await borrower.erase()).data.deleteMyProfile.results;
    assert.deepEqual([success, service.name, errors[0].code], [false, 'library', 'LOANS_OUT']);
    assert.deepEqual(errors[0].message.map(({ lang, text }) => [lang, text]), [['fi', 'Sinulla on lainoja.'], ['sv', 'Du har lån.'], ['en', 'You have loans.']]);
    assert.deepEqual(partner.calls, ['DELETE dry']);
    assert.ok(await isThere(borrower));
});

test('a person leaves: the service first, then everything here', { timeout }, async () => {
    const leaver = await come('leaver');
    assert.equal((await leaver.erase(true)).data.deleteMyProfile.results[0].success, true);
    assert.ok(partner.records.has(leaver.sub), 'a dry run erases nothing');
    const { data } = await leaver.erase();
    assert.deepEqual(data.deleteMyProfile.results.map(({ success, dryRun }) => [success, dryRun]), [[true, false]]);
    assert.deepEqual(partner.calls, ['DELETE dry', 'DELETE dry', 'DELETE']);
    assert.ok(!partner.records.has(leaver.sub));
    assert.ok(!await isThere(leaver), 'a token that was out is dead');
    const browser = op.browser();
    const { page } = await walk(browser, await browser.visit(`${op.issuer}/profile/`), op.persons.leaver).catch(({ message }) => ({ page: message }));
    assert.match(String(page), /complains|väärä/, 'nobody signs in to it any more');
});

// threats.md O-79
test('a hostile service gets no further', { timeout }, async () => {
    const victim = await come('victim');
    const elsewhere = op.receiver.publish('/elsewhere', { json: tree });
    const behaviours = {
        'redirects': (call, response) => response.writeHead(302, { Location: elsewhere }).end(),
        'says ten megabytes': (call, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(`{"key":"A","value":"${'a'.repeat(1e7)}"}`),
        'hangs': () => true,
        'hangs half-way': (call, response) => response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 }).write('{"key":'),
        'hangs up': (call, response) => response.destroy(),
        'speaks HTML': (call, response) => response.writeHead(call === 'GET' ? 200 : 403, { 'Content-Type': 'text/html' }).end(JSON.stringify(tree)),
    };
    for (const [what, behave] of Object.entries(behaviours)) {
        partner.behave = (...call) => (behave(...call), true);
        const began = Date.now();
        assert.equal((await victim.ask(download)).errors[0].extensions.code, 'CONNECTED_SERVICE_DATA_QUERY_FAILED_ERROR', what);
        const { results: [{ success, errors }] } = (await victim.erase()).data.deleteMyProfile;
        assert.equal(success, false, what);
        assert.match(errors[0].code, /^SERVICE_GDPR_API_(REQUEST|UNKNOWN)_ERROR$/, what);
        assert.deepEqual(errors[0].message, [], what);
        assert.ok(Date.now() - began < 6_000, `${what}: bounded`);
    }
    assert.equal(op.receiver.requests('/elsewhere').length, 0, 'no redirect is followed');
    assert.ok(partner.records.has(victim.sub));
    assert.ok(await isThere(victim));
});

test('what a killed process began, the next one ends', { timeout }, async () => {
    const hasty = await come('hasty');
    let reached;
    const erasing = new Promise((resolve) => (reached = resolve));
    partner.behave = (call) => call === 'DELETE' && (reached(), true);  // it has the call, and does not answer
    const asked = hasty.erase().catch(() => undefined);
    await erasing;
    op.signal('SIGKILL');
    await asked;
    partner.behave = undefined;
    const again = start('provider', process.env.TUNNUS ?? join(root, 'build/release/tunnus'), ['serve', '--config', join(op.folder, 'config.json')],
        { log: join(op.folder, 'again.log'), cwd: root });
    try {
        const { admin_listen: [{ port }] } = JSON.parse(readFileSync(join(op.folder, 'config.json'), 'utf8'));
        await ready(again, `http://127.0.0.1:${port}/readyz`);
        for (const deadline = Date.now() + 30_000; partner.records.has(hasty.sub) || await isThere(hasty).catch(() => true);) {
            assert.ok(Date.now() < deadline, 'it goes on by itself');
            await new Promise((wake) => setTimeout(wake, 200));
        }
        assert.equal(partner.calls.filter((call) => call === 'DELETE').length, 2, 'once more, since the answer was lost');
    } finally {
        await again.stop();
    }
});
