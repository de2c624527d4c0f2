// SPDX-License-Identifier: MIT
// A relying party whose persons identify strongly, and what it checks of verified_claims (OpenID Connect for Identity Assurance 1.0).
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { walk } from './person.mjs';
import { RelyingParty } from './relying_party.mjs';

export class StrongParty extends RelyingParty {
    async go(browser, parameters, { decision } = {}) {
        let state = await browser.visit(`${this.op.metadata.authorization_endpoint}?${new URLSearchParams(parameters)}`);
        if (state.away?.origin === this.op.identityProvider.origin) state = await this.op.identityProvider.prove(browser, state.away);
        return { browser, ...(await walk(browser, state, undefined, decision)) };
    }

    /** Asks for these in the two places; gives what each of them brings: { id_token, userinfo }. Both are checked. */
    async verified(asked) {
        const members = Object.entries(asked).map(([place, verified_claims]) => [place, { verified_claims }]);
        const login = await this.login({ params: { scope: 'openid', claims: JSON.stringify(Object.fromEntries(members)) } });
        const given = { id_token: login.claims.verified_claims, userinfo: (await this.userinfo(login)).verified_claims };
        for (const [place, verified] of Object.entries(given)) {
            if (verified === undefined) continue;
            assert.ok(place in asked, `${place} has verified_claims that it was not asked for`);
            for (const element of [verified].flat()) checkVerified(this.op.metadata, element, [asked[place]].flat());
        }
        return given;
    }
}

const isText = (value) => typeof value === 'string' && value.length > 0;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const onlyHas = (object, names, what) => Object.keys(object).forEach((name) => assert.ok(names.includes(name), `${what} has ${name}`));

/** The shape that the specification's schema of answers demands. */
function checkShape({ verification, claims, ...rest }) {
    assert.deepEqual(rest, {}, 'nothing beside verification and claims');
    assert.ok(isObject(verification) && isText(verification.trust_framework), 'trust_framework');
    assert.ok(isObject(claims) && Object.keys(claims).length > 0, 'claims');
    onlyHas(verification, ['trust_framework', 'assurance_level', 'assurance_process', 'time', 'verification_process', 'evidence'], 'verification');
    if ('assurance_level' in verification) assert.ok(isText(verification.assurance_level));
    if ('time' in verification) assert.match(verification.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'time, in UTC (§9)');
    if (!('evidence' in verification)) return;
    assert.ok(Array.isArray(verification.evidence) && verification.evidence.length > 0, 'evidence');
    for (const evidence of verification.evidence) {
        onlyHas(evidence, ['type', 'check_details', 'record', 'document_details', 'attestation'], 'evidence');
        for (const kind of [evidence.record, evidence.document_details, evidence.attestation].filter(Boolean)) assert.ok(isText(kind.type), 'its type');
    }
}

/** Everything in an answer was announced (§8). */
function checkAnnounced(metadata, { verification, claims }) {
    assert.ok(metadata.trust_frameworks_supported.includes(verification.trust_framework), verification.trust_framework);
    for (const name of Object.keys(claims)) assert.ok(metadata.claims_in_verified_claims_supported.includes(name), `${name} is announced`);
    for (const { type, record, document_details } of verification.evidence ?? []) {
        assert.ok(metadata.evidence_supported.includes(type), type);
        if (record) assert.ok(metadata.electronic_records_supported.includes(record.type), record.type);
        if (document_details) assert.ok(metadata.documents_supported.includes(document_details.type), document_details.type);
    }
}

const leaf = (asked) => !asked || Object.keys(asked).every((name) => ['essential', 'value', 'values', 'max_age'].includes(name));
const needed = ['type', 'check_method'];  // of what an answer is not valid without

/** No more than was asked for, and as it was demanded (§5.4, §5.5). */
function fits(asked, given) {
    if (Array.isArray(asked)) return Array.isArray(given) && given.every((entry) => asked.some((one) => fits(one, entry)));
    if (!leaf(asked)) return isObject(given) && Object.entries(given).every(([name, value]) => (name in asked ? fits(asked[name], value) : needed.includes(name)));
    const { value, values, max_age } = asked ?? {};
    const wanted = [...(value === undefined ? [] : [value]), ...(values ?? [])];
    if (max_age !== undefined && Date.now() - Date.parse(given) > (max_age + 60) * 1000) return false;
    return wanted.length === 0 || wanted.some((one) => isDeepStrictEqual(one, given));
}

function checkVerified(metadata, element, asked) {
    checkShape(element);
    checkAnnounced(metadata, element);
    const { verification, claims } = element;
    assert.ok(asked.some((one) => fits(one.verification, verification) && Object.entries(claims).every(([name, value]) => name in one.claims && fits(one.claims[name], value))),
        `${JSON.stringify(element)} is not what was asked for: ${JSON.stringify(asked)}`);
}
