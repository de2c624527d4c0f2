// SPDX-License-Identifier: MIT
// Proof Key for Code Exchange (RFC 7636 §4).
import { createHash, randomBytes } from 'node:crypto';

export const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');

export function makePkce() {
    const verifier = randomBytes(32).toString('base64url');
    return { verifier, challenge: challengeOf(verifier) };
}
