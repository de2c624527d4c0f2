// SPDX-License-Identifier: MIT
// A service that holds data of people, as the city's services are made: a GDPR API behind tokens of the provider, which it checks with jose.
import { createLocalJWKSet, jwtVerify } from 'jose';
import { createServer } from 'node:https';
import { freePort } from '../../conf/demo/processes.mjs';

/** The contract's error body (citizen-services.md 3.1). */
const reasons = (code, fi, sv, en) => JSON.stringify({ errors: [{ code, message: { fi, sv, en } }] });

/**
 * `audience` is its name at the provider, `scopes` are { query, erase }. `knows(op)`, once: whose tokens it takes. `records`: what it holds, by
 * `sub`. `behave`: what it does in place of the contract, (request, response) => true when it has.
 */
export async function startPartner({ cert, key }, { audience, scopes }) {
    const origin = `https://127.0.0.1:${await freePort()}`;
    const partner = { origin, records: new Map(), calls: [], behave: undefined };
    let issuer, keys;

    async function whose(request, path) {
        const [scheme, token] = (request.headers.authorization ?? '').split(' ');
        if (scheme !== 'Bearer') return undefined;
        const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ['exp', 'sub', 'loa', 'jti'], typ: 'at+jwt' });
        const granted = payload.authorization.permissions.flatMap((permission) => permission.scopes);
        const needed = request.method === 'GET' ? scopes.query : scopes.erase;
        return granted.includes(needed) && granted.length === 1 && path === `/gdpr/${payload.sub}` ? payload.sub : undefined;
    }

    const server = createServer({ cert, key }, async (request, response) => {
        const { pathname, searchParams } = new URL(request.url, origin);
        if (!pathname.startsWith('/gdpr/')) return response.writeHead(200, { 'Content-Type': 'text/plain' }).end('signed in');  // the browser of a login
        const isDryRun = searchParams.get('dry_run') === 'true';
        const call = `${request.method}${isDryRun ? ' dry' : ''}`;
        partner.calls.push(call);
        const answer = (status, body) => response.writeHead(status, body && { 'Content-Type': 'application/json' }).end(body);
        if (partner.behave?.(call, response)) return undefined;
        const sub = await whose(request, pathname).catch(() => undefined);
        if (!sub) return answer(401);
        const record = partner.records.get(sub);
        if (request.method === 'GET') return record ? answer(200, JSON.stringify(record.tree)) : answer(204);
        if (record?.keeps) return answer(403, reasons('LOANS_OUT', 'Sinulla on lainoja.', 'Du har lån.', 'You have loans.'));
        if (!isDryRun) partner.records.delete(sub);
        return answer(204);
    });
    await new Promise((listening) => server.listen(new URL(origin).port, '127.0.0.1', listening));
    return Object.assign(partner, {
        async knows(op) {
            issuer = op.issuer;
            keys = createLocalJWKSet((await op.http.send(op.metadata.jwks_uri)).json);
        },
        stop: () => new Promise((closed) => (server.closeAllConnections(), server.close(closed))),
    });
}
