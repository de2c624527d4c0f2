// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_certificate.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/free.hpp"
#include "idp/base/ip_address.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tunnus::oidc {
namespace {

using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Name = std::unique_ptr<X509_NAME, Free<X509_NAME_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

/// PEM with a pass phrase is an error, never a question on the terminal.
int no_pass_phrase(char*, int, int, void*) {
    return -1;
}

Certificate parse_certificate(std::string_view der) {
    auto const* at = reinterpret_cast<unsigned char const*>(der.data());
    auto const* const end = at + der.size();
    Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    return at == end ? std::move(certificate) : nullptr;
}

struct Attribute {
    std::string type;
    std::string value;
    bool joins_previous = false;  ///< `+`: of the same RDN
};

/// RFC 4514 §3: the value up to the next `,` or `+` that is not escaped, which stays. Empty for
/// forms that we do not compare.
std::optional<std::string> take_value(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.starts_with('#')) return std::nullopt;
    std::string value;
    std::size_t kept = 0;  // without the spaces at the end that are not escaped
    while (!text.empty() && text.front() != ',' && text.front() != '+') {
        char const c = text.front();
        text.remove_prefix(1);
        if (c != '\\') {
            if (std::string_view("\"<>;").find(c) != std::string_view::npos || c == '\0')
                return std::nullopt;
            value.push_back(c);
            if (c != ' ') kept = value.size();
            continue;
        }
        if (text.empty()) return std::nullopt;
        if (auto const byte = decode_hex(text.substr(0, 2)); byte && byte->size() == 1) {
            value.append(*byte);
            text.remove_prefix(2);
        } else {
            if (std::string_view(" \"#+,;<=>\\").find(text.front()) == std::string_view::npos)
                return std::nullopt;
            value.push_back(text.front());
            text.remove_prefix(1);
        }
        kept = value.size();
    }
    value.resize(kept);
    return value;
}

std::optional<std::vector<Attribute>> parse_attributes(std::string_view text) {
    std::vector<Attribute> attributes;
    bool joins = false;
    while (true) {
        auto const equals = text.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        Attribute attribute{std::string(trim(text.substr(0, equals))), {}, joins};
        text.remove_prefix(equals + 1);
        auto value = take_value(text);
        if (!value || attribute.type.empty()) return std::nullopt;
        attribute.value = std::move(*value);
        attributes.push_back(std::move(attribute));
        if (text.empty()) return attributes;
        joins = text.front() == '+';
        text.remove_prefix(1);
    }
}

/// The names of RFC 4514 §3 in any case; others as OpenSSL or their numbers have them.
std::string type_for_openssl(std::string const& type) {
    constexpr std::array<std::pair<std::string_view, char const*>, 9> known = {{
        {"cn", "2.5.4.3"},
        {"l", "2.5.4.7"},
        {"st", "2.5.4.8"},
        {"o", "2.5.4.10"},
        {"ou", "2.5.4.11"},
        {"c", "2.5.4.6"},
        {"street", "2.5.4.9"},
        {"dc", "0.9.2342.19200300.100.1.25"},
        {"uid", "0.9.2342.19200300.100.1.1"},
    }};
    auto const lower = to_lower(type);
    for (auto const& [name, number] : known)
        if (name == lower) return number;
    return type;
}

/// RFC 4514 §2.1 writes the sequence of RDNs from its end. Null when the text is none.
Name make_name(std::string_view text) {
    auto const attributes = parse_attributes(text);
    Name name(X509_NAME_new());
    if (!attributes || !name) return nullptr;
    for (auto const& attribute : *attributes) {
        auto const type = type_for_openssl(attribute.type);
        // At the front: into the RDN that stands there, or before it as one of its own.
        int const added = X509_NAME_add_entry_by_txt(
            name.get(), type.c_str(), MBSTRING_UTF8,
            reinterpret_cast<unsigned char const*>(attribute.value.data()),
            static_cast<int>(attribute.value.size()), 0, attribute.joins_previous ? 1 : 0);
        if (added != 1) return nullptr;
    }
    return name;
}

