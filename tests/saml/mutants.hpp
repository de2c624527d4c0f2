// SPDX-License-Identifier: MIT
// Any number of documents from a source of numbers: a genuine response, an attacker's assertion
// beside it, and what moving, copying, renaming and re-naming elements can make of the two.
// Whatever is accepted of them says what the identity provider signed (threats.md S-10).
#pragma once

#include "tests/saml/service_provider_world.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml::test {

inline constexpr std::string_view mutant_victim = "210281-9988";
inline constexpr std::string_view mutant_attacker = "010280-952L";

/// The genuine parts, signed once.
struct Genuine {
    std::string assertion;           ///< what the signature covers
    std::string signature;           ///< of the assertion
    std::string response;            ///< assertion in plain, response not signed
    std::string signed_response;     ///< both signed
    std::string encrypted_response;  ///< the signed assertion encrypted, response not signed
    std::string forged;              ///< the attacker's assertion, without signature
};
inline Genuine const& genuine() {
    static Genuine const made = [] {
        Genuine parts;
        Message message;
        message.encrypted = false;
        parts.assertion = FakeIdp::unsigned_assertion(message);
        parts.signature = make_signature(parts.assertion, fake_idp().signing, {});
        parts.signed_response = fake_idp().response(message);
        message.response_signature.present = false;
        parts.response = fake_idp().response(message);
        message.encrypted = true;
        parts.encrypted_response = fake_idp().response(message);
        message.assertion_id = "_evil";
        parts.forged = FakeIdp::unsigned_assertion(message);
        replace(parts.forged, mutant_victim, mutant_attacker);
        return parts;
    }();
    return made;
}

/// The elements of a text, by where they begin and end.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t content = 0;  ///< where the start tag ends
    std::size_t depth = 0;
};
inline std::vector<Span> elements_of(std::string_view text) {
    std::vector<Span> all;
    std::vector<std::size_t> open;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        auto const close = text.find('>', at);
        if (close == std::string_view::npos) break;
        if (text.substr(at).starts_with("</")) {
            if (open.empty()) break;
            all[open.back()].end = close + 1;
            open.pop_back();
        } else {
            all.push_back({at, 0, close + 1, open.size()});
            open.push_back(all.size() - 1);
            if (text[close - 1] == '/') {
                all.back().end = close + 1;
                open.pop_back();
            }
        }
        at = close + 1;
    }
    std::erase_if(all, [](Span const& span) { return span.end == 0; });
    return all;
}

/// `pick(n)` gives a number below n; everything of the mutant follows from it.
class Mutator {
  public:
    using Pick = std::function<std::size_t(std::size_t)>;
    explicit Mutator(Pick pick) : pick_(std::move(pick)) {}

    [[nodiscard]] std::string make() {
        auto const& parts = genuine();
        std::string text =
            pick_of({&parts.response, &parts.signed_response, &parts.encrypted_response});
        if (pick_(4) != 0) insert(text, smuggled());
        for (auto steps = pick_(4); steps > 0; --steps)
            change(text);
        return text;
    }

  private:
    std::string const& pick_of(std::initializer_list<std::string const*> texts) {
        return **(texts.begin() + pick_(texts.size()));
    }
    Span pick_span(std::string_view text) {
        auto const all = elements_of(text);
        return all.empty() ? Span{0, text.size(), 0, 0} : all[pick_(all.size())];
    }

