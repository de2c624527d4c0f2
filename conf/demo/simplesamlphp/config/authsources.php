<?php
$config = ['test-persons' => ['suomifitest:TestPersons', 'persons' => __DIR__ . '/../persons.json']];
