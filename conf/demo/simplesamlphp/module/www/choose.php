<?php
// The page where a test person is chosen.
declare(strict_types=1);

use SimpleSAML\Module\suomifitest\Auth\Source\TestPersons;

[$state, $source] = TestPersons::resume((string) ($_REQUEST['AuthState'] ?? ''));
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    isset($_POST['person']) ? $source->choose($state, (string) $_POST['person']) : $source->cancel($state);
}

$language = TestPersons::language($state, $_GET['locale'] ?? null);
$words = [
    'fi' => ['Valitse testihenkilö', 'Tämä on Suomi.fi-tunnistuksen sijainen kokeiluja varten. Kukaan näistä henkilöistä ei ole oikea.', 'Keskeytä'],
    'sv' => ['Välj en testperson', 'Det här är en ersättare för Suomi.fi-identifikation för provkörning. Ingen av personerna är verklig.', 'Avbryt'],
    'en' => ['Choose a test person', 'This stands in for Suomi.fi e-Identification in trials. None of the persons is real.', 'Cancel'],
][$language];
$html = fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');
?>
<!DOCTYPE html>
<html lang="<?= $language ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= $html($words[0]) ?></title>
<style>
body { background: #f0f6fb; color: #1a1a1a; font: 1.125rem/1.5 Arial, sans-serif; margin: 0; }
main { background: #fff; margin: 2rem auto; max-width: 36rem; padding: 1.5rem; }
form { display: grid; gap: 0.75rem; }
button { background: #fff; border: 2px solid #003479; color: #003479; cursor: pointer; font: inherit; min-height: 44px; padding: 0.75rem; text-align: left; }
button:focus-visible { outline: 3px solid #003479; outline-offset: 2px; }
small { color: #4d4d4d; display: block; font-size: 1rem; }
</style>
</head>
<body>
<main>
<h1><?= $html($words[0]) ?></h1>
<p><?= $html($words[1]) ?></p>
<form method="post" action="choose.php">
<input type="hidden" name="AuthState" value="<?= $html((string) $_REQUEST['AuthState']) ?>">
<?php foreach ($source->persons() as $id => $person) : ?>
<button id="person-<?= $html($id) ?>" name="person" value="<?= $html($id) ?>"><?= $html($person['name']) ?><small><?= $html($person['about'][$language]) ?></small></button>
<?php endforeach; ?>
<button id="cancel" name="cancel" value="1"><?= $html($words[2]) ?></button>
</form>
</main>
</body>
</html>
