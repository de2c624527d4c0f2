// SPDX-License-Identifier: MIT
// Strong identification for the binary under test: an identity provider of pysaml2 on loopback, for one person who need not be asked.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ready, start } from '../../../conf/demo/processes.mjs';
import { Page } from './browser.mjs';

const script = join(import.meta.dirname, '../../clients/identity_providers/pysaml2_idp.py');

function certificate(folder, name) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
        '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)], { stdio: 'ignore' });
}

export async function startIdentityProvider(folder) {
    mkdirSync(folder, { recursive: true });
    ['idp', 'sp'].forEach((name) => certificate(folder, name));
    const port = await freePort();
    // A provider with an https issuer wants its partners to have it too. Nothing but the browser goes there, and here it knows the way behind.
    const origin = `https://localhost:${port}`;
    const behind = (address) => String(address).replace('https:', 'http:');
    const part = start('pysaml2', '/usr/bin/python3', [script, String(port), folder, 'https'], { log: join(folder, 'idp.log') });
    try {
        await ready(part, behind(`${origin}/metadata`));
        writeFileSync(join(folder, 'idp.xml'), await (await fetch(behind(`${origin}/metadata`))).text());
    } catch (error) {
        await part.stop();
        throw error;
    }
    return {
        origin,
        stop: () => part.stop(),
        /** The plugin by which a provider of this issuer knows it. */
        plugin: (issuer) => ({
            name: 'suomifi',
            config: {
                entity_id: `${issuer}/suomifi/sp`, idp: { entity_id: `${origin}/idp`, metadata_file: join(folder, 'idp.xml') },
                signing: { key: { file: join(folder, 'sp.key') }, certificate_file: join(folder, 'sp.crt') }, allow_test_identity_codes: true,
            },
        }),
        /** What `tunnus suomifi metadata` prints. */
        know: (metadata) => writeFileSync(join(folder, 'sp.xml'), metadata),
        /** The person proves who they are: from its address, where the provider has sent the browser, back with the answer. */
        async prove(browser, address) {
            const answer = await fetch(behind(address));
            const { forms: [form] } = new Page({ url: String(address), status: answer.status, text: await answer.text() });
            return browser.visit(form.action, { form: form.fields });
        },
    };
}
