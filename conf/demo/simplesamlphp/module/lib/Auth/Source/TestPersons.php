<?php
declare(strict_types=1);

namespace SimpleSAML\Module\suomifitest\Auth\Source;

use SAML2\Constants;
use SimpleSAML\Auth;
use SimpleSAML\Module;
use SimpleSAML\Module\saml\Error as SamlError;
use SimpleSAML\Utils;

/**
 * Signs in as one of the persons of persons.json, chosen by one click. Answers as Suomi.fi does: only attributes that the service
 * provider's metadata asks for, the level of the person's means, Requester/AuthnFailed when cancelled.
 */
class TestPersons extends Auth\Source
{
    private const STAGE = 'suomifitest:choose';
    /** The population register answered: sent to everybody, asked for or not. */
    private const ALWAYS = 'urn:oid:1.2.246.517.3002.111.2';

    private array $persons;

    public function __construct(array $info, array $config)
    {
        parent::__construct($info, $config);
        $this->persons = json_decode(file_get_contents($config['persons']), true, 8, JSON_THROW_ON_ERROR);
    }

    public function authenticate(&$state): void
    {
        $state['suomifitest:source'] = $this->authId;
        Utils\HTTP::redirectTrustedURL(
            Module::getModuleURL('suomifitest/choose.php'),
            ['AuthState' => Auth\State::saveState($state, self::STAGE)]
        );
    }

    /** The state of the login that the page shows, and its source. */
    public static function resume(string $stateId): array
    {
        $state = Auth\State::loadState($stateId, self::STAGE);
        return [$state, Auth\Source::getById($state['suomifitest:source'], self::class)];
    }

    public function persons(): array
    {
        return $this->persons;
    }

    /** fi, sv or en: the signed extension vetuma/LG, or the parameter `locale`, as at Suomi.fi. */
    public static function language(array $state, ?string $parameter): string
    {
        foreach ($state['saml:Extensions'] ?? [] as $chunk) {
            $element = method_exists($chunk, 'getXML') ? $chunk->getXML() : null;
            $language = $element ? trim($element->textContent) : '';
            if (in_array($language, ['fi', 'sv', 'en'], true)) {
                return $language;
            }
        }
        return in_array($parameter, ['fi', 'sv', 'en'], true) ? $parameter : 'fi';
    }

    public function choose(array $state, string $id): void
    {
        $person = $this->persons[$id] ?? null;
        if ($person === null) {
            $this->cancel($state);
        }
        $wanted = $state['saml:RequestedAuthnContext']['AuthnContextClassRef'] ?? [];
        if ($wanted !== [] && !in_array($person['level'], $wanted, true)) {
            Auth\State::throwException($state, new SamlError(Constants::STATUS_REQUESTER, Constants::STATUS_NO_AUTHN_CONTEXT, 'An error occurred.'));
        }
        $asked = $state['SPMetadata']['attributes'] ?? array_keys($person['attributes']);
        $given = array_intersect_key($person['attributes'], array_flip([...$asked, self::ALWAYS]));
        $state['Attributes'] = array_map(fn (string $value): array => [$value], $given);
        $state['saml:AuthnContextClassRef'] = $person['level'];
        Auth\Source::completeAuth($state);
    }

    public function cancel(array $state): void
    {
        Auth\State::throwException($state, new SamlError(Constants::STATUS_REQUESTER, Constants::STATUS_AUTHN_FAILED, 'An error occurred.'));
    }
}
