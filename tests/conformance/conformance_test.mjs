// SPDX-License-Identifier: MIT
// The official conformance plans against the real binary: one test per module and variant, named by the module's id.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { makeClients } from './clients.mjs';
import { ciba } from './modules/ciba.mjs';
import { core } from './modules/core.mjs';
import { discovery } from './modules/discovery.mjs';
import { dynamic } from './modules/dynamic.mjs';
import { ekyc } from './modules/ekyc.mjs';
import { fapi2 } from './modules/fapi2.mjs';
import { logout } from './modules/logout.mjs';
import { plans } from './plans.mjs';
import { claimsOfScope } from './support/checks.mjs';
import { CibaParty } from './support/ciba_party.mjs';
import { FapiParty } from './support/fapi_party.mjs';
import { startProvider } from './support/provider.mjs';
import { RelyingParty } from './support/relying_party.mjs';
import { startStrongProvider } from './support/strong_provider.mjs';
import { StrongParty } from './support/strong_party.mjs';
import { makeTable, resultsFile, tableInReadme } from './table.mjs';

const suites = { ciba, core, discovery, dynamic, ekyc, fapi2, logout };
const timeout = 120_000;
const wholeTimeout = 5 * timeout;
const results = [];
let op;
let strong;  // the provider of a plan with strong identification

/** What the modules of each suite get. Every test has relying parties of its own. */
const contexts = {
    async fapi2({ client }) {
        const [rp, second] = await Promise.all([client, `${client}-second`].map((id) => FapiParty.make(op, op.parties[id])));
        return { op, rp, second };
    },
    async ciba({ client }) {
        const [rp, second] = [client, `${client}-second`].map((id) => CibaParty.make(op, op.parties[id]));
        return { op, rp, second };
    },
    async ekyc() {
        return { op: strong, rp: new StrongParty(strong, strong.parties.ekyc.client, { response_type: 'code' }) };
    },
    plain(variant) {
        const client = (client_id) => new RelyingParty(op, op.parties[client_id].client, variant);
        return { op, rp: client('rp'), second: client('second'), post: client('post'), client };
    },
};

/** Of two consents that one person gives one service at the same moment the later may undo the earlier: here hundreds of logins go on at a time. */
async function consentToAll() {
    const scope = 'openid profile email address phone offline_access';
    const claims = JSON.stringify({ userinfo: Object.fromEntries(Object.values(claimsOfScope).flat().map((name) => [name, null])) });
    const withPages = Object.values(op.parties).filter(({ client }) => client.redirect_uris);
    for (const person of Object.keys(op.persons))
        await Promise.all(withPages.map(async (party) => {
            const rp = party.client.profile ? await FapiParty.make(op, party) : new RelyingParty(op, party.client);
            await rp.login({ person, params: { scope, claims, prompt: 'consent' } });
        }));
}

/** Why a module of this plan is not run; nothing when it is. */
function reasonToSkip(plan, id) {
    const missing = plan.needs?.((plan.strong ? strong : op).metadata, id);
    return missing && `not built yet: discovery has no ${missing}`;
}

async function run(t, plan, variant, id) {
    const result = { plan: plan.name, id, outcome: 'failed' };
    results.push(result);
    const reason = reasonToSkip(plan, id);
    if (reason) {
        result.outcome = `skipped: ${reason}`;
        return t.skip(reason);
    }
    const module = suites[plan.suite]?.[id];
    assert.ok(module, 'the provider offers what this module needs: write its test');
    await module(await (contexts[plan.suite] ?? contexts.plain)(variant));
    result.outcome = 'passed';
}

const titleOf = ({ name }, { variant, title }) => [name, title ?? variant?.response_type].filter(Boolean).join(', ');

const wanted = process.env.CONFORMANCE_PLAN;  // mutations.mjs needs one plan at a time
const wantedPlans = plans.filter(({ name }) => !wanted || name === wanted);

// All plans at a time, several modules of each: some modules wait for a minute while the others go on.
describe('conformance', { concurrency: plans.length * 3, timeout: wholeTimeout }, () => {
    before(async () => {
        op = await startProvider({ name: 'plans', clients: makeClients });
        if (!wanted) await consentToAll();
        if (wantedPlans.some((plan) => plan.strong)) strong = await startStrongProvider();
    });
    after(async () => {
        await op?.stop();
        await strong?.stop();
    });

    for (const plan of wantedPlans)
        for (const each of plan.runs)
            describe(titleOf(plan, each), { concurrency: 8, timeout: wholeTimeout }, () => {
                for (const id of each.ids) test(id, { timeout }, (t) => run(t, plan, each.variant, id));
            });
});

test('the table of README.md is what ran', (t) => {
    const all = plans.flatMap(({ name, runs }) => runs.flatMap(({ ids }) => ids.map((id) => `${name} ${id}`)));
    const ran = new Set(results.map(({ plan, id }) => `${plan} ${id}`));
    if (!all.every((each) => ran.has(each))) return t.skip('only a part ran');
    const inOrder = all.flatMap((each) => results.filter(({ plan, id }) => `${plan} ${id}` === each));
    writeFileSync(resultsFile, JSON.stringify([...new Set(inOrder)], null, 1));
    assert.equal(tableInReadme(), makeTable([...new Set(inOrder)]), 'node tests/conformance/table.mjs writes it');
});
