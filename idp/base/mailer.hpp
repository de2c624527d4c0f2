// SPDX-License-Identifier: MIT
// Messages to people. A Mailer takes a message and answers at once; delivery is the outbox's
// affair.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/random.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"

#include <memory>
#include <string>

namespace tunnus {

struct Mail {
    std::string to;       ///< one address, already checked by parse_email_address
    std::string subject;  ///< UTF-8; encoded by the transport
    std::string
        text;  ///< UTF-8 plain text; line ends are normalised, dots stuffed by the transport
};

/// Any thread may call. Returns when the message is durable in the outbox.
class Mailer {
  public:
    virtual ~Mailer() = default;
    [[nodiscard]] virtual Result<> send(Mail const& mail) = 0;
};

/// Hands one message to the mail server; blocks. Used by the outbox alone.
class MailTransport {
  public:
    virtual ~MailTransport() = default;
    /// BaseErrc::unavailable: try again later. BaseErrc::denied: the server refuses this message
    /// for good.
    [[nodiscard]] virtual Result<> deliver(Mail const& mail) = 0;
};

/// The `mail` part of the configuration.
struct MailSettings {
    std::string smtp_url;  ///< smtp://host:port or smtps://host:port
    std::string from;      ///< `name <address>` or an address
    std::string user;
    Secret password;
    milliseconds timeout{10'000};
};
/// `clock` and `random` give each message its Date and Message-ID; they outlive the transport.
/// Throws std::invalid_argument when `from` is no address.
[[nodiscard]] std::unique_ptr<MailTransport> make_smtp_transport(MailSettings settings,
                                                                 Clock const& clock,
                                                                 Random& random);

}  // namespace tunnus
