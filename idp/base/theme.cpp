// SPDX-License-Identifier: MIT
#include "idp/base/theme.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/email_address.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/time_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace tunnus {
namespace {

namespace json = boost::json;

/// The background behind the pages' card, on which links stand too: the darkest of the light ones.
constexpr Colour page_background{0xf2, 0xf2, 0xf2};
constexpr Colour white{0xff, 0xff, 0xff};
/// WCAG 2.2 criterion 1.4.3.
constexpr double least_contrast = 4.5;

Error fault(std::string key, std::string_view what) {
    return {BaseErrc::malformed, "pages.theme." + std::move(key) + ": " + std::string(what)};
}

double luminance(Colour const& colour) {
    auto const linear = [](unsigned char part) {
        double const c = part / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) +
           0.0722 * linear(colour.blue);
}

/// A text of the configuration, or the one in this language of an object.
std::string in_language(json::value const& text, std::string_view locale) {
    if (text.is_string()) return std::string(text.get_string());
    if (!text.is_object()) return {};
    return std::string(find_string(text.get_object(), locale).value_or(""));
}

std::string member_text(json::object const& object, std::string_view name,
                        std::string_view locale) {
    auto const* value = object.if_contains(name);
    return value ? in_language(*value, locale) : std::string();
}

/// By its first bytes, whatever it is called. Empty: none that we show.
std::string_view ending_of(std::string_view content) {
    if (content.starts_with("\x89PNG\r\n\x1a\n")) return "png";
    if (content.starts_with("\xff\xd8\xff")) return "jpg";
    if (content.starts_with("RIFF") && content.substr(8).starts_with("WEBP")) return "webp";
    auto const start = content.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return {};
    auto const text = content.substr(start);
    bool const is_markup = text.starts_with("<svg") || text.starts_with("<?xml");
    return is_markup && content.find("<svg") != std::string_view::npos ? "svg" : "";
}

std::string_view type_of(std::string_view name) {
    return name.ends_with("svg")    ? "image/svg+xml"
           : name.ends_with("png")  ? "image/png"
           : name.ends_with("webp") ? "image/webp"
                                    : "image/jpeg";
}

Theme::File named(std::string_view kind, std::string content, std::string_view ending) {
    auto const hash = encode_hex(sha256(content)).substr(0, 8);
    return {std::string(kind) + "-" + hash + "." + std::string(ending), std::move(content)};
}

Result<Theme::File> read_image(std::string const& key, std::filesystem::path const& path,
                               std::size_t most) {
    std::ifstream stream(path, std::ios::binary);
    std::string content(most + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    if (stream.bad() || (content.empty() && !stream.is_open()))
        return fault(key, path.string() + ": cannot be read");
    if (content.size() > most)
        return fault(key, path.string() + ": is larger than " + std::to_string(most) + " bytes");
    auto const ending = ending_of(content);
    if (ending.empty()) return fault(key, path.string() + ": is no PNG, JPEG, WebP or SVG image");
    if (ending == "svg")
        if (auto const active = find_active_content(content); !active.empty())
            return fault(key, path.string() + ": has " + active + ", which an image must not");
    return named(key, std::move(content), ending);
}

/// The style sheet that sets hds-core's and our own properties anew. Each pair that stands on each
/// other is readable.
Result<std::string> style_sheet(json::object const& colours) {
    for (auto const& [name, value] : colours)
        if (!Colour::parse(value.as_string()))
            return fault("colors." + std::string(name), "is no colour, #rrggbb");
    auto const read = [&](std::string_view name) {
        auto const text = find_string(colours, name);
        return text ? Colour::parse(*text) : std::nullopt;
    };
    auto const check = [](std::string_view key, Colour const& a, std::string_view of,
                          Colour const& b) -> Result<> {
        auto const ratio = contrast(a, b);
        if (ratio >= least_contrast) return {};
        std::array<char, 16> shown{};
        std::snprintf(shown.data(), shown.size(), "%.2f", ratio);
        return fault("colors." + std::string(key), a.text() + " has a contrast of " + shown.data() +
                                                       ":1 to " + std::string(of) + " " + b.text() +
                                                       ", less than 4.5:1");
    };
    std::string css = ":root {\n";
    if (auto const brand = read("brand")) {
        // As a link on the page's background, and as a button under white words.
        if (auto fine = check("brand", *brand, "the page's", page_background); !fine)
            return fine.error();
        css += "  --color-bus: " + brand->text() +
               ";\n  --color-bus-dark: " + brand->darker().text() + ";\n";
    }
    auto const background = read("header_background");
    auto const text = read("header_text");
    if (background || text) {
        auto const below = background.value_or(white);
        auto const above = text.value_or(Colour{0x1a, 0x1a, 0x1a});
        if (auto fine = check(text ? "header_text" : "header_background", above,
                              "header_background", below);
            !fine)
            return fine.error();
        css += "  --header-background: " + below.text() + ";\n  --header-text: " + above.text() +
               ";\n";
    }
    return css + "}\n";
}

}  // namespace

std::optional<Colour> Colour::parse(std::string_view text) {
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    auto const bytes = decode_hex(to_lower(text.substr(1)));
    if (!bytes) return std::nullopt;
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>((*bytes)[i]); };
    return Colour{at(0), at(1), at(2)};
}

