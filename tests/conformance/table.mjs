// SPDX-License-Identifier: MIT
// The table of README.md, made from what ran.
//   node tests/conformance/table.mjs     writes it anew from build/conformance/results.json, which each full run leaves
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = join(import.meta.dirname, 'README.md');
export const resultsFile = join(import.meta.dirname, '../../build/conformance/results.json');
const [begin, end] = ['<!-- table: begin -->\n', '<!-- table: end -->\n'];

/** `results`: { plan, id, outcome } of each run of a module; `outcome` is `passed`, `failed` or `skipped: why`. */
export function makeTable(results) {
    const outcomes = new Map();  // plan and id → outcome; of several variants the worst
    const rank = (outcome) => ['passed', 'skipped', 'failed'].indexOf(outcome.split(':')[0]);
    for (const { plan, id, outcome } of results) {
        const key = `${plan}\n${id}`;
        if (!outcomes.has(key) || rank(outcomes.get(key)) < rank(outcome)) outcomes.set(key, outcome);
    }
    const rows = new Map();  // id and outcome → plans
    for (const [key, outcome] of outcomes) {
        const [plan, id] = key.split('\n');
        const row = `${id}\n${outcome}`;
        rows.set(row, [...(rows.get(row) ?? []), plan]);
    }
    const plans = [...new Set(results.map(({ plan }) => plan))];
    const counts = plans.map((plan) => {
        const own = results.filter((result) => result.plan === plan);
        const ids = new Set(own.map(({ id }) => id));
        const of = (word) => own.filter(({ outcome }) => outcome.startsWith(word)).length;
        return `| ${plan} | ${ids.size} | ${of('passed')} | ${of('skipped')} |\n`;
    });
    const lines = [...rows].map(([row, where]) => {
        const [id, outcome] = row.split('\n');
        return `| \`${id}\` | ${where.join(', ')} | ${outcome} |\n`;
    });
    return ['| Plan | modules | runs passed | runs skipped |\n|---|---|---|---|\n', ...counts, '\n| Module | Plans | Result |\n|---|---|---|\n', ...lines].join('');
}

export function tableInReadme() {
    const text = readFileSync(readme, 'utf8');
    return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end));
}

if (process.argv[1] === import.meta.filename) {
    const table = makeTable(JSON.parse(readFileSync(resultsFile, 'utf8')));
    const text = readFileSync(readme, 'utf8');
    writeFileSync(readme, text.slice(0, text.indexOf(begin) + begin.length) + table + text.slice(text.indexOf(end)));
}
