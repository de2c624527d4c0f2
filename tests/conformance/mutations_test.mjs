// SPDX-License-Identifier: MIT
// A mistake whose place is gone proves nothing any more: each of mutations_list.mjs can still be planted, once.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mutations } from './mutations_list.mjs';

const root = join(import.meta.dirname, '../..');

test('every mistake has its place in the provider', () => {
    assert.ok(mutations.length >= 20);
    for (const { what, edits } of mutations) {
        assert.ok(edits.length > 0, what);
        for (const { file, from, to } of edits) {
            assert.equal(readFileSync(join(root, file), 'utf8').split(from).length, 2, `${what}: ${file}: ${from}`);
            assert.notEqual(from, to, what);
        }
    }
});
