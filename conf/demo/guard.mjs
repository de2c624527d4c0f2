// SPDX-License-Identifier: MIT
// Ends what its starter has left behind, however the starter ended, SIGKILL too: then its end of our standard input closes.
// Lines on standard input: `+GROUP` a process group has been started, `-GROUP` it has ended by itself.
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const grace_ms = 5_000;
const groups = new Set();

for await (const line of createInterface({ input: process.stdin })) {
    const group = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(group);
    else groups.delete(group);
}
signalAll('SIGTERM');
for (const deadline = Date.now() + grace_ms; groups.size > 0 && Date.now() < deadline;) {
    await setTimeout(100);
    signalAll(0);
}
signalAll('SIGKILL');

/** Groups that are gone are forgotten. */
function signalAll(signal) {
    for (const group of groups) {
        try {
            process.kill(-group, signal);
        } catch {
            groups.delete(group);
        }
    }
}
