// SPDX-License-Identifier: MIT
#include "idp/base/limit_names.hpp"

#include <array>

namespace tunnus {
namespace {

#define TUNNUS_LIMIT(name)   \
    LimitName {              \
#name, &Limits::name \
    }
constexpr std::array names{
    TUNNUS_LIMIT(header_bytes),
    TUNNUS_LIMIT(header_fields),
    TUNNUS_LIMIT(target_bytes),
    TUNNUS_LIMIT(form_body_bytes),
    TUNNUS_LIMIT(saml_body_bytes),
    TUNNUS_LIMIT(header_timeout),
    TUNNUS_LIMIT(body_timeout),
    TUNNUS_LIMIT(write_timeout),
    TUNNUS_LIMIT(idle_timeout),
    TUNNUS_LIMIT(handshake_timeout),
    TUNNUS_LIMIT(connections_per_address),
    TUNNUS_LIMIT(connections),
    TUNNUS_LIMIT(requests_per_connection),
    TUNNUS_LIMIT(connection_age),
    TUNNUS_LIMIT(chunk_extension_bytes),
    TUNNUS_LIMIT(drain_timeout),
    TUNNUS_LIMIT(fast_workers),
    TUNNUS_LIMIT(fast_queue),
    TUNNUS_LIMIT(password_workers),
    TUNNUS_LIMIT(password_queue),
    TUNNUS_LIMIT(plugin_workers),
    TUNNUS_LIMIT(plugin_queue),
    TUNNUS_LIMIT(outbound_workers),
    TUNNUS_LIMIT(outbound_queue),
    TUNNUS_LIMIT(retry_after),
    TUNNUS_LIMIT(form_fields),
    TUNNUS_LIMIT(json_depth),
    TUNNUS_LIMIT(json_bytes),
    TUNNUS_LIMIT(jwt_bytes),
    TUNNUS_LIMIT(jwk_set_keys),
    TUNNUS_LIMIT(jwt_key_attempts),
    TUNNUS_LIMIT(state_bytes),
    TUNNUS_LIMIT(nonce_bytes),
    TUNNUS_LIMIT(client_id_bytes),
    TUNNUS_LIMIT(redirect_uri_bytes),
    TUNNUS_LIMIT(redirect_uris),
    TUNNUS_LIMIT(scope_bytes),
    TUNNUS_LIMIT(claims_bytes),
    TUNNUS_LIMIT(claim_names),
    TUNNUS_LIMIT(ui_locales),
    TUNNUS_LIMIT(login_hint_bytes),
    TUNNUS_LIMIT(max_age),
    TUNNUS_LIMIT(xml_bytes),
    TUNNUS_LIMIT(xml_depth),
    TUNNUS_LIMIT(xml_tags),
    TUNNUS_LIMIT(xml_attributes),
    TUNNUS_LIMIT(xml_namespaces),
    TUNNUS_LIMIT(xml_tag_bytes),
    TUNNUS_LIMIT(xml_id_bytes),
    TUNNUS_LIMIT(saml_relay_state_bytes),
    TUNNUS_LIMIT(saml_keys),
    TUNNUS_LIMIT(saml_attributes),
    TUNNUS_LIMIT(saml_value_bytes),
    TUNNUS_LIMIT(saml_request_lifetime),
    TUNNUS_LIMIT(saml_assertion_window),
    TUNNUS_LIMIT(saml_seen_lifetime),
    TUNNUS_LIMIT(writer_queue),
    TUNNUS_LIMIT(writer_batch),
    TUNNUS_LIMIT(wal_bytes),
    TUNNUS_LIMIT(busy_timeout),
    TUNNUS_LIMIT(expiry_batch),
    TUNNUS_LIMIT(login_transaction_lifetime),
    TUNNUS_LIMIT(authorization_code_lifetime),
    TUNNUS_LIMIT(login_transactions_per_browser),
    TUNNUS_LIMIT(device_cookie_lifetime),
    TUNNUS_LIMIT(sessions_per_user),
    TUNNUS_LIMIT(user_agent_bytes),
    TUNNUS_LIMIT(access_token_lifetime),
    TUNNUS_LIMIT(id_token_lifetime),
    TUNNUS_LIMIT(refresh_token_lifetime),
    TUNNUS_LIMIT(refresh_token_idle_lifetime),
    TUNNUS_LIMIT(logout_token_lifetime),
    TUNNUS_LIMIT(argon2_memory_kib),
    TUNNUS_LIMIT(argon2_passes),
    TUNNUS_LIMIT(password_bytes),
    TUNNUS_LIMIT(password_attempts),
    TUNNUS_LIMIT(password_window),
    TUNNUS_LIMIT(mails_per_hour),
    TUNNUS_LIMIT(mail_code_lifetime),
    TUNNUS_LIMIT(mail_code_attempts),
    TUNNUS_LIMIT(plugin_deadline),
    TUNNUS_LIMIT(plugin_threads),
    TUNNUS_LIMIT(plugin_circuit_misses),
    TUNNUS_LIMIT(plugin_circuit_pause),
    TUNNUS_LIMIT(plugin_answer_bytes),
    TUNNUS_LIMIT(plugin_rounds),
    TUNNUS_LIMIT(http_timeout),
    TUNNUS_LIMIT(http_body_bytes),
    TUNNUS_LIMIT(smtp_timeout),
    TUNNUS_LIMIT(logout_delivery_timeout),
    TUNNUS_LIMIT(logout_delivery_attempts),
    TUNNUS_LIMIT(logout_answer_bytes),
};
#undef TUNNUS_LIMIT

}  // namespace

std::span<LimitName const> limit_names() {
    return names;
}

}  // namespace tunnus
