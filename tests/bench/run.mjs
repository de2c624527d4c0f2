// SPDX-License-Identifier: MIT
// `./dev bench [start] [login] [refresh] [client_credentials[_es256|_eddsa|_rs256]] [userinfo] [introspection] [discovery] [graphql] [saml] [profile]`: Tunnus beside npm oidc-provider on this machine, server on core 0, load on core 1,
// in interleaved rounds after a warm-up. Environment: BENCH_ROUNDS, BENCH_SECONDS (of one round), BENCH_CONNECTIONS.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import * as jose from 'jose';
import {
    authorizePath, basicAuthorization, binary, client, isReady, liveSession, preparePeer, prepareTunnus, refreshClient, refreshTokens, spellings, umaTicket,
} from './providers.mjs';
import { measureSaml } from './saml.mjs';

const root = join(import.meta.dirname, '../..');
const load = join(root, 'build/release/login_load');
const folder = join(root, 'build/bench');
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
/** Few and many callers: what a commit costs is shared by all that wait for it. */
const allConnections = process.env.BENCH_CONNECTIONS ? [Number(process.env.BENCH_CONNECTIONS)] : [16, 64];
let [connections] = allConnections;
const sessions = 8;
const ticks_per_s = Number(execFileSync('getconf', ['CLK_TCK']));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const cpuSeconds = (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks_per_s;
};
const memory_mb = (pid, field) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${field}:\\s+(\\d+)`))[1]) / 1024;
/** What core 0 did for anyone, or was kept from doing by the machine beneath: less the server's share it tells how quiet the core was. */
const coreBusy_s = () => {
    const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').match(/^cpu0 (.*)$/m)[1].split(' ').map(Number);
    return (user + nice + system + irq + softirq + steal) / ticks_per_s;
};

/** One round of load. Throws unless every answer was right. */
async function round(provider, plan) {
    const before = { server: cpuSeconds(provider.pid), core: coreBusy_s() };
    const child = spawn('taskset', ['-c', '1', load], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify({ port: Number(new URL(provider.issuer).port), connections, seconds, cookies: provider.cookies, ...plan }));
    let text = '';
    for await (const piece of child.stdout) text += piece;
    if (!text) throw new Error(`${provider.name}: the load failed`);
    const result = JSON.parse(text);
    if (result.wrong > 0 || result.rounds === 0) throw new Error(`${provider.name}: ${result.wrong} wrong answers, first: ${result.first_wrong}`);
    const cpu = cpuSeconds(provider.pid) - before.server;
    return {
        ...result,
        per_s: result.rounds / result.seconds,
        cpu_per_1000: cpu / result.rounds * 1000,
        core: cpu / result.seconds * 100,
        others: Math.max(0, coreBusy_s() - before.core - cpu) / result.seconds * 100,
    };
}

const loginPlan = (provider) => ({ authorize: authorizePath(provider), token: '/token', authorization: basicAuthorization(), redirect_uri: client.redirect_uris[0] });

async function publishedKeys(provider) {
    const { jwks_uri } = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
    return jose.createLocalJWKSet(await (await fetch(jwks_uri)).json());
}

/** The last ID token of a round, by npm jose against the published keys. Gives its access token. */
async function checkTokens(provider, result, { audience = client.client_id, requiredClaims = ['sub', 'nonce', 'exp'] } = {}) {
    const { id_token, access_token } = JSON.parse(result.last);
    await jose.jwtVerify(id_token, await publishedKeys(provider), { issuer: provider.issuer, audience, algorithms: ['ES256'], requiredClaims });
    return access_token;
}

/** The last answer of a round has these members at least, with these values where they are not true. */
const checkMembers = (members) => (provider, result) => {
    const last = JSON.parse(result.last);
    for (const [name, value] of Object.entries(members(provider)))
        if (!(name in last) || (value !== true && last[name] !== value)) throw new Error(`${provider.name}: ${name} in ${result.last}`);
};

/** The last access token of a round is spelled as asked. */
async function checkSpelling(provider, result, spelling) {
    const { access_token } = JSON.parse(result.last);
    if (spelling === 'opaque') {
        if (access_token.includes('.')) throw new Error(`${provider.name}: not opaque`);
        return;
    }
    await jose.jwtVerify(access_token, await publishedKeys(provider), { issuer: provider.issuer, typ: 'at+jwt', algorithms: [spelling], requiredClaims: ['aud', 'jti', 'exp'] });
}

const accessToken = async (provider) => checkTokens(provider, await round(provider, { ...loginPlan(provider), seconds: 0.3 }));
const clientCredentials = (spelling) => ({
    plan: async () => ({ post: '/token', body: 'grant_type=client_credentials&scope=api', contains: '"access_token"', authorization: basicAuthorization(`machine-${spelling}`) }),
    check: (provider, result) => checkSpelling(provider, result, spelling),
});

/** What one round does; what is asked of its last answer besides. */
const kinds = {
    login: { plan: async (provider) => loginPlan(provider), check: checkTokens },
    refresh: {
        plan: async (provider) => ({
            token: '/token', authorization: basicAuthorization(refreshClient.client_id), refresh_tokens: await refreshTokens(provider, connections),
        }),
        // Both sign an ID token anew.
        check: (provider, result) => checkTokens(provider, result, { audience: refreshClient.client_id, requiredClaims: ['sub', 'exp'] }),
    },
    ...Object.fromEntries(spellings.map((spelling) => [
        spelling === 'opaque' ? 'client_credentials' : `client_credentials_${spelling.toLowerCase()}`, clientCredentials(spelling)])),
    userinfo: {
        plan: async (provider) => ({ get: provider.userinfo, contains: '"sub"', authorization: `Bearer ${await accessToken(provider)}` }),
        check: checkMembers(() => ({ sub: true })),
    },
    introspection: {
        plan: async (provider) => ({
            post: provider.introspect, body: `token=${await accessToken(provider)}`, contains: '"active":true', authorization: basicAuthorization(),
        }),
        check: checkMembers(({ issuer }) => ({ active: true, client_id: client.client_id, iss: issuer, sub: true, exp: true, scope: 'openid' })),
    },
    discovery: {
        plan: async () => ({ get: '/.well-known/openid-configuration', contains: '"issuer"' }),
        check: checkMembers(({ issuer, authorize, userinfo }) => ({ issuer, authorization_endpoint: issuer + authorize, userinfo_endpoint: issuer + userinfo })),
    },
};

/** What a service asks about a person: whose permission covers it is judged at every call, and what was read stands in their log first. */
const myProfile = JSON.stringify({
    query: '{ myProfile { id firstName lastName nickname language primaryEmail { email verified } primaryPhone { phone } emails { edges { node { email } } } } }',
});
async function apiToken(provider) {
    const answer = await fetch(`${provider.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await accessToken(provider)}` },
        body: new URLSearchParams({ grant_type: umaTicket, audience: 'profile-api' }),
    });
    const { access_token } = await answer.json();
    if (!access_token) throw new Error(`${provider.name}: no token for the API: ${answer.status}`);
    return access_token;
}

/** Services' questions beside nobody's, as no peer answers them: beside userinfo of the same server. */
async function measureApi(folder) {
    const provider = await prepareTunnus(folder, { api: true });
    const part = provider.start();
    try {
        await isReady(provider, part);
        provider.pid = part.pid;
        await provider.addPerson();
        provider.cookies = [await liveSession(provider)];
        const plans = {
            userinfo: () => kinds.userinfo.plan(provider),
            myProfile: async () => ({ post: '/graphql/', body: myProfile, contains: '"firstName":"Matti"', authorization: `Bearer ${await apiToken(provider)}` }),
        };
        const measured = new Map(Object.keys(plans).map((name) => [name, []]));
        for (const plan of Object.values(plans)) await round(provider, { ...await plan(), seconds: Math.min(seconds, 3) });
        for (let i = 0; i < rounds; i++)
            for (const [name, plan] of Object.entries(plans)) measured.get(name).push(await round(provider, await plan()));
        const rows = [...measured].map(([name, all]) => {
            const figure = (of) => median(all.map(of));
            return [name, figure((one) => one.per_s).toFixed(0), figure((one) => one.cpu_per_1000).toFixed(3),
                figure((one) => one.per_s / one.core * 100).toFixed(0), (figure((one) => one.p50_us) / 1000).toFixed(2),
                (figure((one) => one.p99_us) / 1000).toFixed(2), figure((one) => one.others).toFixed(0)];
        });
        console.log(`\ngraphql: medians of ${rounds} rounds of ${seconds} s, ${connections} connections; every answer was right, with the permission judged and the read in the person's log`);
        printTable(['', 'per second', 'CPU s per 1,000', 'per second of a whole core', 'p50 ms', 'p99 ms', "others' share %"], rows);
    } finally {
        await part.stop();
    }
}

