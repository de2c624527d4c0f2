// SPDX-License-Identifier: MIT
// Any number of documents from a source of numbers: a genuine response, an attacker's assertion
// beside it, forged or rightly signed for somebody else, and what moving, copying, renaming and
// re-naming elements can make of them. Whatever is accepted says what the identity provider signed
// of one person, whole (threats.md S-10). Every document has balanced tags and one root, so that
// none is refused for a slip of the generator.
#pragma once

#include "tests/saml/service_provider_world.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
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
    std::string signed_other;        ///< another person's, rightly signed for the same request
};
/// What the identity provider says of the other person.
inline Message other_message() {
    Message message;
    message.assertion_id = "_other";
    message.name_id = "AAdother-name";
    message.session_index = "_s2";
    message.authn_instant = "2030-01-02T03:04:01.000Z";
    message.level = loa3;
    message.attributes = {{"urn:oid:1.2.246.21", std::string("010594Y9021")},
                          {"urn:oid:2.5.4.4", "Korhonen"}};
    return message;
}
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
        parts.signed_other = fake_idp().signed_assertion(other_message());
        return parts;
    }();
    return made;
}

/// Where the comment, instruction or CDATA section that begins here ends; npos: none begins here.
inline std::size_t end_of_aside(std::string_view text, std::size_t at) {
    for (auto const& [begin, end] : {std::pair<std::string_view, std::string_view>{"<!--", "-->"},
                                     {"<![CDATA[", "]]>"},
                                     {"<?", "?>"}})
        if (text.substr(at).starts_with(begin)) {
            auto const close = text.find(end, at + begin.size());
            return close == std::string_view::npos ? text.size() : close + end.size();
        }
    return std::string_view::npos;
}

