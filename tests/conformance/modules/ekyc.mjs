// SPDX-License-Identifier: MIT
// The modules of the plan for OpenID Connect for Identity Assurance 1.0 (oidc-conformance.md 4.6), by their official ids. Each gets { op, rp }:
// a provider whose person identifies strongly, and a relying party that asks for verified_claims. What comes is checked by rp.verified():
// its shape, against discovery, and against the request.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

const anyFramework = { trust_framework: null };
const asking = (claims, verification = anyFramework) => ({ verification, claims });
const everywhere = (request) => ({ id_token: request, userinfo: request });

/** All that discovery offers, each asked for in this way. What must not stand in a token may be missing there. */
const all = (how) => async ({ op, rp }) => {
    const names = op.metadata.claims_in_verified_claims_supported;
    const { id_token, userinfo } = await rp.verified(everywhere(asking(Object.fromEntries(names.map((name) => [name, how])))));
    assert.deepEqual(userinfo, asking(op.verified.claims, { trust_framework: op.verified.verification.trust_framework }));
    for (const [name, value] of Object.entries(id_token.claims)) assert.deepEqual(value, op.verified.claims[name], name);
    assert.ok('given_name' in id_token.claims, 'the ID token has some');
};

/** One claim that is known, and one that is not, which is left out without a word. */
const unknown = (name, how) => async ({ rp }) => {
    for (const verified of Object.values(await rp.verified(everywhere(asking({ given_name: null, [name]: how })))))
        assert.deepEqual(Object.keys(verified.claims), ['given_name']);
};

/** Asks for everything in one place, and finds it there alone. */
const only = (place, other) => async ({ rp }) => {
    const given = await rp.verified({ [place]: asking({ given_name: null, family_name: null }) });
    assert.deepEqual(Object.keys(given[place].claims).sort(), ['family_name', 'given_name']);
    assert.equal(given[other], undefined);
};

/** A request that wants exactly this: every text its own value. */
const wanting = (data) => {
    if (Array.isArray(data)) return data.map(wanting);
    if (data !== null && typeof data === 'object') return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, wanting(value)]));
    return { value: data };
};

const nothing = async (rp, request) => assert.deepEqual(await rp.verified(everywhere(request)), { id_token: undefined, userinfo: undefined });

export const ekyc = {
    'ekyc-server-happypath': all(null),
    'ekyc-server-happypath-emptyobject': all({}),
    'ekyc-server-happypath-essentialfalse': all({ essential: false }),

    async 'ekyc-server-one-claim-with-random-value-omitted'({ rp }) {
        await nothing(rp, asking({ given_name: { value: randomUUID() } }));
        await nothing(rp, asking({ given_name: { values: [randomUUID(), randomUUID()], essential: true } }));
        for (const { claims } of Object.values(await rp.verified(everywhere(asking({ given_name: { value: randomUUID() }, family_name: null })))))
            assert.deepEqual(Object.keys(claims), ['family_name']);
    },

    'ekyc-server-request-only-in-idtoken': only('id_token', 'userinfo'),
    'ekyc-server-request-only-in-userinfo': only('userinfo', 'id_token'),

    // What stands behind the data is announced, so what is not announced is asked for: it is left out, or all that hangs on it.
    async 'ekyc-server-test-userinfo-notfoundinop'({ rp }) {
        const known = { given_name: null };
        await nothing(rp, asking(known, { trust_framework: { value: 'nobody_s_framework' } }));
        await nothing(rp, asking(known, { trust_framework: null, evidence: [{ type: { value: 'vouch' } }] }));
        await nothing(rp, asking(known, { trust_framework: null, evidence: [{ type: { value: 'electronic_record' }, record: { type: { value: 'bank_account' } } }] }));
        await nothing(rp, asking(known, { trust_framework: null, assurance_process: { policy: { value: 'strict' } } }));
        await nothing(rp, asking({ place_of_birth: null, nationalities: { essential: true } }));
        const { userinfo } = await rp.verified(everywhere(asking(known, { trust_framework: null, verification_process: null })));
        assert.deepEqual(Object.keys(userinfo.verification), ['trust_framework']);
    },

    // The suite is told what is to come, and wants exactly that.
    async 'ekyc-server-testbasedonuserinfo-defaults'({ op, rp }) {
        const { time, ...verification } = op.verified.verification;
        const claims = Object.fromEntries(Object.entries(op.verified.claims).map(([name, value]) => [name, { value }]));
        const { userinfo } = await rp.verified({ userinfo: asking(claims, { ...wanting(verification), time: { max_age: 3600 } }) });
        assert.deepEqual(userinfo.claims, op.verified.claims);
        assert.deepEqual({ ...userinfo.verification, time }, op.verified.verification);
        assert.ok(Math.abs(Date.parse(userinfo.verification.time) - Date.now()) < 60_000, 'verified by the login');
    },

    // Requests of an operator's own choice: several elements, alternatives, and each place its own.
    async 'ekyc-server-testuserprovidedrequest'({ op, rp }) {
        const { trust_framework } = op.verified.verification;
        const strict = asking({ birthdate: null }, { trust_framework: { values: ['eidas_other', trust_framework] }, assurance_level: null });
        const unmet = asking({ family_name: null }, { trust_framework: { value: 'nobody_s_framework' } });
        const evident = asking({ given_name: null }, { trust_framework: null, evidence: [{ type: { value: 'vouch' } }, { type: { value: 'electronic_record' }, record: { type: null } }] });
        const { id_token, userinfo } = await rp.verified({ id_token: [unmet, strict], userinfo: [strict, unmet, evident] });
        assert.deepEqual([id_token].flat().map(({ claims }) => Object.keys(claims)), [['birthdate']]);
        assert.deepEqual([userinfo].flat().map(({ claims }) => Object.keys(claims)), [['birthdate'], ['given_name']]);
        assert.deepEqual([userinfo].flat()[1].verification.evidence, [{ type: 'electronic_record', record: { type: 'population_register' } }]);
        await nothing(rp, asking({ given_name: null }, { trust_framework: null, evidence: [{ type: { value: 'electronic_record' }, record: { created_at: { max_age: 60 } } }] }));
        const outcome = await rp.authorize({ params: { claims: JSON.stringify({ userinfo: { verified_claims: { verification: {}, claims: {} } } }) } });
        await rp.refused(outcome, ['invalid_request']);
    },

    'ekyc-server-unknown-claim-omitted': unknown('favourite_colour', null),
    'ekyc-server-unknown-claim-specialchars-omitted': unknown('väri "\'{}<>&\\/%\u0020;', null),
    'ekyc-server-unknown-essential-claim-omitted': unknown(`claim_${randomUUID()}`, { essential: true }),
};
