// SPDX-License-Identifier: MIT
// A provider whose person identifies strongly, and what it is to say of them as verified.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startIdentityProvider } from './identity_provider.mjs';
import { root, startProvider } from './provider.mjs';
import { StrongParty } from './strong_party.mjs';

/** The person of pysaml2_idp.py, as the population register and the default configuration of the plugin `profile` have it. */
const verified = {
    verification: {
        trust_framework: 'fi_ftn', assurance_level: 'substantial', time: undefined,
        evidence: [{ type: 'electronic_record', record: { type: 'population_register', source: { name: 'Digi- ja väestötietovirasto', country_code: 'FI' } } }],
    },
    claims: {
        name: 'Maija Demo', given_name: 'Maija', family_name: 'Demo', birthdate: '1981-02-21', national_id_num: '210281-9988',
        municipality: { code: '638', name: 'Porvoo' },
        address: { street_address: 'Jokikatu 12', postal_code: '06100', locality: 'PORVOO', country: 'FI', formatted: 'Jokikatu 12\n06100 PORVOO' },
    },
};

const client = {
    client_id: 'ekyc', client_name: 'Bank', client_secret: randomBytes(32).toString('base64url'), require_pkce: false,
    redirect_uris: ['https://rp.example/ekyc/callback'], scope: 'openid profile address municipality national_id',
};

export async function startStrongProvider() {
    const identityProvider = await startIdentityProvider(join(root, 'build/conformance/pysaml2'));
    let stopProvider;
    try {
        const op = await startProvider({
            name: 'strong', clients: () => [{ client }], persons: {},
            configuration: (issuer) => ({ plugins: [identityProvider.plugin(issuer), { name: 'profile', config: {} }] }),
        });
        stopProvider = op.stop;
        const strong = Object.assign(op, {
            identityProvider, verified,
            async stop() {
                await stopProvider();
                await identityProvider.stop();
            },
        });
        identityProvider.know(op.run('suomifi', 'metadata'));
        await permitAll(strong);
        return strong;
    } catch (error) {
        await stopProvider?.();
        await identityProvider.stop();
        throw error;
    }
}

/** Once for all modules: of consents that come at the same moment the later may undo the earlier. */
async function permitAll(op) {
    const names = op.metadata.claims_in_verified_claims_supported ?? [];
    const claims = JSON.stringify({ userinfo: { verified_claims: { verification: { trust_framework: null }, claims: Object.fromEntries(names.map((name) => [name, null])) } } });
    await new StrongParty(op, client, { response_type: 'code' }).login({ params: { scope: 'openid', claims } });
}