/// The elements of a text, by where they begin and end.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t content = 0;  ///< where the start tag ends
    std::size_t depth = 0;
    [[nodiscard]] bool is_root() const { return depth == 0; }
};
inline std::vector<Span> elements_of(std::string_view text) {
    std::vector<Span> all;
    std::vector<std::size_t> open;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        if (auto const aside = end_of_aside(text, at); aside != std::string_view::npos) {
            at = aside;
            continue;
        }
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
inline std::string_view name_at(std::string_view text, std::size_t at) {
    return text.substr(at, text.find_first_of(" />", at) - at);
}
/// An opinion of its own: one root, and every start tag has its end tag.
inline bool is_balanced(std::string_view text) {
    std::vector<std::string_view> open;
    bool ended = false;
    for (std::size_t at = 0; at < text.size();) {
        auto const begin = text.find('<', at);
        if (open.empty() &&
            text.substr(at, begin - at).find_first_not_of(" \n") != std::string_view::npos)
            return false;
        if (begin == std::string_view::npos) break;
        if (auto const aside = end_of_aside(text, begin); aside != std::string_view::npos) {
            at = aside;
            continue;
        }
        at = text.find('>', begin) + 1;
        if (at == 0) return false;
        if (text[begin + 1] == '/') {
            if (open.empty() || open.back() != name_at(text, begin + 2)) return false;
            open.pop_back();
        } else {
            if (open.empty() && std::exchange(ended, true)) return false;
            if (text[at - 2] != '/') open.push_back(name_at(text, begin + 1));
        }
    }
    return ended && open.empty();
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
        // A second assertion ends most of what it is in at once. So every other document has none,
        // and its parts are moved about for the finer checks.
        is_fine_ = pick_(2) == 0;
        if (!is_fine_ && pick_(4) != 0) insert(text, smuggled());
        for (auto steps = 1 + pick_(is_fine_ ? 2 : 3); steps > 0; --steps)
            change(text);
        return text;
    }

  private:
    std::string const& pick_of(std::initializer_list<std::string const*> texts) {
        return **(texts.begin() + pick_(texts.size()));
    }
    enum class Root { in, out };
    Span pick_span(std::string_view text, Root root = Root::in) {
        auto all = elements_of(text);
        if (root == Root::out && all.size() > 1)
            std::erase_if(all, [](Span const& span) { return span.is_root(); });
        if (is_fine_) {
            auto parts = all;
            std::erase_if(parts, [&](Span const& span) {
                return text.substr(span.begin, span.end - span.begin).find(" ID=") !=
                       std::string_view::npos;
            });
            if (!parts.empty()) all = std::move(parts);
        }
        return all[pick_(all.size())];
    }

    /// What the attacker wants read: with the genuine signature or not, under an ID that is theirs,
    /// the victim's or none, bare or wrapped.
    std::string smuggled() {
        if (pick_(4) == 0) return deeper(genuine().signed_other);
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
        return deeper(std::move(text));
    }
    std::string deeper(std::string text) {
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
    /// Before, after, first or last in some element; in the root where there is no beside.
    void insert(std::string& text, std::string const& piece) {
        auto const where = pick_span(text);
        bool const is_empty = where.content == where.end;  // <x/> has no inside
        std::size_t const places[]{where.content, text.rfind('<', where.end - 1), where.begin,
                                   where.end};
        auto const place = where.is_root() ? pick_(2) : is_empty ? 2 + pick_(2) : pick_(4);
        text.insert(places[place], piece);
    }

    void change(std::string& text) {
        auto const kind = pick_(10);
        bool const may_be_root = kind == 0 || (kind >= 6 && kind <= 8);
        auto const one = pick_span(text, may_be_root ? Root::in : Root::out);
        auto const element = text.substr(one.begin, one.end - one.begin);
        if (one.is_root() && !may_be_root) return;  // nothing else is left
        switch (kind) {
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
                text.replace(one.begin, element.size(), is_fine_ ? part(text) : smuggled());
                break;
            case 5:  // under another
                text.replace(one.begin, element.size(), wrapped(element));
                break;
            case 6:  // another name for the referenced element
                rename_id(text);
                break;
            case 7:  // another assertion as it stands
                replace_assertion(text);
                break;
            case 8:  // a signature twice
                repeat_signature(text);
                break;
            default:  // a value
                split_value(text, one);
        }
    }
    void repeat_signature(std::string& text) {
        for (auto const& span : elements_of(text))
            if (name_at(text, span.begin + 1) == "ds:Signature") {
                text.insert(span.begin, text.substr(span.begin, span.end - span.begin));
                return;
            }
    }
    std::string part(std::string const& text) {
        auto const one = pick_span(text, Root::out);
        return text.substr(one.begin, one.end - one.begin);
    }
    void replace_assertion(std::string& text) {
        for (auto const& span : elements_of(text))
            if (name_at(text, span.begin + 1) == "saml:Assertion") {
                text.replace(span.begin, span.end - span.begin, genuine().signed_other);
                return;
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
        auto const value = text.substr(one.content, text.find('<', one.content) - one.content);
        bool const may_be_split =
            value.find('&') == std::string::npos && value.find('\xE2') == std::string::npos;
        text.insert(one.content + (may_be_split ? std::min(pick_(4), value.size()) : 0),
                    pieces[pick_(std::size(pieces))]);
    }

    Pick pick_;
    bool is_fine_ = false;
};

/// Everything that is read of a response, a line each.
inline std::string described(AuthenticatedSubject const& subject) {
    auto const& name = subject.name_id;
    auto text = name.value + "\n" + name.name_qualifier + "\n" + name.sp_name_qualifier + "\n" +
                name.format + "\n" + subject.session_index + "\n" + subject.level + "\n" +
                subject.assertion_id + "\n" + format_time(subject.authn_instant);
    for (auto const& attribute : subject.attributes) {
        text += "\n" + attribute.name + ":";
        for (auto const& value : attribute.values)
            text += "\n" + value;
    }
    return text;
}
/// The same as the identity provider has signed it, without any code of ours.
inline std::string described(Message const& message) {
    auto text = message.name_id + "\n" + std::string(idp_entity_id) + "\n" +
                std::string(sp_entity_id) + "\n" + std::string(transient_format) + "\n" +
                message.session_index + "\n" + message.level + "\n" + message.assertion_id + "\n" +
                message.authn_instant;
    for (auto const& [name, value] : message.attributes)
        text += "\n" + name + ":\n" + value;
    return text;
}

/// Says what is wrong with what was read of a mutant; empty: nothing. Refused is right, and so is
/// one of the two persons whom the identity provider has signed, each value as it stands in the
/// bytes that the signature covers, and none of the other's.
inline std::string fault_of(ResponseOutcome const& outcome) {
    auto const* subject = std::get_if<AuthenticatedSubject>(&outcome);
    if (subject == nullptr) return {};
    auto const read = described(*subject);
    if (read == described(Message()) || read == described(other_message())) return {};
    return "not signed like this: " + read;
}

/// Why a balanced document must be refused whatever is signed, by a look at its text alone; empty:
/// it must not be for such a reason. Rules of the whole document come first and in this order.
inline std::string_view refused_at_sight(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with("<!--")) return "xml_comment";
        if (text.substr(at).starts_with("<?")) return "xml_instruction";
        if (text.substr(at).starts_with("<![CDATA[")) return "xml_cdata";
    }
    return {};
}
/// Prefixes are declared on the way down to where they are used.
inline bool binds_every_prefix(std::string_view text) {
    std::vector<std::pair<std::size_t, std::string_view>> declared;  // until where
    for (auto const& span : elements_of(text)) {
        std::erase_if(declared, [&](auto const& one) { return one.first <= span.begin; });
        auto const tag = text.substr(span.begin, span.content - span.begin);
        constexpr std::string_view before = " xmlns:";
        for (auto at = tag.find(before); at != std::string_view::npos;
             at = tag.find(before, at + 1)) {
            auto const name = tag.substr(at + before.size());
            declared.emplace_back(span.end, name.substr(0, name.find('=')));
        }
        auto const is_declared = [&](std::string_view prefix) {
            return std::any_of(declared.begin(), declared.end(),
                               [&](auto const& one) { return one.second == prefix; });
        };
        auto const name = name_at(tag, 1);
        auto const colon = name.find(':');
        if (colon != std::string_view::npos && !is_declared(name.substr(0, colon))) return false;
        if (tag.find(" xsi:") != std::string_view::npos && !is_declared("xsi")) return false;
    }
    return true;
}
inline std::size_t count_of(std::string_view text, std::string_view piece) {
    std::size_t count = 0;
    for (auto at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1))
        ++count;
    return count;
}
/// Each ID is a name, and stands there once.
inline bool has_good_ids(std::string_view text) {
    constexpr std::string_view before = " ID=\"";
    for (auto at = text.find(before); at != std::string_view::npos;
         at = text.find(before, at + 1)) {
        auto const value = text.substr(at, text.find('"', at + before.size()) + 1 - at);
        if (value[before.size()] != '_' || count_of(text, value) > 1) return false;
    }
    return true;
}
/// The classes of refusal, by what a document looks like to somebody who knows no key. Empty: that
/// cannot be told, since signatures decide.
inline std::string_view expected_of(std::string_view text) {
    if (auto const reason = refused_at_sight(text); !reason.empty()) return reason;
    if (!binds_every_prefix(text)) return "xml_malformed";
    if (!has_good_ids(text)) return "xml_id";
    auto const assertions =
        count_of(text, "<saml:Assertion ") + count_of(text, "<saml:EncryptedAssertion ");
    if (assertions > 1) return "assertion_count";
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
