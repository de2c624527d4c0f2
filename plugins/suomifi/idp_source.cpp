// SPDX-License-Identifier: MIT
#include "plugins/suomifi/idp_source.hpp"

#include "idp/base/limits.hpp"

namespace tunnus::plugin::suomifi {
namespace {

/// How old may be what another node has fetched, and how often an address is asked on behalf of
/// logins.
constexpr seconds look_interval{60};

/// Later than any metadata's end.
constexpr TimePoint never = from_unix_ms(253'402'300'799'000);  // 9999-12-31T23:59:59Z

/// With an end, where the document has none of its own.
saml::IdpMetadata with_end(saml::IdpMetadata metadata, IdpOrigin const& origin,
                           TimePoint verified_at) {
    if (!metadata.valid_until) metadata.valid_until = verified_at + origin.max_age;
    return metadata;
}

}  // namespace

IdpSource::IdpSource(Host& host, saml::xml::Library const& library, Settings const& settings,
                     Tables const& tables)
    : host_(host),
      library_(library),
      settings_(settings),
      tables_(tables),
      looked_at_(host.clock().monotonic()) {
    auto const& origin = settings.idp_origin;
    if (origin.is_remote()) {
        look_at_table();
        return;
    }
    auto provider = settings.service_provider;
    if (!origin.file.empty())
        provider.idp = with_end(std::move(provider.idp), origin, host.clock().now());
    current_ = std::make_shared<saml::ServiceProvider>(library, std::move(provider));
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

/// Another node may have fetched a newer document, or the same one anew. An error changes nothing:
/// what is known stays.
void IdpSource::look_at_table() {
    auto const row = host_.database().find({tables_.find_metadata, {}, {}});
    if (!row || !*row) return;
    auto document = (*row)->bytes(0);
    auto const verified_at = (*row)->time(2);
    {
        std::lock_guard const lock(mutex_);
        if (document == document_ && verified_at == verified_at_) return;
    }
    auto published = read(document);
    if (published)
        take(std::move(*published), std::move(document), verified_at);
    else
        host_.log().error("saml.metadata_not_taken", {{"error", published.error().text()}});
}

Result<Published> IdpSource::read(std::string const& document) const {
    return read_idp_metadata(library_, settings_.idp_origin, document, host_.clock().now());
}

void IdpSource::take(Published published, std::string document, TimePoint verified_at) {
    auto provider = settings_.service_provider;
    provider.idp = with_end(std::move(published.metadata), settings_.idp_origin, verified_at);
    auto made = std::make_shared<saml::ServiceProvider const>(library_, std::move(provider));
    std::lock_guard const lock(mutex_);
    current_ = std::move(made);
    document_ = std::move(document);
    verified_at_ = verified_at;
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

/// A file is the operator's own word, older or not; an address is somebody else's.
Result<> IdpSource::refresh() {
    auto const& origin = settings_.idp_origin;
    if (!origin.is_remote() && origin.file.empty()) return {};
    auto document = read_document();
    if (!document) return document.error();
    auto published = read(*document);
    if (!published) return published.error();
    auto const now = host_.clock().now();
    if (origin.is_remote())
        if (auto kept = keep(*published, *document, now); !kept) {
            look_at_table();  // what another node has stored meanwhile counts at once
            return kept;
        }
    take(std::move(*published), std::move(*document), now);
    return {};
}

/// Whoever reads the table meanwhile finds one document or the other; a node that fetched at the
/// same time and was first wins, and the loser reads it there within a minute.
Result<> IdpSource::keep(Published const& published, std::string const& document,
                         TimePoint verified_at) {
    auto const known = host_.database().find({tables_.find_metadata, {}, {}});
    if (!known) return known.error();
    if (*known && (*known)->bytes(1) != published.digest)
        return replace(**known, published, document, verified_at);
    std::vector<sql::Statement> steps;
    if (*known)
        steps.push_back(
            {tables_.renew_metadata, {sql::value(verified_at), sql::blob(published.digest)}, 1});
    else
        steps.push_back(
            {tables_.store_metadata,
             {sql::blob(document), sql::blob(published.digest), sql::value(verified_at)},
             1});
    return store(std::move(steps));
}

Result<> IdpSource::replace(sql::Row const& known, Published const& published,
                            std::string const& document, TimePoint verified_at) {
    auto const past =
        host_.database().find({tables_.find_past_metadata, {sql::blob(published.digest)}, {}});
    if (!past) return past.error();
    if (*past) return Error(saml::Reason::metadata_older, "another one has followed it");
    // One that has expired, or that the configuration no longer believes, orders nothing.
    auto const before = read(known.bytes(0));
    if (before && saml::is_older(published.metadata, before->metadata))
        return Error(saml::Reason::metadata_older, "by what it says of itself");
    auto const end = before ? before->metadata.valid_until.value_or(never) : never;
    return store({{tables_.drop_metadata, {sql::blob(known.bytes(1))}, 1},
                  {tables_.add_past_metadata, {sql::blob(known.bytes(1)), sql::value(end)}, 1},
                  {tables_.store_metadata,
                   {sql::blob(document), sql::blob(published.digest), sql::value(verified_at)},
                   1}});
}

Result<> IdpSource::store(std::vector<sql::Statement> steps) {
    auto const stored =
        host_.database().commit(sql::Write::adding("saml_store_metadata", std::move(steps)));
    if (!stored) return stored.error();
    if (*stored != Verdict::won) return Error(BaseErrc::unavailable, "another node was first");
    return {};
}

void IdpSource::tell_operators() {
    auto const known = current();
    if (!known) {
        host_.log().error("saml.metadata_missing", {{"url", settings_.idp_origin.url}});
        return;
    }
    auto const& idp = known->settings().idp;
    if (!idp.valid_until) return;
    auto const left = *idp.valid_until - host_.clock().now();
    auto const hours = std::chrono::floor<std::chrono::hours>(left).count();
    if (left <= seconds(0))
        host_.log().error("saml.metadata_expired", {{"entity_id", idp.entity_id}});
    else if (left < host_.limits().saml_metadata_alarm)
        host_.log().error("saml.metadata_expires",
                          {{"entity_id", idp.entity_id}, {"hours_left", hours}});
}

}  // namespace tunnus::plugin::suomifi
