// SPDX-License-Identifier: MIT
// RFC 9470 as openid-client and oauth4webapi read it: a login that is no longer enough, and the way to a better one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { startProvider } from '../conformance/support/provider.mjs';
import { Application, makeRequest } from './openid_client.mjs';
import { makeParties } from './parties.mjs';

const timeout = 60_000;
const strong = 'http://ftn.ficora.fi/2017/loa2';
let op, app, folder;

/** An identity provider of SAML that nobody has to reach, and the plugin that would send people there. */
function strongMethod() {
    for (const name of ['idp', 'sp'])
        execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
            '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)], { stdio: 'ignore' });
    const certificate = readFileSync(join(folder, 'idp.crt'), 'utf8').replaceAll(/-----.*?-----|\s/g, '');
    const service = (name) => `<${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/${name}"/>`;
    const file = (name, text) => (writeFileSync(join(folder, name), text), join(folder, name));
    const metadata_file = file('idp.xml', '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example">' +
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">' +
        `<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>` +
        `${service('SingleLogoutService')}${service('SingleSignOnService')}</IDPSSODescriptor></EntityDescriptor>`);
    return {
        name: 'suomifi',
        config: {
            entity_id: 'https://sp.example', idp: { entity_id: 'https://idp.example', metadata_file },
            signing: { key: { file: join(folder, 'sp.key') }, certificate_file: join(folder, 'sp.crt') },
        },
    };
}

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tunnus-step-up-'));
    op = await startProvider({
        name: 'step-up', clients: makeParties,
        configuration: { plugins: [{ name: 'password', config: {} }, { name: 'profile', config: {} }, strongMethod()] },
    });
    app = new Application(op);
}, { timeout });
after(async () => {
    await op?.stop();
    rmSync(folder, { recursive: true, force: true });
});

/** What userinfo says no with, once the registration has changed. */
async function challenge(ask) {
    for (const deadline = Date.now() + timeout / 2; Date.now() < deadline; await setTimeout(50)) {
        const no = await ask().then(() => undefined, (error) => error);
        if (no) return no;
    }
    throw new Error('userinfo goes on answering');
}

test('a service that registers a minimum is told of the logins below it, and where a better one is had', { timeout }, async () => {
    const configuration = await app.configured('web');
    const tokens = await app.signIn(configuration);
    const { sub } = tokens.claims();
    const ask = () => oidc.fetchUserInfo(configuration, tokens.access_token, sub);
    await ask();
    op.configure((file) => (file.clients.find(({ client_id }) => client_id === 'web').default_acr_values = [strong]));
    op.signal('SIGHUP');

    const no = await challenge(ask);
    assert.equal(no.status, 401);
    const { scheme, parameters } = no.cause[0];
    assert.deepEqual([scheme, parameters.error, parameters.acr_values], ['bearer', 'insufficient_user_authentication', strong]);

    const as = configuration.serverMetadata();
    const again = await oauth.userInfoRequest(as, { client_id: 'web' }, tokens.access_token, { [oauth.customFetch]: op.http.fetch });
    await assert.rejects(oauth.processUserInfoResponse(as, { client_id: 'web' }, sub, again),
        ({ cause }) => cause[0].parameters.error === 'insufficient_user_authentication' && cause[0].parameters.acr_values === strong);

    const { parameters: sent } = await makeRequest({ redirect_uri: 'https://rp.example/web', acr_values: parameters.acr_values });
    const { away } = await op.browser().visit(oidc.buildAuthorizationUrl(configuration, sent).href);
    assert.equal(away?.origin, 'https://idp.example', 'the one method that is good enough');
});
