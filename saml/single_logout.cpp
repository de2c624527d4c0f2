// SPDX-License-Identifier: MIT
#include "saml/single_logout.hpp"

#include "idp/base/limits.hpp"
#include "saml/protocol/post_binding.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/signature.hpp"

#include <stdexcept>

namespace tunnus::saml {
namespace {

/// How long our request is good for, as Suomi.fi's own are (suomifi.md part 2).
constexpr seconds request_validity{300};

/// The one message, its sender proven by the binding's signature.
struct Opened {
    MessageKind kind;
    xml::Document document;
    std::string relay_state;
};

class Reading {
  public:
    Reading(ServiceProvider const& provider, TimePoint now)
        : library_(provider.library()), settings_(provider.settings()), now_(now) {}

    Result<LogoutMessage> read(IncomingLogout const& incoming) const {
        auto opened = incoming.binding == Binding::post ? open_posted(incoming.form)
                                                        : open_query(incoming.raw_query);
        if (!opened) return opened.error();
        return opened->kind == MessageKind::request ? read_request(*opened, incoming.binding)
                                                    : read_response(*opened);
    }

  private:
    Result<Opened> open_query(std::string_view raw_query) const {
        auto const kind = kind_of_query(raw_query);
        auto message = parse_redirect_query(kind, raw_query, settings_.idp.signing_certificates,
                                            library_.limits());
        if (!message) return message.error();
        auto document = xml::Document::parse(library_, message->xml);
        if (!document) return document.error();
        return Opened{kind, std::move(*document), std::move(message->relay_state)};
    }

    Result<Opened> open_posted(Form const& form) const {
        auto const kind = form.find("SAMLRequest") ? MessageKind::request : MessageKind::response;
        auto posted = parse_posted_message(kind, form, library_.limits());
        if (!posted) return posted.error();
        auto const document = xml::Document::parse(library_, posted->xml);
        if (!document) return document.error();
        auto verified =
            xml::verify_signature(*document, document->root(), settings_.idp.signing_certificates);
        if (!verified) return verified.error();
        return Opened{kind, std::move(*verified).release(), std::move(posted->relay_state)};
    }

    Result<LogoutMessage> read_request(Opened& opened, Binding binding) const {
        auto const max_bytes = library_.limits().saml_value_bytes;
        auto request = parse_logout_request(opened.document.root(), max_bytes);
        if (!request) return request.error();
        LogoutRequestPolicy const policy{
            settings_.idp.entity_id,  settings_.entity_id,
            settings_.slo_url,        now_,
            settings_.skew,           library_.limits().saml_request_lifetime,
            settings_.name_id_formats};
        if (auto const checked = check_logout_request(*request, policy); !checked)
            return checked.error();
        return LogoutMessage(
            ReceivedLogoutRequest{std::move(*request), std::move(opened.relay_state), binding});
    }

    Result<LogoutMessage> read_response(Opened const& opened) const {
        auto response =
            parse_logout_response(opened.document.root(), library_.limits().saml_value_bytes);
        if (!response) return response.error();
        LogoutResponsePolicy const policy{settings_.idp.entity_id, settings_.slo_url};
        if (auto const checked = check_logout_response(*response, policy); !checked)
            return checked.error();
        return LogoutMessage(ReceivedLogoutResponse{std::move(*response)});
    }

    xml::Library const& library_;
    ServiceProviderSettings const& settings_;
    TimePoint now_;
};

}  // namespace

LogoutMessage SingleLogout::read(IncomingLogout const& incoming, TimePoint now) const {
    if (!provider_.usable(now)) return Rejected{Reason::metadata_expired, ""};
    auto message = Reading(provider_, now).read(incoming);
    if (message) return std::move(*message);
    return Rejected{reason_of(message.error()), message.error().detail};
}

bool SingleLogout::can_ask(TimePoint now) const {
    auto const& idp = provider_.settings().idp;
    return provider_.usable(now) &&
           !(idp.single_logout.location.empty() && idp.single_logout_by_post.location.empty());
}

Outgoing SingleLogout::make_request(LogoutSubject const& subject, std::string_view language,
                                    Random& random, TimePoint now) const {
    if (!can_ask(now)) throw std::logic_error("the identity provider cannot be asked");
    auto const& settings = provider_.settings();
    bool const by_query = !settings.idp.single_logout.location.empty();
    auto const& url = by_query ? settings.idp.single_logout.location
                               : settings.idp.single_logout_by_post.location;
    LogoutRequest request;
    request.id = "_" + random_token(random);
    request.issue_instant = now;
    request.destination = url;
    request.issuer = settings.entity_id;
    request.not_on_or_after = now + request_validity;
    request.name_id = subject.name_id;
    if (!subject.session_index.empty()) request.session_indexes = {subject.session_index};
    return send_off(provider_.library(), settings.signer(),
                    {MessageKind::request, by_query ? Binding::redirect : Binding::post, url, {}},
                    request.id, build_logout_request(request, language));
}

bool SingleLogout::can_answer() const {
    auto const& idp = provider_.settings().idp;
    return !(idp.single_logout.for_responses().empty() &&
             idp.single_logout_by_post.for_responses().empty());
}

Outgoing SingleLogout::make_response(ReceivedLogoutRequest const& received, Status status,
                                     Random& random, TimePoint now) const {
    auto const& settings = provider_.settings();
    auto const& by_query = settings.idp.single_logout.for_responses();
    auto const& by_post = settings.idp.single_logout_by_post.for_responses();
    bool const posted = by_query.empty() || (received.binding == Binding::post && !by_post.empty());
    auto const& url = posted ? by_post : by_query;
    if (!can_answer()) throw std::logic_error("the identity provider takes no answers");
    LogoutResponse response{"_" + random_token(random), received.request.id, now, url,
                            settings.entity_id,         std::move(status)};
    return send_off(provider_.library(), settings.signer(),
                    {MessageKind::response, posted ? Binding::post : Binding::redirect, url,
                     received.relay_state},
                    response.id, build_logout_response(response));
}

}  // namespace tunnus::saml
