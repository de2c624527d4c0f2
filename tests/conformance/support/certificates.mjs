// SPDX-License-Identifier: MIT
// A certificate authority of one run, and what it signs: the provider's certificate, the relying party's, and those that clients show.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });

const newKey = (file) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file];

export class CertificateAuthority {
    constructor(folder) {
        this.folder = folder;
        this.file = join(folder, 'ca.crt');
        openssl('req', '-x509', ...newKey(join(folder, 'ca.key')), '-days', '2', '-subj', '/CN=conformance', '-out', this.file);
        this.pem = readFileSync(this.file, 'utf8');
    }

    /** { certFile, keyFile, cert, key } of a server on loopback, or of a client. */
    issue(name, subject = `/CN=${name}`) {
        const [keyFile, request, extensions, certFile] = ['key', 'csr', 'ext', 'crt'].map((kind) => join(this.folder, `${name}.${kind}`));
        openssl('req', '-new', ...newKey(keyFile), '-subj', subject, '-out', request);
        writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
        openssl('x509', '-req', '-in', request, '-CA', this.file, '-CAkey', join(this.folder, 'ca.key'), '-CAcreateserial', '-days', '2',
            '-extfile', extensions, '-out', certFile);
        return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    }
}
