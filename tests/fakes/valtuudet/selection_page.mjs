// SPDX-License-Identifier: MIT
// The register's own page: the person ticks for whom they act. Plain on purpose; it is not ours to imitate.
const words = {
    fi: { title: 'Valitse, kenen puolesta asioit', none: 'Sinulla ei ole valtuuksia.', approve: 'Valitse', cancel: 'Keskeytä' },
    sv: { title: 'Välj för vem du uträttar ärenden', none: 'Du har inga fullmakter.', approve: 'Välj', cancel: 'Avbryt' },
    en: { title: 'Choose for whom you act', none: 'You have no mandates.', approve: 'Choose', cancel: 'Cancel' },
};

export function selectionPage({ lang, query, principals }) {
    const language = words[lang] ? lang : 'fi';
    const text = words[language];
    const rows = principals.map(({ id, name }, index) => `<p><label><input type="checkbox" name="principal" value="${escape(id)}" id="principal-${index}"> ${escape(name)}</label></p>`);
    return `<!DOCTYPE html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${text.title}</title></head>
<body>
<main>
<h1>${text.title}</h1>
<form method="post" action="/oauth/authorize?${escape(query)}">
${rows.join('\n') || `<p>${text.none}</p>`}
<button id="approve" name="decision" value="approve">${text.approve}</button>
<button id="cancel" name="decision" value="cancel">${text.cancel}</button>
</form>
</main>
</body>
</html>`;
}

function escape(text) {
    return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
