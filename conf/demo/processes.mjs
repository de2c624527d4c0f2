// SPDX-License-Identifier: MIT
// Starting the demo's parts, waiting until each answers, and ending every one of them.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** A port of loopback that nobody listens on now. */
export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** Runs in a session of its own, so that a terminal's Ctrl-C does not end it before its work. */
const guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.mjs')], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
guard.unref();
guard.stdin.unref();
guard.stdin.on('error', () => {});

/**
 * Starts a program that writes to `log`. `ended` tells how it ended, `stop()` ends it: SIGTERM, and SIGKILL after five seconds.
 * Each is the leader of a process group of its own, so that its children end with it; the guard ends the group when we cannot.
 */
export function start(name, command, args, { log, env = {}, cwd } = {}) {
    mkdirSync(dirname(log), { recursive: true });
    const output = createWriteStream(log);
    const child = spawn(command, args, { cwd, detached: true, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) guard.stdin.write(`+${child.pid}\n`);
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
    const part = { name, log, pid: child.pid, exited: false };
    part.ended = new Promise((resolve) => {
        const end = (how) => {
            part.exited = true;
            if (child.pid) {
                signalGroup(child.pid, 'SIGKILL');  // what the leader has left behind
                guard.stdin.write(`-${child.pid}\n`);
            }
            resolve(`${name} ended (${how}); see ${log}`);
        };
        child.once('error', (error) => end(error.message));
        child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    });
    part.stop = async () => {
        if (part.exited) return;
        signalGroup(child.pid, 'SIGTERM');
        const reluctant = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5_000);
        await part.ended;
        clearTimeout(reluctant);
    };
    return part;
}

function signalGroup(pid, signal) {
    try {
        process.kill(-pid, signal);
    } catch (error) {
        if (error.code !== 'ESRCH') throw error;
    }
}

/** Asks `url` until it answers 2xx. Throws when the part ends first, or after `deadline_ms`. */
export async function ready(part, url, deadline_ms = 30_000) {
    const deadline = Date.now() + deadline_ms;
    let last = 'no answer';
    while (Date.now() < deadline) {
        if (part.exited) throw new Error(await part.ended);
        try {
            const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
            if (answer.ok) return;
            last = `HTTP ${answer.status}`;
        } catch (error) {
            last = error.cause?.code ?? error.message;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${part.name} is not ready at ${url} (${last}); see ${part.log}`);
}
