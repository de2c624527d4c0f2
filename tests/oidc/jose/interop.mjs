// SPDX-License-Identifier: MIT
// The other side of interop_test.cpp, on npm `jose`. Reads from the file named on the command line
//   {"signers":[{"private_jwk","public_jwk","token"}],"readers":[{"private_jwk","public_jwk","enc","token"}]}
// and prints what it makes of each, with tokens and a key of its own:
//   {"signers":[{"accepted","thumbprint","signed_with_their_key","own_public_jwk","signed_with_own_key"}],
//    "readers":[{"decrypted","encrypted"}]}
import { readFileSync } from 'node:fs';
import {
    CompactEncrypt, CompactSign, calculateJwkThumbprint, compactDecrypt, compactVerify, exportJWK, generateKeyPair, importJWK,
} from 'jose';

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

async function read({ private_jwk, public_jwk, enc, token }) {
    const { alg, kid } = public_jwk;
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] };
    const decrypted = await compactDecrypt(token, await importJWK(private_jwk, alg), options);
    return {
        decrypted: new TextDecoder().decode(decrypted.plaintext),
        encrypted: await new CompactEncrypt(payload).setProtectedHeader({ alg, enc, kid })
            .encrypt(await importJWK(public_jwk, alg)),
    };
}

const { signers, readers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(JSON.stringify({
    signers: await Promise.all(signers.map(answer)),
    readers: await Promise.all(readers.map(read)),
}));
