// SPDX-License-Identifier: MIT
// One or more models for each template, as conf/pages/README.md and its kin in the plugins describe them.
const service = { name: 'Päivähoidon hakemukset' };
const purposes = ['signup', 'reset', 'first_strong', 'change_password', 'change_email', 'link'].map((name) => ({ purpose: { [name]: true } }));
const email = 'maija.virtanen@example.fi';
const person = 'Maija Virtanen';

const session = {
    id: 's1', current: true, method: 'Suomi.fi-tunnistus', level: 'korotettu', browser: 'Firefox, Linux', address: '192.0.2.17',
    started: '21.11.2026 klo 9.14', started_at: '2026-11-21T07:14:00Z', used: '21.11.2026 klo 9.20', used_at: '2026-11-21T07:20:00Z',
    services: [service, { name: 'Kirjasto' }],
};

const passwordMethod = {
    id: 'password', label: 'Sähköposti ja salasana', detail: email, linked: '21.11.2026', linked_at: '2026-11-21T07:14:00Z', removable: true,
    changes: [{ action: 'UPDATE_PASSWORD', title: 'Vaihda salasana' }, { action: 'UPDATE_EMAIL', title: 'Vaihda sähköpostiosoite' }],
};
const strongMethod = { ...passwordMethod, id: 'suomifi', label: 'Suomi.fi-tunnistus', detail: false, changes: [] };

const actingNow = [{ id: 'g1', name: 'Aino Virtanen', service: 'Avustukset', since: '21.11.2026 klo 9.14', since_at: '2026-11-21T07:14:00Z' }];

const light = {
    nav: { details: true }, first_name: 'Maija', last_name: 'Virtanen', nickname: '', is_fi: true, is_sv: false, is_en: false,
    emails: [], phones: [], addresses: [], email: '', phone: '', street: '', postal_code: '', city: '', country: '',
    protected: false, light_only: false,
};

const part = (name, outcome, reasons = []) => ({
    name, waiting: false, allowed: false, done: false, refused: false, failed: false, unable: false, [outcome]: true, any_reasons: reasons.length > 0, reasons,
});
const parts = (...some) => ({ any_parts: true, parts: some });
const until = { until: '23.11.2026 klo 9.14', until_at: '2026-11-23T07:14:00Z' };
const erase = {
    nav: { details: true }, service: '', one: false, all: true, needs_strong: false, first: false, asked: false, stopped: false, done: false,
    any_services: false, services: [], any_parts: false, parts: [],
};

