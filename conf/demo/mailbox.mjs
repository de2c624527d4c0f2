// SPDX-License-Identifier: MIT
// maildev: an SMTP server that keeps what it gets, and a mailbox to read it in.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ready, start } from './processes.mjs';

const maildev = fileURLToPath(new URL('bin/maildev.js', import.meta.resolve('maildev')));

export async function startMailbox({ folder, smtpPort, port }) {
    const messages = join(folder, 'messages');
    mkdirSync(messages, { recursive: true });
    const origin = `http://localhost:${port}`;
    // Its certificate is nobody's, so it must not offer STARTTLS to a sender that checks certificates.
    const part = start('mailbox', process.execPath, [maildev, '--ip', '127.0.0.1', '--smtp', String(smtpPort), '--web-ip', '127.0.0.1',
        '--web', String(port), '--mail-directory', messages, '--hide-extensions', 'STARTTLS'], { log: join(folder, 'mailbox.log') });
    try {
        await ready(part, `${origin}/api/email`);
    } catch (error) {
        await part.stop();
        throw error;
    }

    /** All messages to an address, oldest first: { subject, text, … }. */
    async function messagesTo(address) {
        const all = await (await fetch(`${origin}/api/email`)).json();
        return all.filter(({ to }) => to.some((each) => each.address === address)).sort((a, b) => a.time.localeCompare(b.time));
    }
    /** The message after the first `seen` to an address; it may still be on its way. */
    async function nextMessage(address, seen = 0, deadline_ms = 15_000) {
        for (const deadline = Date.now() + deadline_ms; Date.now() < deadline;) {
            const message = (await messagesTo(address))[seen];
            if (message) return message;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`no message number ${seen + 1} to ${address} within ${deadline_ms} ms`);
    }
    return { ...part, origin, smtp: `smtp://127.0.0.1:${smtpPort}`, messagesTo, nextMessage };
}
