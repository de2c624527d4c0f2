// SPDX-License-Identifier: MIT
// Every bound of the product, with its unit and its reason. The configuration's `limits` sets any
// of them by name.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"

#include <cstddef>
#include <cstdint>

namespace tunnus {

struct Limits {
    // The edge (threats.md 6)
    std::size_t header_bytes = 8'192;  ///< request line and fields; more is 431 (414 for the line)
    std::size_t header_fields = 64;    ///< more is 431
    std::size_t target_bytes = 8'192;  ///< more is 414
    std::size_t form_body_bytes = 65'536;  ///< ordinary forms and JSON; more is 413
    std::size_t saml_body_bytes =
        196'608;  ///< base64 of a 98,304-byte message, percent-encoded in part
    milliseconds header_timeout{10'000};     ///< first byte to the end of the header
    milliseconds body_timeout{30'000};       ///< the whole body
    milliseconds write_timeout{30'000};      ///< the whole answer
    milliseconds idle_timeout{60'000};       ///< between two requests of one connection
    milliseconds handshake_timeout{10'000};  ///< TLS
    milliseconds close_timeout{
        1'000};  ///< after the last answer, for the peer to read it and close
    std::size_t dropped_body_bytes = 16'384;    ///< a body where the method has none; more is 413
    std::size_t connections_per_address = 256;  ///< a further one is closed at once
    std::size_t connections = 16'384;           ///< in all, lowered to what RLIMIT_NOFILE allows
    std::size_t requests_per_connection = 1'000;
    milliseconds connection_age{3'600'000};
    std::size_t chunk_extension_bytes = 16;  ///< more, or a control byte, is refused
    milliseconds drain_timeout{30'000};      ///< SIGTERM: finish what is in hand

    // Lanes
    std::size_t fast_workers = 4;  ///< or one more than the cores there are
    std::size_t fast_queue = 1'024;
    std::size_t password_workers =
        1;  ///< times argon2_memory_kib is the memory that hashing may take
    std::size_t password_queue = 64;
    std::size_t plugin_workers = 4;
    std::size_t plugin_queue = 256;
    std::size_t outbound_workers = 4;
    std::size_t outbound_queue = 256;
    milliseconds retry_after{1'000};  ///< what a full lane tells the client

    // Parsers (threats.md 6.3)
    std::size_t form_fields = 64;
    std::size_t json_depth = 16;
    std::size_t json_bytes = 65'536;
    std::size_t jwt_bytes = 16'384;
    std::size_t jwk_set_keys = 32;     ///< keys in one client's JWK Set
    std::size_t jwt_key_attempts = 8;  ///< keys tried for one token
    std::size_t state_bytes = 2'048;
    std::size_t nonce_bytes = 512;
    std::size_t client_id_bytes = 255;  ///< the column's width
    /// A request object with `exp` further ahead or `nbf` longer ago is refused.
    seconds request_object_lifetime{3'600};
    std::size_t request_object_bytes = 16'384;  ///< of one fetched from a request_uri
    std::size_t redirect_uri_bytes = 2'048;
    std::size_t redirect_uris = 64;    ///< of one client
    std::size_t service_clients = 64;  ///< of one registered service
    std::size_t scope_bytes = 2'048;   ///< asked for in one request; the column has 4,000
    std::size_t claims_bytes = 8'192;  ///< the `claims` parameter
    std::size_t authorization_details_bytes = 8'192;  ///< the parameter of RFC 9396
    std::size_t authorization_details = 16;           ///< objects in it
    std::size_t claim_names = 64;                     ///< per member of the `claims` parameter
    std::size_t ui_locales = 16;                      ///< further ones are passed over
    std::size_t login_hint_bytes = 512;  ///< a longer one is passed over; by CIBA refused
    seconds max_age{315'360'000};        ///< ten years; a larger `max_age` is refused
    std::size_t xml_bytes = 98'304;
    std::size_t xml_depth = 40;
    std::size_t xml_tags = 2'000;  ///< `<` in a document
    std::size_t xml_attributes =
        64;  ///< `=` from one `<` to the next: libxml2 is quadratic in them
    std::size_t xml_namespaces = 512;   ///< declarations in a document
    std::size_t xml_tag_bytes = 8'192;  ///< from `<` to `>`; text between tags may be longer
    std::size_t xml_id_bytes = 128;

    // SAML (threats.md 1)
    std::size_t saml_relay_state_bytes = 80;  ///< bindings §3.4.3
    std::size_t saml_keys = 4;          ///< keys tried for one signature or one encrypted assertion
    std::size_t saml_attributes = 128;  ///< in one assertion
    std::size_t saml_value_bytes = 1'024;   ///< of one attribute value or identifier
    seconds saml_request_lifetime{900};     ///< from the request to the answer
    seconds saml_assertion_window{86'400};  ///< the longest validity that is believed
    seconds saml_seen_lifetime{172'800};    ///< how long a used assertion is remembered: longer
                                            ///< than it can be valid, and a step of the clock
    /// How long the answer to a LogoutRequest waits for services to be told
    milliseconds saml_logout_wait{2'000};
    seconds saml_metadata_alarm{172'800};  ///< so long before metadata expires, operators are told

    // Storage
    std::size_t writer_queue = 4'096;       ///< intentions that wait for the writer
    std::size_t writer_batch = 256;         ///< intentions in one transaction
    std::size_t remembered_tokens = 4'096;  ///< access tokens in memory; 0: none
    std::size_t wal_bytes = 4'194'304;      ///< beyond this SQLite's writer checkpoints
    milliseconds busy_timeout{2'000};       ///< another process holds the SQLite file
    std::size_t expiry_batch = 1'000;       ///< rows a cleaner deletes at once
    std::size_t audit_seal_events = 1'000;  ///< events under one seal of the audit trail

    /// The machine's clock, set back further than this across a stop, is not believed at all
    seconds clock_set_back{86'400};

    // One login
    seconds login_transaction_lifetime{1'800};
    seconds authorization_code_lifetime{60};
    seconds response_jwt_lifetime{600};   ///< of an authorization response as a JWT (JARM)
    seconds pushed_request_lifetime{60};  ///< from PAR until the browser has come with it
    std::size_t pushed_requests_per_client = 2'000;  ///< at a time; a further one is 429
    std::size_t return_path_bytes = 512;  ///< where a sign-in from a page of ours leads back to
    std::size_t login_transactions_per_browser = 5;
    std::size_t login_transactions = 100'000;  ///< of all browsers together; the oldest give way
    seconds device_cookie_lifetime{365 * 24 * 3600};
    std::size_t sessions_per_user = 50;
    /// Messages of an identity provider that one address may have refused in a minute; further ones
    /// are answered 429 unread
    std::size_t refused_messages_per_minute = 60;
    std::size_t refusal_addresses = 10'000;  ///< counted in one minute

    // Tokens
    seconds access_token_lifetime{300};
    seconds id_token_lifetime{300};
    seconds refresh_token_lifetime{2'592'000};     ///< from the login, however often it is rotated
    seconds refresh_token_idle_lifetime{604'800};  ///< without use
    seconds refresh_repeat_window{10};  ///< a replaced refresh token gets the same answer again
    seconds logout_token_lifetime{120};
    std::size_t token_exchange_depth = 4;   ///< actors that act for one another
    seconds assertion_grant_lifetime{300};  ///< from `iat` to `exp` of another issuer's assertion

    // Asking on another device (RFC 8628, CIBA)
    seconds device_code_lifetime{600};
    seconds device_poll_interval{5};
    std::size_t user_code_attempts = 20;  ///< tried from one address, right ones too
    std::size_t user_code_attempts_in_all =
        5'000;  ///< from all addresses; 2.5e10 codes are possible
    seconds user_code_window{3'600};
    seconds ciba_request_lifetime{300};            ///< without `requested_expiry`
    seconds ciba_longest_request_lifetime{1'800};  ///< a longer `requested_expiry` is cut to this
    seconds ciba_poll_interval{5};
    std::size_t ciba_requests_per_person = 10;  ///< that one service may send, in an hour
    std::size_t ciba_unknown_people = 100;  ///< hints of one service that name nobody, in an hour
    std::size_t binding_message_characters = 64;
    std::size_t notification_token_bytes = 1'024;  ///< CIBA §7.1
    std::size_t approval_code_characters = 4;      ///< of a person's own code, at least
    std::size_t approval_code_bytes = 64;
    milliseconds ciba_notification_timeout{5'000};
    std::size_t ciba_notification_attempts = 4;

    // Registration (RFC 7591)
    std::size_t registered_clients = 10'000;  ///< that registered themselves; more is refused
    std::size_t registrations_per_hour = 30;  ///< of one address
    milliseconds registration_fetch_timeout{3'000};  ///< of a sector_identifier_uri

    // What clients prove themselves with
    seconds client_assertion_lifetime{3'600};  ///< `exp` further ahead is refused
    seconds client_keys_fresh{900};            ///< a fetched jwks_uri is asked again after this
    seconds client_keys_lifetime{86'400};      ///< and serves so long while it cannot be fetched
    seconds client_keys_pause{30};             ///< between fetches for an unknown kid or in vain
    std::size_t client_keys_cached = 4'096;    ///< addresses remembered; the oldest makes room
    seconds dpop_proof_lifetime{60};           ///< from `iat`, beside the difference of clocks
    seconds dpop_nonce_lifetime{300};          ///< a nonce is taken for one to two of these

    // Accounts (threats.md 3.1)
    std::uint32_t argon2_memory_kib = 65'536;
    std::uint32_t argon2_passes = 3;
    std::size_t password_bytes = 1'024;
    std::size_t password_attempts = 10;              ///< per account and device, in password_window
    std::size_t password_attempts_per_account = 50;  ///< of all unknown devices together
    std::size_t password_attempts_per_address = 100;  ///< on whatever accounts
    seconds password_window{900};
    std::size_t password_characters = 12;          ///< a new password has at least so many
    std::size_t password_strength_bits = 33;       ///< by zxcvbn's estimate: 10^10 guesses
    seconds password_device_lifetime{15'552'000};  ///< how long a browser stays known unused
    std::size_t profile_contacts = 20;  ///< e-mail addresses of a person; phones; addresses
    seconds profile_read_token_lifetime{172'800};  ///< a person's token for others to read by
    std::size_t feedback_bytes = 16'000;           ///< of a message about accessibility
    std::size_t feedback_per_hour = 5;             ///< such messages from one address
    std::size_t feedback_per_hour_in_all = 100;    ///< and from all together
    std::size_t theme_file_bytes = 262'144;        ///< a municipality's logo; its favicon
    /// How old a login may be by which a way to sign in is removed.
    seconds fresh_login_age{300};
    /// How long the old address can take a change of address back.
    seconds email_undo_lifetime{7 * 24 * 3'600};
    std::size_t mails_per_hour =
        3;  ///< reset or confirmation mails to one address; as many that a person asks for
    std::size_t mails_per_hour_from_address = 30;  ///< asked for by one client
    seconds mail_code_lifetime{1'800};
    std::size_t mail_code_attempts = 5;

    // Plugins
    milliseconds plugin_deadline{2'000};
    milliseconds mandate_deadline{10'000};      ///< one question to who knows of mandates
    seconds mandate_recheck{600};               ///< how long its answer counts
    seconds mandate_freshness{60};              ///< how old it may be when a login finishes
    milliseconds plugin_job_deadline{300'000};  ///< one run of a plugin's periodic job
    milliseconds plugin_load_deadline{10'000};  ///< from opening a plugin's file to its entry
    std::size_t plugin_threads = 4;             ///< of each plugin, started when first needed
    std::size_t plugin_circuit_misses = 5;      ///< late calls in a row that open its circuit
    milliseconds plugin_circuit_pause{10'000};
    std::size_t plugin_answer_bytes = 65'536;
    std::size_t plugin_rounds = 16;           ///< steps of one login in all
    std::size_t plugin_file_bytes = 262'144;  ///< a public file that a plugin's configuration names

    // Download and erasure with services (citizen-services.md 3)
    milliseconds gdpr_timeout{5'000};           ///< one call to a service
    std::size_t gdpr_answer_bytes = 1'048'576;  ///< one service's data of a person
    std::size_t gdpr_answer_depth = 32;         ///< nodes within nodes
    std::size_t gdpr_calls_at_once = 8;         ///< each on a thread of its own
    std::size_t gdpr_attempts = 4;              ///< at a service that does not answer
    seconds gdpr_pause{300};                    ///< the longest between two; the first is 5 s
    seconds gdpr_lease{120};                    ///< then another node takes a run up
    seconds gdpr_token_lifetime{60};
    seconds gdpr_login_age{900};        ///< whoever erases has signed in so lately
    seconds gdpr_run_lifetime{86'400};  ///< how long a download and a result stay

    // Outbound
    milliseconds http_timeout{5'000};
    std::size_t http_body_bytes = 65'536;
    milliseconds smtp_timeout{10'000};
    milliseconds logout_delivery_timeout{5'000};
    std::size_t logout_delivery_attempts = 4;
    std::size_t front_channel_logouts = 20;         ///< services that one logout tells by a frame
    milliseconds front_channel_logout_wait{3'000};  ///< for these frames
    std::size_t logout_deliveries_at_once = 8;      ///< each on a thread of its own
    seconds logout_delivery_pause{3'600};  ///< the longest between two attempts; the first is 5 s
    std::size_t logout_answer_bytes = 4'096;  ///< read of a back-channel logout answer
};

}  // namespace tunnus
