// SPDX-License-Identifier: MIT
// The whole product with real parts on this machine: the provider, the stand-ins for Suomi.fi and its mandates, a mailbox and three services.
//   node conf/demo/run.mjs     starts everything, prints the addresses and the test persons, ends everything on Ctrl-C
// As a library: startDemo({ folder, ports }) for tests.
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startMailbox } from './mailbox.mjs';
import { freePort } from './processes.mjs';
import { addPerson, startProvider } from './provider.mjs';
import { describeService, startService } from './services.mjs';
import { persons, startSuomifi } from './suomifi.mjs';
import { startValtuudet } from './valtuudet.mjs';

const build = join(import.meta.dirname, '../../build/demo');
/** Used while they are free, so that bookmarks last. */
const usualPorts = { provider: 8080, suomifi: 8081, mailbox: 8082, smtp: 8025, kirjasto: 8083, paivahoito: 8084, avustukset: 8085, valtuudet: 8086 };

/**
 * Starts every part and waits until it answers. `folder` holds what this run writes and is emptied first. The provider is at 127.0.0.1 and all
 * others at localhost: to the browser they are different sites, as in life, and cookies behave accordingly. `moreServices` (describeService) are
 * known to the provider and started by the caller. `signedAnswers`: see startProvider.
 */
export async function startDemo({ folder = join(build, 'run'), ports = usualPorts, moreServices = [], signedAnswers = false } = {}) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const parts = [];
    const stop = async () => {
        for (const part of parts.splice(0).reverse()) await part.stop();
    };
    const started = async (part) => {
        parts.push(await part);
        return parts.at(-1);
    };
    try {
        const issuer = `http://127.0.0.1:${ports.provider}`;
        const services = [
            describeService({ id: 'kirjasto', name: 'Kirjasto', accent: '#006250', port: ports.kirjasto, scope: 'openid profile email' }),
            // The city's own: the operator has decided that it need not ask.
            describeService({ id: 'paivahoito', name: 'Päivähoito', accent: '#8d0d2d', port: ports.paivahoito, scope: 'openid profile email',
                more: { skip_consent: true } }),
            // Lets people act for others.
            describeService({ id: 'avustukset', name: 'Avustukset', accent: '#3a2c73', port: ports.avustukset,
                scope: 'openid profile mandate:person mandate:organisation', more: { skip_consent: true } }),
        ];
        const [suomifi, valtuudet, mailbox] = await Promise.all([
            started(startSuomifi({ folder: join(build, 'suomifi'), port: ports.suomifi, serviceProviderMetadata: `${issuer}/suomifi/metadata` })),
            started(startValtuudet({ folder, port: ports.valtuudet, issuer })),
            started(startMailbox({ folder, smtpPort: ports.smtp, port: ports.mailbox })),
        ]);
        const provider = await started(startProvider({ folder, issuer, suomifi, valtuudet, mail: mailbox.smtp, services: [...services, ...moreServices], signedAnswers }));
        const [library, daycare, grants] = await Promise.all(services.map((service) => started(startService(service, { issuer, folder }))));
        return { provider, suomifi, valtuudet, mailbox, services: { library, daycare, grants }, parts, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

/** Signs in without a message, for whoever tries the demo. */
const lightPerson = { email: 'liisa@example.fi', password: 'kolme-kuutta-nelja-tuulta' };

export async function randomPorts() {
    const entries = await Promise.all(Object.keys(usualPorts).map(async (name) => [name, await freePort()]));
    return Object.fromEntries(entries);
}

async function usualOrFreePorts() {
    const entries = await Promise.all(
        Object.entries(usualPorts).map(async ([name, port]) => [name, (await isFree(port)) ? port : await freePort()]),
    );
    return Object.fromEntries(entries);
}

function isFree(port) {
    return new Promise((resolve) => {
        const server = createServer().once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
}

function announce({ provider, suomifi, valtuudet, mailbox, services }) {
    const { library, daycare, grants } = services;
    const lines = Object.values(persons).map(({ name, about, level }) => `    ${name.padEnd(18)} ${about.en} (${level.split('/').at(-1)})`);
    console.log(`
Tunnus is running. Open the first service and press "Sign in":

    ${library.name.padEnd(18)} ${library.origin}/      (asks whether it may have your data)
    ${daycare.name.padEnd(18)} ${daycare.origin}/      (the city's own, does not ask)
    ${grants.name.padEnd(18)} ${grants.origin}/      (for oneself or for another, strongly alone: Nordea Demo has children and companies)

Then open the second one and sign in there too: nobody asks who you are. "Sign out" in one ends both. A person who came by e-mail
finds a button that needs strong identification.

With Suomi.fi: choose "Suomi.fi-tunnistus" and a test person. The first time, an e-mail address and a password are asked too:
invent an address, the code arrives in the mailbox.

${lines.join('\n')}

With e-mail and password: ${lightPerson.email}, ${lightPerson.password}
or sign up with any address; its messages arrive in the mailbox.

    Mailbox            ${mailbox.origin}/
    Your sessions      ${provider.issuer}/profile/signin
    Provider           ${provider.issuer}/.well-known/openid-configuration
    Suomi.fi stand-in  ${suomifi.origin}/
    Its mandates       ${valtuudet.origin}/test/seen
    Configuration      ${provider.configuration}
    Logs               ${join(provider.configuration, '..')}/*.log

Ctrl-C ends everything.
`);
}

async function main() {
    let demo;
    const end = async (code) => {
        await demo?.stop();
        process.exit(code);  // what had only begun to start is ended by the guard
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => end(0));
    try {
        demo = await startDemo({ ports: await usualOrFreePorts() });
        addPerson(demo.provider, lightPerson);
    } catch (error) {
        console.error(`demo: ${error.message}`);
        return end(1);
    }
    announce(demo);
    console.error(`demo: ${await Promise.race(demo.parts.map(({ ended }) => ended))}`);
    await end(1);
}

if (process.argv[1] === import.meta.filename) await main();
