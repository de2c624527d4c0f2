// SPDX-License-Identifier: MIT
#include "saml/service_provider.hpp"

#include "idp/base/limits.hpp"
#include "saml/protocol/authn_request.hpp"
#include "saml/protocol/children.hpp"
#include "saml/protocol/post_binding.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "saml/xml/decryption.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/signature.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus::saml {
namespace {

namespace ns = xml::ns;

/// One response on its way through the checks. Whatever a step returns comes from what the step
/// before has proven.
class Reading {
  public:
    Reading(xml::Library const& library, ServiceProviderSettings const& settings,
            PendingRequest const& pending, TimePoint now)
        : library_(library), settings_(settings), pending_(pending), now_(now) {}

    Result<ResponseOutcome> read(Form const& form) const {
        auto const posted = parse_posted_message(MessageKind::response, form, library_.limits());
        if (!posted) return posted.error();
        if (pending_.relay_state.empty() || posted->relay_state != pending_.relay_state)
            return Error(Reason::relay_state_mismatch, "");
        auto const document = xml::Document::parse(library_, posted->xml);
        if (!document) return document.error();
        if (count_assertions(document->root()) > 1)
            return Error(Reason::assertion_count, "in the whole document");
        if (!is_signed(document->root()) && !settings_.require_response_signature)
            return read_envelope(*document, SignedEnvelope::no);
        auto const verified =
            xml::verify_signature(*document, document->root(), settings_.idp.signing_certificates);
        if (!verified) return verified.error();
        return read_envelope(verified->document(), SignedEnvelope::yes);
    }

  private:
    enum class SignedEnvelope { no, yes };

    static bool is_signed(xml::Element const& root) {
        return std::any_of(root.children().begin(), root.children().end(),
                           [](auto const& child) { return child.is(ns::signature, "Signature"); });
    }

    Result<ResponseOutcome> read_envelope(xml::Document const& envelope,
                                          SignedEnvelope envelope_signed) const {
        auto const response = parse_response(envelope.root(), library_.limits().saml_value_bytes);
        if (!response) return response.error();
        ResponsePolicy const policy{settings_.idp.entity_id,
                                    settings_.acs_url,
                                    pending_.id,
                                    pending_.issued_at,
                                    now_,
                                    settings_.skew,
                                    library_.limits().saml_request_lifetime};
        if (auto const checked = check_response(*response, policy); !checked)
            return checked.error();
        if (!response->status.is_success()) return NotCompleted{response->status};
        auto const assertion = open_assertion(envelope, *response, envelope_signed);
        if (!assertion) return assertion.error();
        return read_assertion(*assertion);
    }

    Result<xml::Verified> open_assertion(xml::Document const& envelope, Response const& response,
                                         SignedEnvelope envelope_signed) const {
        auto const& keys = settings_.idp.signing_certificates;
        if (response.assertion != nullptr) {
            if (settings_.require_encryption) return Error(Reason::assertion_not_encrypted, "");
            return xml::verify_signature(envelope, *response.assertion, keys);
        }
        Children parts(*response.encrypted_assertion);
        auto const data = parts.take(ns::encryption, "EncryptedData");
        if (!data) return data.error();
        if (auto const done = parts.finish(); !done) return done.error();
        auto const plain = xml::decrypt(envelope, **data, settings_.decryption_keys,
                                        decryption_policy(envelope_signed));
        if (!plain) return plain.error();
        auto const document = xml::Document::parse(library_, *plain);
        if (!document) return document.error();
        if (!document->root().is(ns::assertion, "Assertion") ||
            count_assertions(document->root()) != 1)
            return Error(Reason::assertion_count, "in the decrypted text");
        return xml::verify_signature(*document, document->root(), keys);
    }

    xml::DecryptionPolicy decryption_policy(SignedEnvelope envelope_signed) const {
        bool const response_signed = envelope_signed == SignedEnvelope::yes;
        return {settings_.entity_id, settings_.allow_cbc && response_signed,
                allowed_unwraps(response_signed, library_.limits())};
    }

    Result<ResponseOutcome> read_assertion(xml::Verified const& verified) const {
        auto assertion = parse_assertion(verified);
        if (!assertion) return assertion.error();
        AssertionPolicy const policy{settings_.idp.entity_id,
                                     settings_.entity_id,
                                     settings_.acs_url,
                                     pending_.id,
                                     pending_.issued_at,
                                     pending_.force_authn,
                                     now_,
                                     settings_.skew,
                                     library_.limits().saml_assertion_window,
                                     settings_.name_id_formats};
        if (auto const checked = check_assertion(*assertion, policy); !checked)
            return checked.error();
        auto& statement = assertion->authn_statement;
        auto const& acceptable = pending_.acceptable_levels;
        if (std::find(acceptable.begin(), acceptable.end(), statement.authn_context_class_ref) ==
            acceptable.end())
            return Error(Reason::wrong_level, "");
        return AuthenticatedSubject{
            std::move(assertion->name_id),    std::move(statement.session_index),
            statement.authn_instant,          std::move(statement.authn_context_class_ref),
            std::move(assertion->attributes), std::move(assertion->id)};
    }

    xml::Library const& library_;
    ServiceProviderSettings const& settings_;
    PendingRequest const& pending_;
    TimePoint now_;
};

}  // namespace

std::size_t allowed_unwraps(bool response_signed, Limits const& limits) {
    return response_signed ? limits.saml_keys : limits.saml_keys / 2;
}

ServiceProvider::ServiceProvider(xml::Library const& library, ServiceProviderSettings settings)
    : library_(library), settings_(std::move(settings)) {}

bool ServiceProvider::usable(TimePoint now) const {
    return !settings_.idp.valid_until || now < *settings_.idp.valid_until;
}

Outgoing ServiceProvider::make_authn_request(AuthnOptions const& options, Random& random,
                                             TimePoint now) const {
    if (!usable(now)) throw std::invalid_argument("the identity provider's metadata has expired");
    auto const& by_query = settings_.idp.single_sign_on_url;
    auto const& by_post = settings_.idp.single_sign_on_url_by_post;
    bool const posted =
        by_query.empty() || (settings_.authn_request_binding == Binding::post && !by_post.empty());
    AuthnRequest request;
    // An NCName does not start with a digit; the letter leaves the whole token random.
    request.id = "_" + random_token(random);
    request.issue_instant = now;
    request.destination = posted ? by_post : by_query;
    request.issuer = settings_.entity_id;
    request.assertion_consumer_service_url = settings_.acs_url;
    request.language = options.language;
    request.force_authn = options.force_authn;
    request.is_passive = options.is_passive;
    request.authn_context_class_refs = options.authn_context_class_refs;
    if (settings_.name_id_formats == NameIdFormats::any) request.name_id_format = {};
    return send_off(library_, settings_.signer(),
                    {MessageKind::request, posted ? Binding::post : Binding::redirect,
                     request.destination, options.relay_state},
                    request.id, build_authn_request(request));
}

ResponseOutcome ServiceProvider::read_response(Form const& form, PendingRequest const& pending,
                                               TimePoint now) const {
    if (!usable(now)) return Rejected{Reason::metadata_expired, ""};
    auto outcome = Reading(library_, settings_, pending, now).read(form);
    if (outcome) return std::move(*outcome);
    return Rejected{reason_of(outcome.error()), outcome.error().detail};
}

}  // namespace tunnus::saml
