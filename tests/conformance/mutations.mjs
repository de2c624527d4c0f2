// SPDX-License-Identifier: MIT
// Plants mistakes into a copy of the provider, one at a time, and demands that the named test goes red.
//   node tests/conformance/mutations.mjs           all of mutations_list.mjs
//   node tests/conformance/mutations.mjs 3 7-9     some, by number
// The copy is build/mutations; each mistake costs the compilation of the files it touches and one link. Ends with 1 when a mistake was not noticed.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mutations } from './mutations_list.mjs';

const root = join(import.meta.dirname, '../..');
const copy = join(root, 'build/mutations');
const environment = { ...process.env, CCACHE_BASEDIR: copy, CCACHE_NOHASHDIR: '1', TUNNUS: join(copy, 'build/dev/tunnus') };

function chosen(words) {
    if (words.length === 0) return mutations.map((_, index) => index + 1);
    return words.flatMap((word) => {
        const [first, last = first] = word.split('-').map(Number);
        return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** The tree as it is in the work tree, not as it was committed. Files that did not change keep their time, so that little is built. */
function copyTree() {
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    for (const file of files.filter((file) => existsSync(join(root, file)))) {
        const [from, to] = [join(root, file), join(copy, file)];
        if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
        mkdirSync(dirname(to), { recursive: true });
        cpSync(from, to);
    }
    if (!existsSync(join(copy, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function build() {
    const run = (...args) => spawnSync('cmake', args, { cwd: copy, env: environment, encoding: 'utf8' });
    if (!existsSync(join(copy, 'build/dev/build.ninja'))) run('--preset', 'dev');
    const { status, stdout } = run('--build', '--preset', 'dev', '--target', 'tunnus');
    if (status !== 0) throw new Error(`it does not build: ${stdout.split('\n').filter((line) => line.includes(' error: ')).slice(0, 2).join('; ')}`);
}

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Runs the tests of these names, and no others; of one plan alone where it is given. Gives what the runner wrote. */
function run(tests, plan = '') {
    const pattern = `^(${[...new Set(tests)].map(escaped).join('|')})$`;
    const args = ['--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, 'tests/conformance/conformance_test.mjs'];
    return spawnSync(process.execPath, args, { cwd: copy, env: { ...environment, CONFORMANCE_PLAN: plan }, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
}

/** What the failing test says first; nothing when all passed. */
function complaint(output) {
    const at = output.search(/^\s*not ok \d+ - [a-z]/m);
    if (at < 0) return Number(output.match(/^# pass (\d+)$/m)?.[1]) > 0 ? undefined : 'nothing ran';
    const [, error = ''] = output.slice(at).match(/error: (?:\|-\n)?\s*(.*)/) ?? [];
    return error.replaceAll(/^['"]|['"]$/g, '').slice(0, 90);
}

function plant({ edits }) {
    const before = edits.map(({ file }) => [join(copy, file), readFileSync(join(copy, file), 'utf8')]);
    for (const { file, from, to } of edits) {
        const text = readFileSync(join(copy, file), 'utf8');
        if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
        writeFileSync(join(copy, file), text.replace(from, () => to));
    }
    return () => before.forEach(([path, text]) => writeFileSync(path, text));
}

copyTree();
build();
const numbers = chosen(process.argv.slice(2));
const clean = complaint(run(numbers.map((number) => mutations[number - 1].test)));
if (clean) throw new Error(`red without any mistake: ${clean}`);
let missed = 0;
for (const number of numbers) {
    const mutation = mutations[number - 1];
    let restore = () => {};
    let verdict;
    try {
        restore = plant(mutation);
        build();
        const said = complaint(run([mutation.test], mutation.plan));
        verdict = !said || said === 'nothing ran' ? `NOT NOTICED ${said ?? ''}` : `red: ${said}`;
    } catch (error) {
        verdict = `NOT TRIED: ${error.message}`;
    } finally {
        restore();
    }
    if (!verdict.startsWith('red')) missed += 1;
    console.log(`${String(number).padStart(2)}  ${mutation.what.padEnd(62)} ${mutation.test.padEnd(50)} ${verdict}`);
}
build();
console.log(missed ? `${missed} not noticed` : 'every one noticed');
process.exit(missed ? 1 : 0);
