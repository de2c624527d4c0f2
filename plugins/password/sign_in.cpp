// SPDX-License-Identifier: MIT
#include "plugins/password/sign_in.hpp"

#include "idp/base/ip_address.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::plugin::password {

std::vector<Bucket> SignIn::buckets(EmailAddress const& email, bool known_device,
                                    BrowserRequest const& request) const {
    auto const& limits = host_.limits();
    auto const window = limits.password_window;
    Bucket const address{"address " + client_block(request.client_address),
                         limits.password_attempts_per_address, window};
    // A browser that has signed in before has attempts of its own, so that guessing by others
    // cannot lock the person out (L-05); its cookie is stolen before it helps a guesser.
    if (known_device)
        return {{"device " + request.device + " " + email.lookup_key, limits.password_attempts,
                 window, true},
                address};
    return {{"guest " + client_block(request.client_address) + " " + email.lookup_key,
             limits.password_attempts, window, true},
            address,
            {"guests " + email.lookup_key, limits.password_attempts_per_account, window}};
}

Result<SignIn::Tried> SignIn::try_password(EmailAddress const& email, Secret const& password,
                                           LoginView const& login, BrowserRequest const& request) {
    auto account = accounts_.find(email.lookup_key, request.device);
    if (!account) return account.error();
    auto const counted = buckets(email, *account && (*account)->known_device, request);
    auto const reserved = attempts_.reserve(counted);
    if (!reserved) return reserved.error();
    if (!*reserved) {
        auto const spraying = attempts_.is_spent(counted[1]);
        bool const spray = spraying && *spraying;
        if (auto recorded = failed(spray ? "spray" : "too_many", {}, login); !recorded)
            return recorded.error();
        auto const wait = attempts_.refuse(counted);
        if (!wait) return wait.error();
        return Tried{std::nullopt, *wait};
    }

    auto verdict = Hasher::Verdict::mismatch;
    if (*account)
        verdict = hasher_.verify((*account)->hash, password);
    else
        hasher_.verify_nothing(password);
    if (verdict == Hasher::Verdict::malformed) {
        hasher_.verify_nothing(password);
        host_.log().error("password.hash_malformed");
    }
    if (verdict != Hasher::Verdict::match || !(*account)->verified) {
        auto const* const reason = !*account                               ? "unknown"
                                   : verdict == Hasher::Verdict::match     ? "unverified"
                                   : verdict == Hasher::Verdict::malformed ? "malformed"
                                                                           : "wrong";
        if (auto recorded = failed(reason, *account, login); !recorded) return recorded.error();
        return Tried{};
    }
    if (auto written = succeeded(**account, password, counted, request); !written)
        return written.error();
    return Tried{std::move(*account), seconds(0)};
}

Result<> SignIn::succeeded(Account const& account, Secret const& password,
                           std::vector<Bucket> const& reserved, BrowserRequest const& request) {
    // The count begins anew for this browser or address and account alone (L-09); of what others
    // share, only this attempt is given back.
    std::vector<sql::Statement> steps{attempts_.forget(reserved[0])};
    for (std::size_t i = 1; i < reserved.size(); ++i)
        steps.push_back(attempts_.give_back(reserved[i]));
    if (!request.device.empty())
        steps.push_back(accounts_.remember_device(account.id, request.device));
    if (hasher_.is_outdated(account.hash))
        steps.push_back(Accounts::replace_hash(account, hasher_.hash(password)));
    auto const written =
        host_.database().commit(sql::Write::adding("password.signed_in", std::move(steps)));
    if (!written) return written.error();
    return {};
}

Result<> SignIn::failed(std::string_view reason, std::optional<Account> const& account,
                        LoginView const& login) {
    AuditEvent event;
    event.kind = AuditKind::password_failed;
    event.at = host_.clock().now();
    event.event_id = login.event_id;
    event.request_id = login.request_id;
    event.user_id = account ? account->user_id : std::string();
    event.client_id = login.service.client_id;
    event.fields = {{"reason", reason}};
    return host_.audit().record(std::move(event));
}

}  // namespace tunnus::plugin::password