    /// What the attacker wants read: with the genuine signature or not, under an ID that is theirs,
    /// the victim's or none, bare or wrapped.
    std::string smuggled() {
        auto text = genuine().forged;
        constexpr std::string_view own_id = " ID=\"_evil\"";
        switch (pick_(3)) {
            case 0:
                replace(text, own_id, " ID=\"_a1\"");
                break;
            case 1:
                replace(text, own_id, "");
                break;
            default:
                break;
        }
        if (pick_(2) == 0) text = with_signature(text, genuine().signature);
        for (auto depth = pick_(5); depth > 0; --depth)
            text = wrapped(text);
        return text;
    }
    std::string wrapped(std::string const& text) {
        switch (pick_(6)) {
            case 0:
                return tag("samlp:Extensions", attribute("xmlns:samlp", xml::ns::protocol), text);
            case 1:
                return tag("saml:Advice", attribute("xmlns:saml", xml::ns::assertion), text);
            case 2:
                return tag("ds:Object", attribute("xmlns:ds", xml::ns::signature), text);
            case 3:
                return tag("x:w", attribute("xmlns:x", "urn:x"), text);
            case 4:
                return tag("saml:EncryptedAssertion", attribute("xmlns:saml", xml::ns::assertion),
                           text);
            default:
                return genuine().response.substr(0, genuine().response.find("<saml:Assertion")) +
                       text + "</samlp:Response>";
        }
    }
    void insert(std::string& text, std::string const& piece) {
        auto const where = pick_span(text);
        std::size_t const places[]{where.begin, where.end, where.content,
                                   text.rfind('<', where.end - 1)};
        text.insert(std::min(places[pick_(4)], text.size()), piece);
    }

    void change(std::string& text) {
        auto const one = pick_span(text);
        auto const element = text.substr(one.begin, one.end - one.begin);
        switch (pick_(8)) {
            case 0:  // a copy elsewhere
                insert(text, element);
                break;
            case 1:  // moved
                text.erase(one.begin, element.size());
                insert(text, element);
                break;
            case 2:  // gone
                text.erase(one.begin, element.size());
                break;
            case 3:  // its content instead
                if (one.content < one.end)
                    text.replace(
                        one.begin, element.size(),
                        text.substr(one.content, text.rfind("</", one.end - 1) - one.content));
                break;
            case 4:  // the attacker's in its place
                text.replace(one.begin, element.size(), smuggled());
                break;
            case 5:  // under another
                text.replace(one.begin, element.size(), wrapped(element));
                break;
            case 6:  // another name for the referenced element
                rename_id(text);
                break;
            default:  // a value
                split_value(text, one);
        }
    }
    void rename_id(std::string& text) {
        constexpr std::string_view names[]{"\"_a1\"", "\"_p1\"", "\"_evil\"", "\"#_a1\"",
                                           "\"#_p1\""};
        auto const from = names[pick_(5)];
        auto const at = text.find(from);
        if (at != std::string::npos) text.replace(at, from.size(), names[pick_(5)]);
    }
    void split_value(std::string& text, Span const& one) {
        constexpr std::string_view pieces[]{"<!-- -->", "<?x y?>", "<![CDATA[x]]>",
                                            "&#x31;",   " ",       "010280-952L",
                                            "<x></x>",  "&amp;",   "\xE2\x80\x8B"};
        text.insert(std::min(one.content + pick_(4), text.size()),
                    pieces[pick_(std::size(pieces))]);
    }

    Pick pick_;
};

/// Says what is wrong with what was read of a mutant; empty: nothing. Refused is right, and so is
/// the genuine person by values that all stand in the bytes that were signed.
inline std::string fault_of(ResponseOutcome const& outcome) {
    auto const* subject = std::get_if<AuthenticatedSubject>(&outcome);
    if (subject == nullptr) return {};
    std::vector<std::string> read{subject->name_id.value,
                                  subject->name_id.name_qualifier,
                                  subject->name_id.sp_name_qualifier,
                                  subject->name_id.format,
                                  subject->session_index,
                                  subject->level,
                                  subject->assertion_id,
                                  format_time(subject->authn_instant)};
    for (auto const& attribute : subject->attributes) {
        read.push_back(attribute.name);
        read.insert(read.end(), attribute.values.begin(), attribute.values.end());
    }
    for (auto const& value : read)
        if (genuine().assertion.find(value) == std::string::npos) return "not signed: " + value;
    if (subject->attributes.at(0).values.at(0) != mutant_victim) return "another person";
    return {};
}

/// The strict service provider, and one for which wrapping would be easiest.
inline std::vector<World> mutant_worlds() {
    std::vector<World> worlds(2);
    for (auto& world : worlds)
        world.settings.require_encryption = false;
    worlds[1].settings.require_response_signature = false;
    return worlds;
}

}  // namespace tunnus::saml::test
