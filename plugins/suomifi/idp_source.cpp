// SPDX-License-Identifier: MIT
#include "plugins/suomifi/idp_source.hpp"

#include "idp/base/limits.hpp"

namespace tunnus::plugin::suomifi {
namespace {

/// How old may be what another node has fetched, and how often an address is asked on behalf of
/// logins.
constexpr seconds look_interval{60};

}  // namespace

IdpSource::IdpSource(Host& host, saml::xml::Library const& library, Settings const& settings,
                     Tables const& tables)
    : host_(host),
      library_(library),
      settings_(settings),
      tables_(tables),
      looked_at_(host.clock().monotonic()) {
    if (!settings.idp_origin.is_remote())
        current_ = std::make_shared<saml::ServiceProvider>(library, settings.service_provider);
    else
        look_at_table();
}

std::shared_ptr<saml::ServiceProvider const> IdpSource::current() {
    auto const now = host_.clock().monotonic();
    {
        std::lock_guard const lock(mutex_);
        if (!settings_.idp_origin.is_remote() || now < looked_at_ + look_interval) return current_;
        looked_at_ = now;
    }
    look_at_table();
    std::lock_guard const lock(mutex_);
    return current_;
}

std::shared_ptr<saml::ServiceProvider const> IdpSource::current_for_login() {
    auto known = current();
    if (known && known->usable(host_.clock().now())) return known;
    std::unique_lock const asking(asking_, std::try_to_lock);
    if (!asking) return known;
    auto const now = host_.clock().monotonic();
    {
        std::lock_guard const lock(mutex_);
        if (asked_at_ && now < *asked_at_ + look_interval) return current_;
        asked_at_ = now;
    }
    if (auto const refreshed = refresh(); !refreshed)
        host_.log().error("saml.metadata_not_refreshed", {{"error", refreshed.error().text()}});
    return current();
}

/// Another node may have fetched a newer document. An error changes nothing: what is known stays.
void IdpSource::look_at_table() {
    auto const row = host_.database().find({tables_.find_metadata, {}, {}});
    if (!row || !*row) return;
    auto const document = (*row)->bytes(0);
    {
        std::lock_guard const lock(mutex_);
        if (document == document_) return;
    }
    if (auto const taken = take(document); !taken)
        host_.log().error("saml.metadata_not_taken", {{"error", taken.error().text()}});
}

Result<> IdpSource::take(std::string const& document) {
    auto metadata =
        read_idp_metadata(library_, settings_.idp_origin, document, host_.clock().now());
    if (!metadata) return metadata.error();
    auto provider = settings_.service_provider;
    provider.idp = std::move(*metadata);
    auto made = std::make_shared<saml::ServiceProvider const>(library_, std::move(provider));
    std::lock_guard const lock(mutex_);
    current_ = std::move(made);
    document_ = document;
    return {};
}

Result<std::string> IdpSource::read_document() {
    auto const& origin = settings_.idp_origin;
    if (!origin.is_remote()) return host_.read_file(origin.file);
    OutboundRequest request;
    request.url = origin.url;
    request.body_limit = host_.limits().xml_bytes;
    auto answer = host_.http().send(request);
    if (!answer) return answer.error();
    if (answer->status != 200)
        return Error(BaseErrc::unavailable, "status " + std::to_string(answer->status));
    return std::move(answer->body);
}

Result<> IdpSource::refresh() {
    auto const& origin = settings_.idp_origin;
    if (!origin.is_remote() && origin.file.empty()) return {};
    auto const document = read_document();
    auto const taken = document ? take(*document) : Result<>(document.error());
    warn_of_expiry();
    if (!taken || !origin.is_remote()) return taken;
    std::vector<sql::Statement> steps{
        {tables_.drop_metadata, {}, {}},
        {tables_.store_metadata, {sql::blob(*document), sql::value(host_.clock().now())}, {}}};
    auto const stored =
        host_.database().commit(sql::Write::adding("saml_store_metadata", std::move(steps)));
    if (!stored) return stored.error();
    return {};
}

void IdpSource::warn_of_expiry() {
    std::shared_ptr<saml::ServiceProvider const> known;
    {
        std::lock_guard const lock(mutex_);
        known = current_;
    }
    if (!known || !known->settings().idp.valid_until) return;
    auto const left = *known->settings().idp.valid_until - host_.clock().now();
    if (left >= host_.limits().saml_metadata_alarm) return;
    host_.log().error("saml.metadata_expires",
                      {{"entity_id", known->settings().idp.entity_id},
                       {"hours_left", std::chrono::floor<std::chrono::hours>(left).count()}});
}

}  // namespace tunnus::plugin::suomifi
