// SPDX-License-Identifier: MIT
// A service provider just large enough to ask the stand-in for Suomi.fi and to open its answer. It verifies no signature: that is the
// product's affair (saml/), and the product is tested against the same stand-in in login_test.mjs.
import { execFileSync } from 'node:child_process';
import { constants, createDecipheriv, createPrivateKey, createSign, privateDecrypt, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

export async function startTinySp(folder, attributes) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=tiny',
        '-keyout', join(folder, 'sp.key'), '-out', join(folder, 'sp.crt')], { stdio: 'ignore' });
    const key = createPrivateKey(readFileSync(join(folder, 'sp.key')));
    const certificate = readFileSync(join(folder, 'sp.crt'), 'utf8').replace(/-----.*?-----|\s/g, '');

    let deliver;
    const server = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        response.setHeader('Content-Type', 'text/html');
        response.end('<!DOCTYPE html><html lang="en"><title>answered</title>');
        if (request.url === '/acs') deliver?.(new URLSearchParams(body));
    });
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${server.address().port}`;
    const metadata = join(folder, 'sp.xml');
    writeFileSync(metadata, describe({ origin, certificate, attributes }));

    return {
        metadata,
        /** The next answer at the ACS, opened. */
        answer: () => new Promise((resolve) => { deliver = (form) => resolve(open(form, key)); }),
        /** Where the browser goes to be identified: HTTP-Redirect binding, signed. */
        request(identityProvider, { levels = [], language = 'fi', relayState = 'relay' } = {}) {
            const xml = authnRequest({ origin, destination: `${identityProvider}/saml2/idp/SSOService.php`, levels, language });
            const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64'), RelayState: relayState, SigAlg: rsaSha256 });
            const signature = createSign('RSA-SHA256').update(String(query)).sign(key, 'base64');
            return `${identityProvider}/saml2/idp/SSOService.php?${query}&Signature=${encodeURIComponent(signature)}`;
        },
        stop: () => server.close(),
    };
}

/** What the browser posted: status codes, or the opened assertion with the algorithms that protected it. */
function open(form, key) {
    const response = Buffer.from(form.get('SAMLResponse'), 'base64').toString();
    const statuses = [...response.matchAll(/StatusCode Value="[^"]*:(\w+)"/g)].map(([, code]) => code);
    const algorithms = [...response.matchAll(/Algorithm="([^"]+)"/g)].map(([, algorithm]) => algorithm);
    const answer = { relayState: form.get('RelayState'), response, statuses, algorithms };
    if (!response.includes('EncryptedAssertion')) return answer;
    const [wrapped, sealed] = [...response.matchAll(/CipherValue>([^<]+)</g)].map(([, text]) => Buffer.from(text, 'base64'));
    const contentKey = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, wrapped);
    const cipher = createDecipheriv('aes-128-gcm', contentKey, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(-16));
    answer.assertion = cipher.update(sealed.subarray(12, -16), undefined, 'utf8') + cipher.final('utf8');
    answer.attributes = Object.fromEntries(
        [...answer.assertion.matchAll(/<saml:Attribute Name="([^"]+)"[^>]*>\s*<saml:AttributeValue[^>]*>([^<]*)/g)].map(([, name, value]) => [name, value]),
    );
    answer.level = answer.assertion.match(/AuthnContextClassRef>([^<]+)</)[1];
    answer.nameId = answer.assertion.match(/<saml:NameID[^>]*Format="([^"]+)"[^>]*>([^<]+)</).slice(1);
    return answer;
}

function describe({ origin, certificate, attributes }) {
    const asked = attributes.map((name) => `<md:RequestedAttribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>`);
    const keyed = (use) => `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
        `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
    return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${origin}/sp">
  <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    ${keyed('signing')}${keyed('encryption')}
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    <md:AssertionConsumerService index="1" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${origin}/acs"/>
    <md:AttributeConsumingService index="1" isDefault="true"><md:ServiceName xml:lang="en">Tiny</md:ServiceName>${asked.join('')}</md:AttributeConsumingService>
  </md:SPSSODescriptor>
</md:EntityDescriptor>`;
}

function authnRequest({ origin, destination, levels, language }) {
    const wanted = levels.map((level) => `<saml:AuthnContextClassRef>${level}</saml:AuthnContextClassRef>`).join('');
    return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ` +
        `ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${destination}" ` +
        `AssertionConsumerServiceURL="${origin}/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">` +
        `<saml:Issuer>${origin}/sp</saml:Issuer>` +
        `<samlp:Extensions><v:vetuma xmlns:v="urn:vetuma:SAML:2.0:extensions"><v:LG>${language}</v:LG></v:vetuma></samlp:Extensions>` +
        '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" AllowCreate="true"/>' +
        (wanted && `<samlp:RequestedAuthnContext Comparison="exact">${wanted}</samlp:RequestedAuthnContext>`) +
        '</samlp:AuthnRequest>';
}