async function compare(name, providers) {
    const measured = new Map(providers.map((provider) => [provider, []]));
    for (const provider of providers) await round(provider, { ...await kinds[name].plan(provider), seconds: Math.min(seconds, 3) });
    for (let i = 0; i < rounds; i++)
        for (const provider of providers) {
            const result = await round(provider, await kinds[name].plan(provider));
            await kinds[name].check?.(provider, result);
            measured.get(provider).push(result);
        }
    const columns = [
        ['per second', (all) => median(all.map((one) => one.per_s)), 0],
        ['CPU s per 1,000', (all) => median(all.map((one) => one.cpu_per_1000)), 3],
        ['p50 ms', (all) => median(all.map((one) => one.p50_us)) / 1000, 2],
        ['p99 ms', (all) => median(all.map((one) => one.p99_us)) / 1000, 2],
        ['peak RSS MB', (all, provider) => memory_mb(provider.pid, 'VmHWM'), 0],
        ['its share of the core %', (all) => median(all.map((one) => one.core)), 0],
        ["others' share %", (all) => median(all.map((one) => one.others)), 0],
    ];
    console.log(`\n${name}: medians of ${rounds} rounds of ${seconds} s, ${connections} connections; every answer was right`);
    const [ours, theirs] = providers.map((provider) => columns.map(([, value]) => value(measured.get(provider), provider)));
    printTable(['', ...providers.map((provider) => provider.name), 'ratio'], columns.map(([title, , digits], i) =>
        [title, ours[i].toFixed(digits), theirs[i].toFixed(digits), title.endsWith('%') ? '' : (ours[i] / theirs[i]).toFixed(2)]));
    for (const [provider, all] of measured) console.log(`  ${provider.name}, each round: ${all.map((one) => one.per_s.toFixed(0)).join(' ')} per second`);
}

