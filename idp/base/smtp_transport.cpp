// SPDX-License-Identifier: MIT
#include "idp/base/curl_handle.hpp"
#include "idp/base/email_address.hpp"
#include "idp/base/mail_message.hpp"
#include "idp/base/mailer.hpp"
#include "idp/base/random.hpp"
#include "idp/base/url.hpp"

#include <algorithm>

namespace tunnus {
namespace {

constexpr std::string_view smtp = "smtp://";
constexpr std::size_t message_id_bytes = 16;

/// What libcurl has still to read of a message.
struct Reading {
    std::string_view rest;
    bool begun = false;
};

std::size_t give_bytes(char* buffer, std::size_t one, std::size_t count, void* reading_pointer) {
    auto& reading = *static_cast<Reading*>(reading_pointer);
    reading.begun = true;
    auto const size = std::min(one * count, reading.rest.size());
    std::copy_n(reading.rest.data(), size, buffer);
    reading.rest.remove_prefix(size);
    return size;
}

/// STARTTLS when the server is elsewhere: demanded before a password is sent, else taken where it
/// is offered. A smtps URL is encrypted from the first byte.
long starttls_policy(MailSettings const& settings) {
    if (!settings.smtp_url.starts_with(smtp)) return CURLUSESSL_ALL;
    auto const url = parse_http_url("http://" + settings.smtp_url.substr(smtp.size()));
    if (url && url->is_loopback()) return CURLUSESSL_NONE;
    return settings.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

class SmtpTransport final : public MailTransport {
  public:
    SmtpTransport(MailSettings settings, Mailbox from, Clock const& clock, Random& random)
        : settings_(std::move(settings)),
          from_(std::move(from)),
          starttls_(starttls_policy(settings_)),
          clock_(clock),
          random_(random) {}

    [[nodiscard]] Result<> deliver(Mail const& mail) override {
        auto const to = parse_email_address(mail.to);
        if (!to) return Error(BaseErrc::denied, "not one e-mail address");
        auto const message =
            build_mail_message({to->address, mail.subject, mail.text}, from_, clock_.now(),
                               random_token(random_, message_id_bytes));
        Reading reading{message};
        CurlList recipients;
        recipients.add("<" + to->address + ">");
        auto const sender = "<" + from_.address + ">";

        CurlHandle curl(settings_.timeout, "");
        curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl.set(CURLOPT_URL, settings_.smtp_url.c_str());
        curl.set(CURLOPT_USE_SSL, starttls_);
        curl.set(CURLOPT_MAIL_FROM, sender.c_str());
        curl.set(CURLOPT_MAIL_RCPT, recipients.get());
        curl.set(CURLOPT_READFUNCTION, &give_bytes);
        curl.set(CURLOPT_READDATA, &reading);
        curl.set(CURLOPT_UPLOAD, 1L);
        std::string password(settings_.password.reveal());
        if (!settings_.user.empty()) {
            curl.set(CURLOPT_USERNAME, settings_.user.c_str());
            curl.set(CURLOPT_PASSWORD, password.c_str());
        }
        auto const code = curl.perform();
        wipe(password);
        if (code == CURLE_OK) return {};
        return failure(code, curl.response_code(), reading.begun);
    }

  private:
    /// A 5xx that is about this message is for good: after MAIL, RCPT or DATA (CURLE_SEND_ERROR),
    /// or after the message itself. Anything else, a refused password or greeting too, may pass.
    static Error failure(CURLcode code, long status, bool message_begun) {
        bool const about_message =
            code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && message_begun);
        bool const for_good = status >= 500 && status <= 599 && about_message;
        auto detail = std::string("SMTP: ") + curl_library().easy_strerror(code);
        if (status != 0) detail.append(", status ").append(std::to_string(status));
        return {for_good ? BaseErrc::denied : BaseErrc::unavailable, std::move(detail)};
    }

    MailSettings settings_;
    Mailbox from_;
    long starttls_;
    Clock const& clock_;
    Random& random_;
};

}  // namespace

std::unique_ptr<MailTransport> make_smtp_transport(MailSettings settings, Clock const& clock,
                                                   Random& random) {
    auto from = parse_mailbox(settings.from);
    if (!from) throw std::invalid_argument("mail.from is not an address");
    return std::make_unique<SmtpTransport>(std::move(settings), std::move(*from), clock, random);
}

}  // namespace tunnus