std::string_view text_of(ASN1_STRING const* string) {
    return {reinterpret_cast<char const*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

bool same_email(std::string_view a, std::string_view b) {
    auto const at = a.rfind('@');
    return at != std::string_view::npos && a.size() == b.size() &&
           a.substr(0, at) == b.substr(0, at) && equal_ignoring_case(a.substr(at), b.substr(at));
}

bool same_address(std::string_view bytes, std::string_view registered) {
    auto const address = IpAddress::parse(registered);
    if (!address) return false;
    std::string_view const wanted(reinterpret_cast<char const*>(address->bytes().data()),
                                  address->bytes().size());
    return bytes == (address->is_v4() ? wanted.substr(12) : wanted);
}

bool is_the_name(GENERAL_NAME const* name, CertificateSubject const& registered) {
    using enum CertificateSubject::Kind;
    int type = 0;
    auto const* const value = GENERAL_NAME_get0_value(name, &type);
    auto const text = [&] { return text_of(static_cast<ASN1_STRING const*>(value)); };
    switch (registered.kind) {
        case san_dns:
            return type == GEN_DNS && equal_ignoring_case(text(), registered.value);
        case san_uri:
            return type == GEN_URI && text() == registered.value;
        case san_ip:
            return type == GEN_IPADD && same_address(text(), registered.value);
        case san_email:
            return type == GEN_EMAIL && same_email(text(), registered.value);
        case dn:
            break;
    }
    return false;
}

}  // namespace

struct CertificateAuthorities::Store {
    std::unique_ptr<X509_STORE, Free<X509_STORE_free>> trusted{X509_STORE_new()};
};

Result<CertificateAuthorities> CertificateAuthorities::parse(std::string_view pem) {
    auto store = std::make_shared<Store>();
    Bio const bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::size_t count = 0;
    while (Certificate const one{PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr)}) {
        if (X509_STORE_add_cert(store->trusted.get(), one.get()) != 1)
            return Error(BaseErrc::malformed, "a certificate that OpenSSL does not take");
        ++count;
    }
    // The end of the text is an error to OpenSSL, of its own kind.
    bool const at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (count == 0) return Error(BaseErrc::malformed, "no certificate in PEM");
    if (!at_end) return Error(BaseErrc::malformed, "a certificate that cannot be read");
    CertificateAuthorities authorities;
    authorities.store_ = std::move(store);
    return authorities;
}

bool CertificateAuthorities::vouch_for(std::string_view der, TimePoint now) const {
    auto const certificate = parse_certificate(der);
    std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> const context(X509_STORE_CTX_new());
    if (!certificate || !context ||
        X509_STORE_CTX_init(context.get(), store_->trusted.get(), certificate.get(), nullptr) != 1)
        return false;
    auto* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(to_unix_s(now)));
    // An intermediate authority may be the one that is trusted.
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    return X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT) == 1 &&
           X509_verify_cert(context.get()) == 1;
}

std::string_view CertificatePolicy::reject(Client const& client) const {
    using enum TokenEndpointAuthMethod;
    auto const method = client.token_endpoint_auth_method;
    bool const uses_certificates = method == tls_client_auth ||
                                   method == self_signed_tls_client_auth ||
                                   client.tls_client_certificate_bound_access_tokens;
    if (uses_certificates && !accepted)
        return "no listener asks for client certificates and no proxy_header passes them";
    if (method == tls_client_auth && !authorities)
        return "tls_client_auth needs client_certificates.ca_file";
    return {};
}

bool has_subject(std::string_view der, CertificateSubject const& registered) {
    auto const certificate = parse_certificate(der);
    if (!certificate) return false;
    if (registered.kind == CertificateSubject::Kind::dn) {
        auto const name = make_name(registered.value);
        return name && X509_NAME_cmp(name.get(), X509_get_subject_name(certificate.get())) == 0;
    }
    GeneralNames const names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
        if (is_the_name(sk_GENERAL_NAME_value(names.get(), i), registered)) return true;
    return false;
}

bool is_distinguished_name(std::string_view text) {
    return make_name(text) != nullptr;
}

bool is_registered_certificate(std::string_view der, ClientKeys const& keys) {
    return !der.empty() && std::ranges::any_of(keys.all, [&](boost::json::object const& key) {
        auto const* chain = key.if_contains("x5c");
        if (chain == nullptr || !chain->is_array() || chain->get_array().empty()) return false;
        auto const* first = chain->get_array().front().if_string();
        return first != nullptr && decode_base64(*first) == der;
    });
}

}  // namespace tunnus::oidc
