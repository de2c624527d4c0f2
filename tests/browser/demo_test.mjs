// SPDX-License-Identifier: MIT
// The demo as somebody starts it: what it prints is enough to sign in, and however it ends, nothing that it started stays.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launch, root } from './support/chromium.mjs';

const timeout = 120_000;

/** Processes whose environment holds the mark of this run. */
function processesOf(mark) {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
        try {
            return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
        } catch {
            return false;  // gone, or not ours
        }
    });
}

/** A runner whose test failed still ends; its guard then ends what it started. */
const runners = [];
after(() => {
    for (const runner of runners) if (runner.exitCode === null && runner.signalCode === null) runner.kill('SIGKILL');
});

async function start() {
    const mark = randomUUID();
    const runner = spawn(process.execPath, [join(root, 'conf/demo/run.mjs')], {
        env: { ...process.env, DEMO_RUN: mark, NODE_TEST_CONTEXT: undefined }, stdio: ['ignore', 'pipe', 'inherit'], detached: true,
    });
    runners.push(runner);
    let printed = '';
    for await (const part of runner.stdout.setEncoding('utf8')) {
        printed += part;
        if (printed.includes('Ctrl-C ends everything.')) break;
    }
    assert.match(printed, /Tunnus is running/);
    return { mark, runner, printed };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
    test(`nothing stays after ${signal}`, { timeout }, async () => {
        const { mark, runner } = await start();
        assert.ok(processesOf(mark).length >= 7, 'provider, PHP and its workers, mailbox, two services, runner');
        const ended = new Promise((resolve) => { runner.once('exit', resolve); });
        process.kill(runner.pid, signal);
        await ended;
        for (const deadline = Date.now() + 15_000; processesOf(mark).length > 0;) {
            assert.ok(Date.now() < deadline, `still there: ${processesOf(mark)}`);
            await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
    });
}

test('whoever reads what it prints can sign in', { timeout }, async () => {
    const { runner, printed } = await start();
    const browser = await launch();
    try {
        const [first, second] = printed.match(/http:\/\/localhost:\d+\//g);
        const [, email, password] = printed.match(/With e-mail and password: (\S+), (\S+)/);
        const page = await browser.newPage({ locale: 'fi-FI' });
        await page.goto(first);
        await page.click('text=Sign in');
        await page.click('#method-password');
        await page.fill('[name=email]', email);
        await page.fill('[name=password]', password);
        await page.click('#login-submit');
        await page.click('#consent-allow');
        await page.waitForSelector('#signed-in-as');
        await page.goto(second);
        await page.click('text=Sign in');
        await page.waitForSelector('#signed-in-as');
        await page.waitForSelector('#step-up');
    } finally {
        await browser.close();
        const ended = new Promise((resolve) => { runner.once('exit', resolve); });
        runner.kill('SIGTERM');
        await ended;
    }
});
