// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "storage/audit_chain.hpp"

#include <charconv>
#include <cstdio>

namespace tunnus::cli {
namespace {

/// `NUMBER:DIGEST`, the digest in hexadecimal digits.
std::optional<storage::AuditSeal> read_seal(std::string_view text) {
    storage::AuditSeal seal;
    auto const colon = text.find(':');
    auto const number = text.substr(0, colon);
    auto const [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), seal.number);
    if (colon == std::string_view::npos || error != std::errc() ||
        end != number.data() + number.size())
        return std::nullopt;
    auto const digest = decode_hex(text.substr(colon + 1));
    if (!digest) return std::nullopt;
    seal.digest = *digest;
    return seal;
}

}  // namespace

int audit_verify(std::string const& config_file, std::string const& seal) {
    std::optional<storage::AuditSeal> kept;
    if (!seal.empty() && !(kept = read_seal(seal)))
        return complain("--seal: " + seal + " is not NUMBER:DIGEST", exit_usage);
    return with_storage(config_file, [&kept](Opened& opened) {
        Sealer const sealer(opened.configuration.keys.sealing_key);
        auto const verdict = storage::verify_audit_chain(*opened.database, sealer, kept);
        if (!verdict) return complain(verdict.error().text(), exit_failed);
        for (auto const& fault : verdict->faults)
            complain("audit trail: " + fault, exit_failed);
        auto const& last = verdict->last;
        std::printf("%lld events under %lld seals, %lld not sealed yet\n",
                    static_cast<long long>(verdict->sealed),
                    static_cast<long long>(last ? last->number : 0),
                    static_cast<long long>(verdict->unsealed));
        if (last)
            std::printf("last seal %lld:%s\n", static_cast<long long>(last->number),
                        encode_hex(last->digest).c_str());
        return static_cast<int>(verdict->faults.empty() ? exit_fine : exit_failed);
    });
}

int audit_export(std::string const& config_file, std::int64_t after) {
    return with_storage(config_file, [after](Opened& opened) {
        auto const written = storage::export_audit_events(
            *opened.database, after, [](std::string const& line) { std::puts(line.c_str()); });
        if (!written) return complain(written.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int audit_accept(std::string const& config_file) {
    return with_storage(config_file, [](Opened& opened) {
        Sealer const sealer(opened.configuration.keys.sealing_key);
        auto const accepted = storage::accept_audit_end(
            *opened.database, sealer, administration(opened.process, "audit accept"),
            opened.process.random);
        if (!accepted) return complain(accepted.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
