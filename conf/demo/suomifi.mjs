// SPDX-License-Identifier: MIT
// The stand-in for Suomi.fi: SimpleSAMLphp of Debian on PHP's own server, with the settings and test persons of simplesamlphp/.
//   startSuomifi({ folder, port, serviceProviderMetadata })
// The program is unpacked into `folder`, not installed: Debian's package would bring a web server of its own along.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ready, start } from './processes.mjs';

export const settings = join(import.meta.dirname, 'simplesamlphp');

/** Name, level and attributes of every test person by its id on the page (`#person-ID`). */
export const persons = JSON.parse(readFileSync(join(settings, 'persons.json'), 'utf8'));

export async function startSuomifi({ folder, port, serviceProviderMetadata }) {
    const program = unpack(folder);
    const data = join(folder, 'data');
    ['cert', 'data', 'temp', 'sessions'].forEach((name) => mkdirSync(join(data, name), { recursive: true }));
    makeKey(join(data, 'cert'));
    const origin = `http://localhost:${port}`;
    const part = start('suomifi', 'php', ['-S', `127.0.0.1:${port}`, '-t', join(program, 'www')], {
        log: join(folder, 'suomifi.log'),
        env: {
            PHP_CLI_SERVER_WORKERS: '4',
            SIMPLESAMLPHP_CONFIG_DIR: join(settings, 'config'),
            SUOMIFI_ORIGIN: origin,
            SUOMIFI_DATA: data,
            SUOMIFI_SALT: randomBytes(24).toString('hex'),
            SUOMIFI_SP: serviceProviderMetadata,
        },
    });
    const metadata = `${origin}/saml2/idp/metadata.php`;
    try {
        await ready(part, metadata);
    } catch (error) {
        await part.stop();
        throw error;
    }
    return { ...part, origin, metadata, entityId: `${origin}/idp1` };
}

/** A copy of the Debian package's program with our module and the patch in it. Made once. */
export function unpack(folder) {
    const package_ = join(folder, 'package');
    const program = join(package_, 'usr/share/simplesamlphp');
    if (!existsSync(join(program, 'complete'))) {
        rmSync(package_, { recursive: true, force: true });
        mkdirSync(package_, { recursive: true });
        execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', 'simplesamlphp'], { cwd: package_, stdio: ['ignore', 'ignore', 'inherit'] });
        const [archive] = readdirSync(package_);
        execFileSync('dpkg-deb', ['-x', archive, '.'], { cwd: package_ });
        execFileSync('patch', ['-s', '-p1', '-i', join(settings, 'aes-gcm.patch')], { cwd: program });
        mkdirSync(join(program, 'complete'));
    }
    const module = join(program, 'modules/suomifitest');
    rmSync(module, { recursive: true, force: true });
    cpSync(join(settings, 'module'), module, { recursive: true });
    return program;
}

function makeKey(folder) {
    if (existsSync(join(folder, 'idp.crt'))) return;
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-days', '3650', '-subj', '/CN=Suomi.fi stand-in',
        '-keyout', join(folder, 'idp.key'), '-out', join(folder, 'idp.crt')], { stdio: 'ignore' });
}
