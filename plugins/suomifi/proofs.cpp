// SPDX-License-Identifier: MIT
#include "plugins/suomifi/proofs.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::plugin::suomifi {
namespace {

std::string digest_of(std::string_view kind, std::string_view id) {
    return sha256(std::string(kind) + ":" + std::string(id));
}
std::string proof_id(saml::AuthenticatedSubject const& subject) {
    return digest_of("assertion", subject.assertion_id);
}

constexpr std::string_view name_context = "name_id";
constexpr std::string_view session_context = "session_index";
constexpr std::string_view return_context = "return_to";

}  // namespace

std::string Proofs::name_of(saml::AuthenticatedSubject const& subject) {
    return encode_base64url(proof_id(subject));
}

sql::Statement Proofs::use(std::string_view kind, std::string_view id) const {
    return {tables_.use,
            {sql::blob(digest_of(kind, id)),
             sql::value(host_.clock().now() + host_.limits().saml_seen_lifetime)},
            1};
}

sql::Statement Proofs::insertion(saml::AuthenticatedSubject const& subject) const {
    return {tables_.add_proof,
            {sql::blob(proof_id(subject)),
             sql::blob(host_.blind_index(name_context, subject.name_id.value)),
             sql::blob(host_.blind_index(session_context, subject.session_index)),
             sql::value(host_.clock().now() + host_.limits().saml_seen_lifetime)},
            1};
}

Result<bool> Proofs::use_up(std::string_view request_id,
                            saml::AuthenticatedSubject const& subject) {
    std::vector<sql::Statement> steps{use("request", request_id),
                                      use("assertion", subject.assertion_id), insertion(subject)};
    auto const verdict =
        host_.database().commit(sql::Write::adding("saml_use_up_assertion", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<> Proofs::remember(saml::AuthenticatedSubject const& subject) {
    auto const verdict = host_.database().commit(sql::Write::adding(
        "saml_remember_proof", {use("assertion", subject.assertion_id), insertion(subject)}));
    if (!verdict) return verdict.error();
    return {};  // lost: it is remembered
}

sql::Statement Proofs::joining(std::string_view name, std::string_view session_id) const {
    return {tables_.join_proof,
            {sql::value(session_id), sql::blob(decode_base64url(name).value_or(""))},
            1};
}

Result<std::vector<Proofs::Known>> Proofs::find(std::string_view name_id) {
    auto const rows = host_.database().query(
        {tables_.find_proofs, {sql::blob(host_.blind_index(name_context, name_id))}, {}});
    if (!rows) return rows.error();
    std::vector<Known> all;
    for (auto const& row : *rows)
        all.push_back({row.bytes(0), row.bytes(1)});
    return all;
}

bool Proofs::is_of(Known const& known, std::string_view session_index) const {
    return known.session_index == host_.blind_index(session_context, session_index);
}

Result<std::optional<std::vector<std::string>>> Proofs::end(std::string_view logout_request_id,
                                                            std::vector<Known> const& proofs) {
    std::vector<sql::Statement> steps{use("logout", logout_request_id)};
    for (auto const& proof : proofs)
        steps.push_back(
            {tables_.end_proof, {sql::value(host_.clock().now()), sql::blob(proof.id)}, {}});
    auto const verdict =
        host_.database().commit(sql::Write::adding("saml_end_proofs", std::move(steps)));
    if (!verdict) return verdict.error();
    if (*verdict != Verdict::won) return std::optional<std::vector<std::string>>();
    // Read after the write: no login can join an ended proof any more.
    std::vector<std::string> session_ids;
    for (auto const& proof : proofs) {
        auto const row =
            host_.database().find({tables_.session_of_proof, {sql::blob(proof.id)}, {}});
        if (!row) return row.error();
        if (*row && !(*row)->is_null(0)) session_ids.push_back((*row)->text(0));
    }
    return std::optional(std::move(session_ids));
}

Result<> Proofs::await_logout(std::string_view request_id, std::string_view return_to) {
    auto const verdict = host_.database().commit(sql::Write::adding(
        "saml_await_logout",
        {{tables_.await_logout,
          {sql::blob(digest_of("logout", request_id)),
           sql::blob(host_.seal(return_context, return_to)),
           sql::value(host_.clock().now() + host_.limits().saml_request_lifetime)},
          1}}));
    if (!verdict) return verdict.error();
    return {};
}

Result<std::optional<std::string>> Proofs::finish_logout(std::string_view request_id) {
    auto const digest = digest_of("logout", request_id);
    auto const row = host_.database().find(
        {tables_.find_logout, {sql::blob(digest), sql::value(host_.clock().now())}, {}});
    if (!row) return row.error();
    if (!*row) return std::optional<std::string>();
    auto return_to = host_.open(return_context, (*row)->bytes(0));
    if (!return_to) return return_to.error();
    auto const verdict = host_.database().commit(sql::Write::adding(
        "saml_finish_logout", {{tables_.finish_logout, {sql::blob(digest)}, 1}}));
    if (!verdict) return verdict.error();
    if (*verdict != Verdict::won) return std::optional<std::string>();
    return std::optional(std::move(*return_to));
}

}  // namespace tunnus::plugin::suomifi
