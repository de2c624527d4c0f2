<?php
// SimpleSAMLphp as a stand-in for Suomi.fi: an identity provider on loopback, its keys and sessions in a folder of build/.
// conf/demo/suomifi.mjs starts it and sets the variables.
$data = getenv('SUOMIFI_DATA');
$config = [
    'baseurlpath' => getenv('SUOMIFI_ORIGIN') . '/',
    'application' => ['baseURL' => getenv('SUOMIFI_ORIGIN')],
    'certdir' => "$data/cert/",
    'metadatadir' => __DIR__ . '/../metadata',
    'metadata.sources' => [['type' => 'flatfile', 'directory' => __DIR__ . '/../metadata']],
    'datadir' => "$data/data/",
    'tempdir' => "$data/temp/",
    'loggingdir' => "$data/",
    'logging.handler' => 'file',
    'logging.logfile' => 'simplesamlphp.log',
    'logging.level' => \SimpleSAML\Logger::NOTICE,
    'debug' => [],
    'showerrors' => true,
    'errorreporting' => false,
    'secretsalt' => getenv('SUOMIFI_SALT'),
    'auth.adminpassword' => getenv('SUOMIFI_SALT'),
    'technicalcontact_name' => 'Test',
    'technicalcontact_email' => 'test@example.fi',
    'timezone' => 'Europe/Helsinki',
    'enable.saml20-idp' => true,
    'module.enable' => ['suomifitest' => true],
    'store.type' => 'phpsession',
    'session.duration' => 32 * 60,  // as Suomi.fi's own
    'session.phpsession.cookiename' => 'suomifi_test',
    'session.phpsession.savepath' => "$data/sessions",
    'session.phpsession.httponly' => true,
    'session.cookie.secure' => false,
    'language.available' => ['en'],
    'language.default' => 'en',
];
