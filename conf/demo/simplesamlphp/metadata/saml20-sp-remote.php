<?php
// The one service provider, read from its own metadata: SUOMIFI_SP is a URL or a file.
$xml = @file_get_contents(getenv('SUOMIFI_SP'));
if ($xml !== false && $xml !== '') {
    foreach (\SimpleSAML\Metadata\SAMLParser::parseDescriptorsString($xml) as $entityId => $parsed) {
        $entry = $parsed->getMetadata20SP();
        if ($entry === null) {
            continue;
        }
        unset($entry['entityDescriptor'], $entry['expire']);
        $entry['ForceAuthn'] = true;  // whom to be is asked each time
        $metadata[$entityId] = $entry;
    }
}
