// SPDX-License-Identifier: MIT
// How a municipality makes the pages its own: `pages.theme` of the configuration, with its name,
// logo, favicon and colours, and its accessibility statement (act 306/2019). Read and checked once
// at start; what would make pages hard to read or run somebody's script is refused.
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

/// A colour of the configuration, `#rrggbb`.
struct Colour {
    unsigned char red = 0;
    unsigned char green = 0;
    unsigned char blue = 0;
    /// `#0000bf`; empty for anything else.
    [[nodiscard]] static std::optional<Colour> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    /// A quarter darker: what a button is under the pointer.
    [[nodiscard]] Colour darker() const;
};
/// WCAG 2.2, "contrast ratio": 1 to 21.
[[nodiscard]] double contrast(Colour const& a, Colour const& b);

/// Why an SVG image must not be shown to people: scripts, event handlers, what fetches from
/// elsewhere, entities. Empty: nothing of the kind is in it.
[[nodiscard]] std::string find_active_content(std::string_view svg);

class Theme {
  public:
    /// Served below `/static/` under a name that holds the content's hash.
    struct File {
        std::string name;
        std::string content;
    };
    [[nodiscard]] std::vector<File> const& files() const { return files_; }

    /// `theme` of every page: name, logo, favicon, favicon_type and style_sheet (names of files()),
    /// each left out where the configuration has none; the name may be one for each language.
    [[nodiscard]] boost::json::object for_pages() const;
    /// What the page of the accessibility statement shows: `provider`, `status` (`{full: true}`, or
    /// partial, none, unassessed), `faults` list of `{criterion, text, reason}`, `tested`,
    /// `prepared`, `reviewed`, `contact`, each left out where the configuration has none.
    [[nodiscard]] boost::json::object statement(std::string_view locale) const;
    /// Where feedback on accessibility goes by mail; empty: nowhere.
    [[nodiscard]] std::string const& feedback_to() const { return feedback_to_; }

  private:
    friend Result<Theme> read_theme(boost::json::object const&, std::filesystem::path const&,
                                    std::size_t);
    std::vector<File> files_;
    boost::json::object files_of_pages_;
    boost::json::object statement_;  ///< as configured
    boost::json::value name_;        ///< a text, or one for each language
    std::string feedback_to_;
};

/// `configured` is valid by the schema. Relative paths start from `folder`. Error: BaseErrc::
/// malformed, its detail the key and what is wrong (`pages.theme.colors.brand: …`).
[[nodiscard]] Result<Theme> read_theme(boost::json::object const& configured,
                                       std::filesystem::path const& folder, std::size_t file_bytes);

}  // namespace tunnus
