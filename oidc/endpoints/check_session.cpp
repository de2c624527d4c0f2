// SPDX-License-Identifier: MIT
// GET /session/check: check_session_iframe, OpenID Connect Session Management 1.0 §3.3. A page that
// any site may frame: it holds nothing, and says to the page around it no more than whether what
// that page knows has changed.
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "oidc/endpoints/endpoints.hpp"

namespace tunnus::oidc {
namespace {

/// The message is the client_id, a space and the session_state; `event.origin` is what the browser
/// vouches for, so a page learns nothing of another origin's session_state.
constexpr std::string_view script = R"(
const form = /^(.+) ([\w-]{43})\.([\w-]{1,64})$/s;
const browserState = () =>
    (/(?:^|; )(?:__Host-)?browser_state=([^;]*)/.exec(document.cookie) ?? ['', ''])[1];
const digest = async (text) => {
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
};
addEventListener('message', async ({ data, origin, source }) => {
    const found = typeof data === 'string' && data.length < 2048 && form.exec(data);
    if (!source || origin === 'null') return;
    if (!found) return source.postMessage('error', origin);
    const [, client, hash, salt] = found;
    const now = await digest([client, origin, browserState(), salt].join(' '));
    source.postMessage(now === hash ? 'unchanged' : 'changed', origin);
});
)";

}  // namespace

Outcome check_session(Provider const&, HttpRequest const&) {
    HttpResponse response(200);
    auto& headers = response.headers;
    headers.add("Content-Type", "text/html; charset=utf-8");
    headers.add("Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; script-src "
                "'sha256-" +
                    encode_base64(sha256(script)) + "'");
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Referrer-Policy", "no-referrer");
    headers.add("Cache-Control", "public, max-age=300");
    response.body =
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Session</title>";
    response.body.append("<script>").append(script).append("</script></html>");
    return response;
}

}  // namespace tunnus::oidc
