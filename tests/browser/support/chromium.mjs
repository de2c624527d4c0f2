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

export async function screenshot(page, name) {
    mkdirSync(screens, { recursive: true });
    await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
}
