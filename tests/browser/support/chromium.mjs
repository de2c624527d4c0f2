// SPDX-License-Identifier: MIT
// Headless Chromium and what every page is asked there: no accessibility finding, nothing cut off at 320 px.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const root = join(import.meta.dirname, '../../..');
export const screens = join(root, 'build/screens');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync'],
    });
}

/** WCAG 2.2 A and AA by axe-core: fails with every finding and the elements it is about. */
export async function assertAccessible(page, name = page.url()) {
    const { violations } = await page.evaluate(`${axe}; axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        rules: { 'target-size': { enabled: true } },
    })`);
    const findings = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
    assert.deepEqual(findings, [], `${name}: accessibility findings`);
}

/** The page fits the narrowest window of WCAG 2.2 criterion 1.4.10 without scrolling sideways. */
export async function assertFits320(page, name = page.url()) {
    const before = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    await page.setViewportSize(before);
    assert.ok(width <= 320, `${name}: ${width} px wide in a window of 320`);
}

/** Twice the size of text in a window of 1280 by 800 is a window of half that (WCAG 2.2 criterion 1.4.4). */
export async function assertFits200Percent(page, name = page.url()) {
    const before = page.viewportSize();
    await page.setViewportSize({ width: 640, height: 400 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    await page.setViewportSize(before);
    assert.ok(overflow <= 0, `${name}: ${overflow} px too wide at 200 %`);
}

/** With Tab alone: the link past the frame first, then everything that can be used, in the order of the page, each stop visible. */
export async function assertKeyboard(page, name = page.url()) {
    const expected = await page.evaluate(`[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((one) => !one.disabled && one.checkVisibility() && (one.type !== 'radio' || one.checked || !document.querySelector(\`input[name="\${one.name}"]:checked\`)))
        .filter((one, at, all) => one.type !== 'radio' || all.findIndex((other) => other.name === one.name) === at)
        .map((one, at) => (one.dataset.stop = String(at)))`);
    await page.evaluate('document.activeElement?.blur(); getSelection().removeAllRanges(); window.focus()');
    const stops = [];
    const hidden = [];
    for (let press = 0; press < expected.length; ++press) {
        await page.keyboard.press('Tab');
        const { stop, shown, what } = await page.evaluate(`(({ dataset, outerHTML }) => {
            const shows = (one) => { const style = getComputedStyle(one); return parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none' || style.boxShadow !== 'none'; };
            const active = document.activeElement;
            const label = active.labels?.[0];
            return { stop: dataset.stop, what: outerHTML.slice(0, 120), shown: shows(active) || Boolean(active.parentElement && shows(active.parentElement)) || Boolean(label && getComputedStyle(label, '::before').boxShadow !== 'none') };
        })(document.activeElement)`);
        stops.push(stop);
        if (!shown) hidden.push(what);
    }
    assert.deepEqual(stops, expected, `${name}: the order of stops`);
    assert.deepEqual(hidden, [], `${name}: stops that do not show`);
}

export async function screenshot(page, name) {
    mkdirSync(screens, { recursive: true });
    await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
}