function printTable(head, rows) {
    const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
    for (const row of [head, ...rows]) console.log('  ' + row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('   '));
}

/** Milliseconds from starting the program to its first answered request. */
async function startUntilAnswer(provider) {
    const begun = process.hrtime.bigint();
    const part = provider.start();
    const port = Number(new URL(provider.issuer).port);
    const answered = () => new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(`GET /.well-known/openid-configuration HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
        socket.once('data', (bytes) => {
            socket.destroy();
            resolve(bytes.toString('latin1').startsWith('HTTP/1.1 200'));
        });
        socket.once('error', () => resolve(false));
    });
    while (!await answered()) {
        if (part.exited) throw new Error(await part.ended);
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { part, ms: Number(process.hrtime.bigint() - begun) / 1e6 };
}

/** Starts with data and keys in place, one after the other; the first of all, which makes schema and keys, stands apart. */
async function measureStart(providers) {
    const rows = [];
    for (const provider of providers) {
        const times = [];
        const idle = [];
        for (let i = 0; i < rounds + 1; i++) {
            const { part, ms } = await startUntilAnswer(provider);
            await new Promise((resolve) => setTimeout(resolve, 500));
            idle.push({ all: memory_mb(part.pid, 'VmRSS'), own: memory_mb(part.pid, 'RssAnon') });
            times.push(ms);
            await part.stop();
        }
        const [first, ...later] = times;
        rows.push([provider.name, first.toFixed(0), median(later).toFixed(0), Math.max(...later).toFixed(0), median(idle.map((one) => one.all)).toFixed(1), median(idle.map((one) => one.own)).toFixed(1)]);
    }
    console.log(`\nstart: from exec to the first answered request; the first start of all, then ${rounds} with its data in place`);
    printTable(['', 'first ms', 'later, median ms', 'later, worst ms', 'idle RSS MB', 'of it not files'], rows);
}

/** Where Tunnus' CPU time goes while it serves logins. */
async function profile(provider) {
    const data = join(folder, 'perf.data');
    const recorder = spawn('perf', ['record', '-q', '-F', '999', '-p', String(provider.pid), '-o', data], { stdio: 'ignore' });
    const unavailable = new Promise((resolve) => recorder.once('error', () => resolve(true)));
    const ended = new Promise((resolve) => recorder.once('exit', resolve));
    await round(provider, loginPlan(provider));
    if (await Promise.race([unavailable, Promise.resolve(false)])) return console.log('\nprofile: perf is not installed');
    recorder.kill('SIGINT');
    await ended;
    for (const [title, sort, limit] of [['library', 'dso', 10], ['thread', 'comm', 8], ['function', 'symbol', 25]]) {
        const report = execFileSync('perf', ['report', '-i', data, '--stdio', '--no-children', '-q', '-s', sort, '-g', 'none'],
            { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        console.log(`\nprofile of ${provider.name} while it serves logins, share of CPU time by ${title}`);
        console.log(report.split('\n').filter((line) => line.trim()).slice(0, limit).map((line) => line.slice(0, 100).trimEnd()).join('\n'));
    }
}

const wanted = process.argv.slice(2);
const known = ['start', ...Object.keys(kinds), 'graphql', 'saml', 'profile'];
if (wanted.some((name) => !known.includes(name))) {
    console.error(`names: ${known.join(' ')}`);
    process.exit(64);
}
const wants = (name) => wanted.length === 0 || wanted.includes(name);
if (cpus().length < 2) throw new Error('two cores are needed: one for the server, one for the load');
for (const program of [binary, load]) if (!existsSync(program)) throw new Error(`${program} is not there: ./dev bench builds it`);

rmSync(folder, { recursive: true, force: true });
const providers = [await prepareTunnus(join(folder, 'tunnus')), await preparePeer(join(folder, 'peer'))];
const [tunnus, peer] = providers;
console.log(`${cpus()[0].model}, ${cpus().length} cores, load average before: ${loadavg().map((one) => one.toFixed(1)).join(' ')}; node ${process.version}`);
console.log('tunnus: SQLite file, WAL, synchronous=FULL, every answer after its commit. oidc-provider: in memory, nothing survives.');

const parts = [];
try {
    if (wants('start')) await measureStart(providers);
    if (wants('saml')) measureSaml({ rounds, folder, median, printTable });
    if (wants('graphql')) await measureApi(join(folder, 'api'));
    if (known.slice(1).some((name) => name !== 'saml' && name !== 'graphql' && wants(name))) {
        for (const provider of providers) {
            const part = provider.start();
            parts.push(part);
            await isReady(provider, part);
            provider.pid = part.pid;
            await provider.addPerson();
            provider.cookies = [];
            for (let i = 0; i < sessions; i++) provider.cookies.push(await liveSession(provider));
        }
        for (const name of Object.keys(kinds)) {
            for (connections of name === 'login' ? allConnections : [allConnections[0]]) if (wants(name)) await compare(name, providers);
        }
        [connections] = allConnections;
        if (wants('profile')) await profile(tunnus);
    }
} finally {
    for (const part of parts) await part.stop();
}
console.log(`\nload average after: ${loadavg().map((one) => one.toFixed(1)).join(' ')}`);
