<?php
// SPDX-License-Identifier: MIT
// SimpleSAMLphp reads the message of saml_bench again and again: verifies, decrypts, verifies, checks. Prints JSON like saml_bench.
// Usage: saml_simplesamlphp.php PROGRAM FOLDER FACTS, with the environment of conf/demo/suomifi.mjs.
declare(strict_types=1);

[, $program, $folder, $facts] = $argv;
$facts = json_decode($facts, true, 8, JSON_THROW_ON_ERROR);
$address = parse_url($facts['acs_url']);
$_SERVER = [...$_SERVER, 'HTTP_HOST' => $address['host'], 'SERVER_PORT' => '443', 'HTTPS' => 'on', 'REQUEST_URI' => $address['path'], 'SCRIPT_NAME' => $address['path']];
require "$program/lib/_autoload.php";

$certificate = implode('', array_slice(file("$folder/idp.crt", FILE_IGNORE_NEW_LINES), 1, -1));
$idp = SimpleSAML\Configuration::loadFromArray(['entityid' => $facts['idp_entity_id'],
    'keys' => [['type' => 'X509Certificate', 'signing' => true, 'encryption' => false, 'X509Certificate' => $certificate]]]);
$sp = SimpleSAML\Configuration::loadFromArray(['entityid' => $facts['entity_id'], 'privatekey' => "$folder/sp.key", 'certificate' => "$folder/sp.crt",
    'assertion.encryption' => true, 'validate.response' => true]);
$message = base64_encode(file_get_contents("$folder/response.xml"));

$read = function () use ($idp, $sp, $message): void {
    $document = SAML2\DOMDocumentFactory::fromString(base64_decode($message, true));
    $assertions = SimpleSAML\Module\saml\Message::processResponse($sp, $idp, SAML2\Message::fromXML($document->documentElement));
    $identity = array_merge(...array_values($assertions[0]->getAttributes()));
    in_array('210281-9988', $identity, true) || throw new Exception('another person');
};
$cpu_seconds = function (): float {
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
};
$read();
$begin = $cpu_seconds();
for ($rounds = 0; $cpu_seconds() - $begin < 3; ++$rounds) {
    $read();
}
echo json_encode(['accepted_us' => ($cpu_seconds() - $begin) / $rounds * 1e6]), "\n";
