// SPDX-License-Identifier: MIT
// The other side of interop_test.cpp, on npm `jose`. Reads {"signers":[{"private_jwk","public_jwk","token"}]} from the
// file named on the command line and prints what it makes of each, with a token and a key of its own:
// {"signers":[{"accepted","thumbprint","signed_with_their_key","own_public_jwk","signed_with_own_key"}]}
import { readFileSync } from 'node:fs';
import { CompactSign, calculateJwkThumbprint, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';

const payload = new TextEncoder().encode('{"sub":"made by npm jose"}');
const sign = (key, alg, kid) => new CompactSign(payload).setProtectedHeader({ alg, kid }).sign(key);

// One pair of RSA numbers serves all of RS* and PS*: they take long to find.
const rsa = generateKeyPair('RS256', { extractable: true });
async function ownPair(alg) {
    const pair = await (/^[RP]S/.test(alg) ? rsa : generateKeyPair(alg, { extractable: true }));
    const publicJwk = { ...await exportJWK(pair.publicKey), alg };
    return { publicJwk, privateKey: await importJWK({ ...await exportJWK(pair.privateKey), alg }, alg) };
}

async function answer({ private_jwk, public_jwk, token }) {
    const { alg, kid } = public_jwk;
    const verified = await compactVerify(token, await importJWK(public_jwk, alg), { algorithms: [alg] });
    const own = await ownPair(alg);
    return {
        accepted: new TextDecoder().decode(verified.payload),
        thumbprint: await calculateJwkThumbprint(public_jwk),
        signed_with_their_key: await sign(await importJWK(private_jwk, alg), alg, kid),
        own_public_jwk: own.publicJwk,
        signed_with_own_key: await sign(own.privateKey, alg, kid),
    };
}

const { signers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(JSON.stringify({ signers: await Promise.all(signers.map(answer)) }));
