<?php
// As Suomi.fi answers: the Response and the Assertion signed with RSA-SHA256, the Assertion then encrypted; a new transient
// NameID each time; requests must be signed.
$metadata[getenv('SUOMIFI_ORIGIN') . '/idp1'] = [
    'host' => '__DEFAULT__',
    'auth' => 'test-persons',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.crt',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'assertion.encryption' => true,
    'sign.logout' => true,
    'redirect.sign' => true,
    'validate.authnrequest' => true,
    'validate.logout' => true,
    'redirect.validate' => true,
    'assertion.lifetime' => 300,
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'SingleSignOnServiceBinding' => [
        'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
        'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    ],
    'SingleLogoutServiceBinding' => [
        'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
        'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    ],
    'OrganizationName' => ['fi' => 'Suomi.fi (testi)', 'sv' => 'Suomi.fi (test)', 'en' => 'Suomi.fi (test)'],
    'OrganizationURL' => ['fi' => getenv('SUOMIFI_ORIGIN'), 'sv' => getenv('SUOMIFI_ORIGIN'), 'en' => getenv('SUOMIFI_ORIGIN')],
];
