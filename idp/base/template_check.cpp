// SPDX-License-Identifier: MIT
#include "idp/base/template_check.hpp"

#include "idp/base/ascii.hpp"

#include <kainjow/mustache.hpp>

#include <algorithm>

namespace tunnus {
namespace {

constexpr int max_partial_depth = 4;
constexpr std::size_t max_template_bytes = 262'144;
constexpr std::string_view refused_tags = "{&=";
constexpr std::string_view text_prefix = "t.";

using Partials = std::map<std::string, std::string, std::less<>>;

class Joiner {
  public:
    Joiner(Partials const& partials, std::function<bool(std::string_view)> const& has_text)
        : partials_(partials), has_text_(has_text) {}

    [[nodiscard]] Result<> join(std::string_view text, int depth) {
        if (depth > max_partial_depth) return fail("has partials in a circle or too deep");
        std::size_t line = 1;
        while (!text.empty()) {
            auto const open = std::min(text.find("{{"), text.size());
            out.append(text.substr(0, open));
            line += static_cast<std::size_t>(std::ranges::count(text.substr(0, open), '\n'));
            text.remove_prefix(open);
            if (text.empty()) break;
            if (depth == 0) line_ = line;
            auto const close = text.find("}}");
            if (close == std::string_view::npos) return fail("has a tag without an end");
            auto const tag = trim(text.substr(2, close - 2));
            auto const whole = text.substr(0, close + 2);
            text.remove_prefix(close + 2);
            if (auto const taken = take(tag, whole, depth); !taken) return taken.error();
            if (out.size() > max_template_bytes) return fail("is too large");
        }
        return {};
    }
    [[nodiscard]] Error fail(std::string_view what) const {
        return {BaseErrc::malformed, std::to_string(line_) + ": " + std::string(what)};
    }

    std::string out;

  private:
    [[nodiscard]] Result<> take(std::string_view tag, std::string_view whole, int depth) {
        if (tag.empty()) return fail("has an empty tag");
        if (refused_tags.find(tag.front()) != std::string_view::npos)
            return fail("has a tag that is not escaped");
        if (tag.front() == '>') {
            auto const partial = partials_.find(trim(tag.substr(1)));
            if (partial == partials_.end())
                return fail("names an unknown partial, " + std::string(trim(tag.substr(1))));
            return join(partial->second, depth + 1);
        }
        constexpr std::string_view section_marks = "#^/";
        auto const name =
            section_marks.find(tag.front()) == std::string_view::npos ? tag : trim(tag.substr(1));
        if (name.starts_with(text_prefix) && !has_text_(name.substr(text_prefix.size())))
            return fail("uses an unknown text, " + std::string(name));
        out.append(whole);
        return {};
    }

    Partials const& partials_;
    std::function<bool(std::string_view)> const& has_text_;
    std::size_t line_ = 1;  ///< of the last tag of the template itself
};

}  // namespace

Result<std::string> check_and_join_template(std::string_view text, Partials const& partials,
                                            std::function<bool(std::string_view)> const& has_text) {
    Joiner joiner(partials, has_text);
    if (auto const joined = joiner.join(text, 0); !joined) return joined.error();
    kainjow::mustache::mustache const parsed(joiner.out);
    if (!parsed.is_valid()) return joiner.fail(parsed.error_message());
    return std::move(joiner.out);
}

}  // namespace tunnus