std::string Colour::text() const {
    return '#' + encode_hex(std::string{static_cast<char>(red), static_cast<char>(green),
                                        static_cast<char>(blue)});
}

Colour Colour::darker() const {
    auto const less = [](unsigned char part) { return static_cast<unsigned char>(part * 3 / 4); };
    return {less(red), less(green), less(blue)};
}

double contrast(Colour const& a, Colour const& b) {
    auto const [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

std::string find_active_content(std::string_view svg) {
    auto const text = to_lower(svg);
    // Whatever could run, fetch or hide one of these words behind an entity.
    for (auto const* word : {"<script", "<foreignobject", "<iframe", "<embed", "<object",
                             "<handler", "<listener", "<animate", "<set", "<!doctype", "<!entity",
                             "<?xml-styles", "javascript:", "@import", "data:", "http:", "&#"})
        if (auto const at = text.find(word); at != std::string::npos) {
            // The names of SVG's own vocabularies are addresses that nobody fetches.
            bool const is_name = std::string_view(word) == "http:" &&
                                 text.substr(0, at).ends_with("=\"") &&
                                 text.compare(at, 14, "http://www.w3.") == 0;
            if (!is_name) return std::string("\"") + word + "\"";
            for (auto next = text.find("http:", at + 5); next != std::string::npos;
                 next = text.find("http:", next + 5))
                if (text.compare(next, 14, "http://www.w3.") != 0) return "\"http:\"";
        }
    if (text.find("https:") != std::string::npos || text.find("href=\"//") != std::string::npos)
        return "an address";
    for (auto at = text.find("on"); at != std::string::npos; at = text.find("on", at + 2)) {
        bool const begins =
            at > 0 && std::string_view(" \t\r\n\"'/").find(text[at - 1]) != std::string_view::npos;
        auto end = at + 2;
        while (end < text.size() && is_alphanumeric(text[end]))
            ++end;
        while (end < text.size() && (text[end] == ' ' || text[end] == '\n'))
            ++end;
        if (begins && end < text.size() && end > at + 2 && text[end] == '=')
            return "an event handler";
    }
    return {};
}

json::object Theme::for_pages() const {
    auto members = files_of_pages_;
    if (!name_.is_null()) members["name"] = name_;
    return members;
}

json::object Theme::statement(std::string_view locale) const {
    json::object shown;
    auto const put = [&](std::string_view name, std::string const& text) {
        if (!text.empty()) shown[name] = text;
    };
    auto const provider = member_text(statement_, "provider", locale);
    put("provider", provider.empty() ? in_language(name_, locale) : provider);
    auto const status = find_string(statement_, "status").value_or("unassessed");
    shown["status"] = {{status, true}};
    json::array faults;
    if (auto const* list = statement_.if_contains("faults"))
        for (auto const& one : list->as_array()) {
            auto const& configured = one.as_object();
            json::object row{{"criterion", configured.at("criterion")},
                             {"text", member_text(configured, "text", locale)},
                             {"reason", false}};
            if (auto const reason = member_text(configured, "reason", locale); !reason.empty())
                row["reason"] = reason;
            faults.push_back(std::move(row));
        }
    shown["any_faults"] = !faults.empty();
    shown["faults"] = std::move(faults);
    for (auto const* name : {"tested", "prepared", "reviewed", "contact"})
        put(name, member_text(statement_, name, locale));
    return shown;
}

Result<Theme> read_theme(json::object const& configured, std::filesystem::path const& folder,
                         std::size_t file_bytes) {
    Theme theme;
    if (auto const* name = configured.if_contains("name")) theme.name_ = *name;
    for (std::string const key : {"logo", "favicon"}) {
        auto const path = find_string(configured, key);
        if (!path) continue;
        auto image =
            read_image(key, folder / std::filesystem::path(std::string(*path)), file_bytes);
        if (!image) return image.error();
        theme.files_of_pages_[key] = image->name;
        if (key == "favicon") theme.files_of_pages_["favicon_type"] = type_of(image->name);
        theme.files_.push_back(std::move(*image));
    }
    if (auto const* colours = configured.if_contains("colors")) {
        auto css = style_sheet(colours->as_object());
        if (!css) return css.error();
        auto file = named("colors", std::move(*css), "css");
        theme.files_of_pages_["style_sheet"] = file.name;
        theme.files_.push_back(std::move(file));
    }
    if (auto const* statement = configured.if_contains("accessibility")) {
        theme.statement_ = statement->as_object();
        if (auto const to = find_string(theme.statement_, "feedback_to")) {
            auto const address = parse_email_address(*to);
            if (!address) return fault("accessibility.feedback_to", "is no e-mail address");
            theme.feedback_to_ = address->address;
        }
    }
    return theme;
}

}  // namespace tunnus
