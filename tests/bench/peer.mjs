// SPDX-License-Identifier: MIT
// The peer of `./dev bench`: npm oidc-provider as its manual sets it up, everything in memory.
//   node peer.mjs CONFIG.json        CONFIG: { "port", "issuer", "clients" (RFC 7591 metadata), "keys" (private JWKs) }
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/**
 * A plain Map. The store that comes with oidc-provider keeps 1,000 entries and walks through all tokens of a grant at every write, which
 * would slow the peer down the longer it is measured.
 */
class Store {
    static entries = new Map();
    static sessionsByUid = new Map();
    static keysByGrant = new Map();

    constructor(model) {
        this.model = model;
    }
    key(id) {
        return `${this.model}:${id}`;
    }
    async upsert(id, payload) {
        const key = this.key(id);
        Store.entries.set(key, payload);
        if (this.model === 'Session') Store.sessionsByUid.set(payload.uid, id);
        if (!payload.grantId) return;
        if (!Store.keysByGrant.has(payload.grantId)) Store.keysByGrant.set(payload.grantId, new Set());
        Store.keysByGrant.get(payload.grantId).add(key);
    }
    async find(id) {
        return Store.entries.get(this.key(id));
    }
    async findByUid(uid) {
        return this.find(Store.sessionsByUid.get(uid));
    }
    async consume(id) {
        Store.entries.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
    }
    async destroy(id) {
        const key = this.key(id);
        Store.keysByGrant.get(Store.entries.get(key)?.grantId)?.delete(key);
        Store.entries.delete(key);
    }
    async revokeByGrantId(grantId) {
        for (const key of Store.keysByGrant.get(grantId) ?? []) Store.entries.delete(key);
        Store.keysByGrant.delete(grantId);
    }
}

/** The algorithm in `machine-<algorithm>`. */
const spellingOf = (clientId) => clientId.match(/^machine-(?!opaque)(.+)/)?.[1];

const provider = new Provider(config.issuer, {
    adapter: Store,
    clients: config.clients,
    jwks: { keys: config.keys },
    scopes: ['openid', 'api'],
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: { AccessToken: 300, ClientCredentials: 300, RefreshToken: 604_800, AuthorizationCode: 60, IdToken: 300, Session: 36_000, Grant: 36_000, Interaction: 1_800 },
    // Its own pages for trials give each session its person and consent: two forms, walked once per session before the measurement.
    features: {
        devInteractions: { enabled: true },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        // A token is a JWT where it is for a resource that wants one: each of these clients has its own.
        resourceIndicators: {
            enabled: true,
            defaultResource: (context, { clientId }) => (spellingOf(clientId) ? `urn:bench:${spellingOf(clientId)}` : undefined),
            getResourceServerInfo: (context, resource) => ({
                scope: 'api', audience: resource, accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: resource.split(':').at(-1) } },
            }),
        },
    },
    // As Tunnus: a confidential client that registered the grant gets a refresh token, and a new one each time.
    issueRefreshToken: (context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
});
provider.listen(config.port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