export const samples = {
    'conf/choose_method': [
        { service, methods: [{ id: 'suomifi', label: 'Suomi.fi-tunnistus' }, { id: 'password', label: 'Sähköposti ja salasana' }] },
        { service, methods: [{ id: 'suomifi', label: 'Suomi.fi-tunnistus' }], step_up: true, notice: 'Keskeytit tunnistautumisen.' },
    ],
    'conf/consent': [
        { service: { ...service, policy_uri: 'https://service.example/privacy', tos_uri: 'https://service.example/terms' }, person,
          items: [{ title: 'Nimi', description: 'Etunimet ja sukunimi' }, { title: 'Sähköpostiosoite', description: 'Ja onko se vahvistettu' }] },
        { service, items: [{ title: 'Osoite', description: false }], more: true, acting: { name: 'Aino Virtanen' } },
    ],
    'conf/logout': [{ service, services: [service, { name: 'Kirjasto' }], acting_now: actingNow }, { services: [] }],
    'conf/logged_out': [{}, { service, return_uri: 'https://service.example/' }],
    'conf/logging_out': [
        { frames: [{ name: 'Kirjasto', address: 'data:text/html,' }] },
        { service, return_uri: 'https://service.example/', wait_ms: 3000, frames: [{ name: 'Kirjasto', address: 'data:text/html,' }] },
    ],
    'conf/device': [{ user_code: 'WDJB-MJHT' }, { user_code: 'WDJBMJHX', errors: { user_code: 'Koodia ei ole, tai se on vanhentunut.' } }],
    'conf/device_done': [{ allowed: true }, { allowed: false }],
    'conf/approvals': [
        { requests: [{ id: 'AAAA', service: service.name, message: 'Jonotusnumero 42', asked: '22.11.2026 klo 9.30', asked_at: '2026-11-22T07:30:00Z' }, { id: 'BBBB', service: 'Kirjasto', asked: '22.11.2026 klo 9.31', asked_at: '2026-11-22T07:31:00Z' }], has_code: true, nav: { requests: true } },
        { requests: [], errors: { approval_code: 'Koodissa on oltava 4–64 merkkiä.' }, nav: { requests: true } },
    ],
    'conf/form_post': [{ redirect_uri: '/answered', languages: [], multilingual: false, fields: [{ name: 'code', value: 'abc"><script>' }, { name: 'state', value: 's' }] }],
    'conf/leaving': [{ location: 'https://service.example/callback?code=abc&state=s', languages: [], multilingual: false }],
    'conf/error': [
        { error: 'invalid_request', event_id: '01JD3Z9K6V7Q', message: 'Palvelun lähettämä pyyntö oli virheellinen.' },
        { error: 'access_denied', event_id: '01JD3Z9K6V7Q' },
        { error: 'invalid_request', event_id: '01JD3Z9K6V7Q', languages: [], multilingual: false, service, return_uri: 'https://service.example/callback?error=invalid_request' },
    ],
    'conf/not_completed': [{ service, method: 'Suomi.fi-tunnistus', cancelled: true }, { service, message: 'Tunnistuspalvelu ei vastaa.' }],
    'conf/sessions': [
        { nav: { signin: true }, acting_now: actingNow, person, methods: [strongMethod, passwordMethod], any_addable: false, addable: [], done: 'Salasanasi on vaihdettu.',
          sessions: [session, { ...session, id: 's2', current: false, browser: 'Chrome, Android', services: [] }] },
        { nav: { signin: true }, methods: [{ ...passwordMethod, removable: false }], any_addable: true,
          addable: [{ id: 'suomifi', action: 'idp_link.suomifi', label: 'Suomi.fi-tunnistus', strong: true }], sessions: [session] },
    ],
    'conf/accessibility': [
        { address: 'https://login.example.fi', provider: 'Esimerkin kaupunki', prepared: '1.11.2026', reviewed: '22.11.2026', status: { partial: true }, any_faults: true,
          faults: [{ criterion: '1.4.3', text: 'Joidenkin tekstien kontrasti on liian pieni.', reason: 'Korjataan vuoden loppuun mennessä.' }, { criterion: '3.1.2', text: 'Palvelujen nimien kieltä ei ole merkitty.', reason: false }],
          tested: 'Ulkopuolinen asiantuntija arvioi palvelun lokakuussa 2026.', contact: 'Voit myös soittaa numeroon 09 123 4567.', feedback: true },
        ...['full', 'none', 'unassessed'].map((status) => ({ address: 'https://login.example.fi', status: { [status]: true }, any_faults: false, faults: [], feedback: false })),
    ],
    'conf/feedback': [
        { message: '', email: '' },
        { message: '', email: 'maija', errors: { message: 'Kirjoita palautteesi.', email: 'Anna sähköpostiosoite muodossa nimi@esimerkki.fi tai jätä kenttä tyhjäksi.' } },
        { message: 'Painike ei näy.', email: '', errors: { form: 'Palautetta on lähetetty liian monta kertaa. Yritä tunnin kuluttua uudelleen.' } },
    ],
    'conf/feedback_sent': [{}],
    'conf/remove_method': [
        { nav: { signin: true }, id: 'suomifi', label: 'Suomi.fi-tunnistus', strong: true },
        { nav: { signin: true }, id: 'password', label: 'Sähköposti ja salasana', detail: email, strong: false },
    ],
    'conf/merge_accounts': [
        { service, kept: [{ label: 'Suomi.fi-tunnistus', detail: false }, { label: 'Sähköposti ja salasana', detail: email }], moved: [], any_moved: false,
          dropped: [{ label: 'Sähköposti ja salasana', detail: 'maija@tyo.example' }], any_dropped: true },
        { service, kept: [{ label: 'Suomi.fi-tunnistus', detail: false }], moved: [{ label: 'Sähköposti ja salasana', detail: email }], any_moved: true,
          dropped: [], any_dropped: false },
    ],
    'plugins/mandates/acting': [
        { service, own: true, person: true, organisation: true },
        ...['choose_one', 'unavailable', 'incomplete', 'refused', 'session_over', 'none_chosen', 'no_mandate', 'ended', 'no_identity_code']
            .map((notice) => ({ service, person: true, notice: { [notice]: true } })),
    ],
    'plugins/mandates/principal': [
        { service, principals: [{ index: '0', name: 'Yritys Oy' }, { index: '1', name: 'Toinen Oy', incomplete: true }] },
        { service, principals: [{ index: '0', name: 'Aino Virtanen' }], errors: { 'principal-0': 'Valitse, kenen puolesta asioit.' } },
    ],
    'plugins/mandates/acted_for': [{ service, since: '21.11.2026' }],
    'plugins/suomifi/logged_out': [{ partly: false }, { partly: true }],
    'plugins/organisation/logged_out': [{ partly: false }, { partly: true }],
    'plugins/suomifi/logged_out_partly': [{ return_to: 'https://service.example/bye?state=s' }],
    'plugins/organisation/logged_out_partly': [{ return_to: 'https://service.example/bye' }],
    'plugins/password/login': [
        { service },
        { service, email, errors: { form: 'Sähköpostiosoite tai salasana on väärä.' } },
        { service, errors: { email: 'Anna sähköpostiosoite muodossa nimi@esimerkki.fi.', password: 'Anna salasana.' } },
    ],
    'plugins/password/email': [...purposes.filter(({ purpose }) => !purpose.link && !purpose.change_password), { ...purposes[0], email: 'maija', errors: { email: 'Anna sähköpostiosoite muodossa nimi@esimerkki.fi.' } }],
    'plugins/password/code': [
        { ...purposes[0], email, minutes: 30 },
        { ...purposes[1], email, minutes: 30, sent_again: true, errors: { code: 'Koodi on väärä. Tarkista numerot.' } },
    ],
    'plugins/password/new_password': [
        ...purposes.slice(0, 4).map((purpose) => ({ ...purpose, email })),
        { ...purposes[0], email, errors: { new_password: 'Salasanassa on oltava vähintään 12 merkkiä.' } },
    ],
    'plugins/password/prove': [
        ...['change_password', 'change_email', 'link', 'first_strong'].map((name) => ({ purpose: { [name]: true }, email })),
        { purpose: { link: true }, email, errors: { password: 'Anna salasana.' } },
        { purpose: { change_password: true }, email, errors: { form: 'Sähköpostiosoite tai salasana on väärä.' } },
    ],
    'plugins/password/undo_email': [{ token: 'abc' }],
    'plugins/password/email_undone': [{}],
    'plugins/password/email_owned': [{ email, mergeable: true }, { email }],
    'plugins/profile/details': [
        { ...light, person: 'Maija Virtanen', groups: [
            { title: 'Viralliset tiedot', updated: '21.11.2026', rows: [{ label: 'Etunimet', value: 'Maija Kaarina' }, { label: 'Sukunimi', value: 'Virtanen' }] }],
            any_emails: true, any_phones: true, any_addresses: true,
            emails: [{ id: 'e1', value: email, type: 'oma', primary: true, verified: true }, { id: 'e2', value: 'maija@tyo.example', type: 'työ', verified: false },
                { id: 'e3', value: 'm.virtanen@muu.example', type: 'muu', verified: true, can_be_primary: true }],
            phones: [{ id: 'p1', value: '+358401234567', type: 'matkapuhelin', primary: true }],
            addresses: [{ id: 'a1', value: 'Kotikatu 1, 00100, Helsinki, FI', type: 'koti', primary: true }] },
        { ...light, groups: [], light_only: true },
        { ...light, groups: [], register_silent: true, street: 'Kotikatu 1', country: 'XX', address_type: { work: true }, errors: { country: 'Kirjoita maan kaksikirjaiminen koodi isoin kirjaimin.' } },
        { ...light, groups: [], protected: true, phone: '112', errors: { phone: 'Kirjoita puhelinnumero, esimerkiksi 040 123 4567.' } },
    ],
    'plugins/profile/confirm_email': [
        { nav: { details: true }, id: 'e2', email },
        { nav: { details: true }, id: 'e2', email, errors: { code: 'Koodi ei ole oikea. Tarkista se viestistä.' } },
    ],
    'plugins/profile/services': [
        { nav: { services: true }, services: [{ id: 'c1', name: service.name, description: 'Lainat ja varaukset', policy_uri: 'https://service.example/privacy', terms_uri: 'https://service.example/terms',
            agreed: '21.11.2026', agreed_at: '2026-11-21T07:14:00Z', erasable: true, items: [{ title: 'Nimi', description: false }, { title: 'Sähköpostiosoite', description: 'Muistutukset lainoista' }] }] },
        { nav: { services: true }, services: [] },
    ],
    'plugins/profile/log': [
        { nav: { log: true }, events: [{ what: 'Kirjautuminen', service: service.name, detail: 'sähköpostiosoitteet, puhelinnumerot', time: '21.11.2026 klo 9.14', time_at: '2026-11-21T07:14:00Z' }], older: '1795245240000.0b' },
        { nav: { log: true }, events: [] },
    ],
    'plugins/profile/download': [
        { nav: { details: true }, may_begin: true, parts: [] },
        { nav: { details: true }, at_work: true, ...until, ...parts(part('Kirjasto', 'done'), part('Liikuntapaikat', 'waiting')) },
        { nav: { details: true }, ready: true, may_begin: true, ...until, ...parts(part('Kirjasto', 'done'), part('Liikuntapaikat', 'failed'), part('Avustukset', 'unable')) },
        { nav: { details: true }, needs_strong: true, parts: [] },
    ],
    'plugins/profile/erase': [
        { ...erase, first: true, any_services: true, services: [{ name: 'Kirjasto' }, service] },
        { ...erase, asked: true, ...parts(part('Kirjasto', 'allowed'), part(service.name, 'allowed')) },
        { ...erase, asked: true, ...parts(part('Kirjasto', 'allowed')), errors: { confirm: 'Vahvista poisto rastittamalla ruutu.' } },
        { ...erase, stopped: true, ...parts(part('Kirjasto', 'refused', [{ text: 'Sinulla on lainoja, joita et ole palauttanut.', lang: 'fi' }, { text: 'You have unpaid fees.', lang: 'en' }]),
            part('Liikuntapaikat', 'failed'), part('Avustukset', 'unable'), part(service.name, 'allowed')) },
        { ...erase, nav: { services: true }, service: 'library', one: { name: 'Kirjasto' }, all: false, first: true },
        { ...erase, nav: { services: true }, service: 'library', one: { name: 'Kirjasto' }, all: false, done: true, ...parts(part('Kirjasto', 'done')) },
        { ...erase, needs_strong: true },
    ],
    'plugins/profile/erasing': [
        { ticket: 'AAAA', asking: true, ...parts(part('Kirjasto', 'allowed'), part('Liikuntapaikat', 'waiting')) },
        { ticket: 'AAAA', asking: false, ...parts(part('Kirjasto', 'done'), part('Liikuntapaikat', 'waiting')) },
    ],
    'plugins/profile/erased': [{ sure: true, ...parts(part('Kirjasto', 'done'), part('Liikuntapaikat', 'done')) }, { sure: false, parts: [] }],
};
