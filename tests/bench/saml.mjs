// SPDX-License-Identifier: MIT
// `./dev bench saml`: one SAML response, signed twice and encrypted, as Tunnus, SimpleSAMLphp and pysaml2 read it, and what the
// dearest refused messages of up to 64 KiB cost Tunnus. CPU time of one core, in interleaved rounds.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { settings, unpack } from '../../conf/demo/suomifi.mjs';

const root = join(import.meta.dirname, '../..');

export function measureSaml({ rounds, folder, median, printTable }) {
    const data = join(folder, 'saml');
    mkdirSync(join(data, 'data'), { recursive: true });
    const run = (program, args, env = {}) => execFileSync('taskset', ['-c', '1', program, ...args],
        { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1 << 20 });
    const simplesamlphp = join(root, 'build/demo/suomifi');
    mkdirSync(simplesamlphp, { recursive: true });
    const program = unpack(simplesamlphp);
    const php = { SIMPLESAMLPHP_CONFIG_DIR: join(settings, 'config'), SUOMIFI_ORIGIN: 'https://tunnus.example', SUOMIFI_DATA: data, SUOMIFI_SALT: 'x'.repeat(32), SUOMIFI_SP: '/dev/null' };
    const accepted = { 'Tunnus': [], 'SimpleSAMLphp': [], 'python3-pysaml2': [] };
    const refused = new Map();
    let facts;
    for (let i = 0; i < rounds; i++) {
        const printed = run(join(root, 'build/release/saml_bench'), [data]);
        facts = JSON.parse(printed);
        accepted.Tunnus.push(facts.accepted_us);
        for (const [name, cost] of Object.entries(facts.refused_us)) refused.set(name, [...(refused.get(name) ?? []), cost]);
        accepted.SimpleSAMLphp.push(JSON.parse(run('php', [join(import.meta.dirname, 'saml_simplesamlphp.php'), program, data, printed], php)).accepted_us);
        accepted['python3-pysaml2'].push(JSON.parse(run('/usr/bin/python3', [join(import.meta.dirname, 'saml_pysaml2.py'), data, printed])).accepted_us);
    }
    const ours = median(accepted.Tunnus);
    console.log(`\nsaml: one response of ${facts.response_bytes} bytes, two signatures and an encrypted assertion; medians of ${rounds} rounds`);
    printTable(['', 'CPU ms', 'per second and core', 'times ours'], Object.entries(accepted).map(([name, costs]) =>
        [name, (median(costs) / 1000).toFixed(2), (1e6 / median(costs)).toFixed(0), (median(costs) / ours).toFixed(1)]));
    console.log('saml: refused messages of up to 64 KiB in base64, two keys of the identity provider known; CPU ms');
    printTable(['', 'median', 'worst'], [...refused].map(([name, costs]) => [name, (median(costs) / 1000).toFixed(2), (Math.max(...costs) / 1000).toFixed(2)]));
}
