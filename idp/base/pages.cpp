// SPDX-License-Identifier: MIT
#include "idp/base/pages.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/located_json.hpp"
#include "idp/base/template_check.hpp"
#include "idp/base/url.hpp"

#include <boost/json/serialize.hpp>
#include <kainjow/mustache.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace tunnus {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace mustache = kainjow::mustache;

/// Of `locales`, each in itself.
constexpr std::array<std::string_view, locales.size()> language_names{"Suomi", "Svenska",
                                                                      "English"};
constexpr int max_model_depth = 16;

using Texts = std::map<std::string, std::string, std::less<>>;

// ---- Files -------------------------------------------------------------------------------------

Result<std::string> read_file(fs::path const& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) return Error(BaseErrc::not_found, path.string() + ": cannot be read");
    if (!is_valid_utf8(text))
        return Error(BaseErrc::malformed, path.string() + ": is not valid UTF-8");
    return text;
}

bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_';
    });
}

Result<Texts> read_texts(fs::path const& path) {
    auto const file = read_file(path);
    if (!file) return file.error();
    auto const parsed = parse_located_json(*file);
    if (!parsed) return Error(BaseErrc::malformed, path.string() + ":" + parsed.error().detail);
    auto const fail = [&](std::string const& key, std::string const& what) {
        return Error(
            BaseErrc::malformed,
            path.string() + ":" + std::to_string(parsed->line_of(key)) + ": " + key + ": " + what);
    };
    if (!parsed->value.is_object()) return fail("", "must be an object");
    Texts texts;
    for (auto const& [key, value] : parsed->value.get_object()) {
        if (!is_name(key)) return fail(key, "is not a name of a-z, 0-9 and _");
        if (!value.is_string() || value.get_string().empty()) return fail(key, "must be a text");
        texts.emplace(key, value.get_string());
    }
    return texts;
}

/// Every template of a folder by its name, as written.
Result<Texts> read_templates(fs::path const& folder) {
    std::error_code error;
    Texts templates;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() != ".html") continue;
        auto const name = entry->path().stem().string();
        if (!is_name(name))
            return Error(BaseErrc::malformed,
                         entry->path().string() + ": is not named by a-z, 0-9 and _");
        auto text = read_file(entry->path());
        if (!text) return text.error();
        templates.emplace(name, std::move(*text));
    }
    if (error) return Error(BaseErrc::not_found, folder.string() + ": " + error.message());
    return templates;
}

// ---- The model ---------------------------------------------------------------------------------

mustache::data to_data(json::value const& value, int depth = 0) {
    if (depth > max_model_depth) throw std::invalid_argument("a page's model is nested too deeply");
    if (auto const* text = value.if_string()) return {std::string(*text)};
    if (value.is_null()) return {false};
    if (auto const* flag = value.if_bool()) return {*flag};
    if (auto const* array = value.if_array()) {
        mustache::data list(mustache::data::type::list);
        for (auto const& element : *array)
            list.push_back(to_data(element, depth + 1));
        return list;
    }
    if (auto const* object = value.if_object()) {
        mustache::data members(mustache::data::type::object);
        for (auto const& member : *object)
            members.set(std::string(member.key()), to_data(member.value(), depth + 1));
        return members;
    }
    return {json::serialize(value)};
}

/// `errors` of a model in the order in which it names them, what belongs to no input last.
json::array error_list(json::object const& errors) {
    json::array list;
    for (auto const& [input, sentence] : errors)
        if (input != "form") list.push_back(json::object{{"input", input}, {"sentence", sentence}});
    if (auto const* sentence = errors.if_contains("form"))
        list.push_back(json::object{{"input", false}, {"sentence", *sentence}});
    return list;
}

// ---- Headers -----------------------------------------------------------------------------------

std::string policy_of(std::string_view further) {
    return std::string(
               "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
               "base-uri 'none'; frame-ancestors 'none'") +
           std::string(further);
}

/// The source that lets the one script of a template run: the digest of its text, which holds no
/// tag.
std::string script_source(std::string_view page) {
    constexpr std::string_view begin = "<script>";
    auto const start = page.find(begin);
    auto const end = page.find("</script>");
    if (start == std::string_view::npos || end == std::string_view::npos) return "'none'";
    auto const script = page.substr(start + begin.size(), end - start - begin.size());
    return "'sha256-" + encode_base64(sha256(script)) + "'";
}

/// Content Security Policy §2.3.1: a source has neither query nor fragment, and what parts sources
/// and directives is escaped.
std::string frame_sources(std::vector<std::string> const& addresses) {
    std::string sources;
    for (auto const& address : addresses) {
        sources += ' ';
        for (char const c : std::string_view(address).substr(0, address.find_first_of("?#"))) {
            if (c == ';')
                sources += "%3B";
            else if (c == ',')
                sources += "%2C";
            else
                sources += c;
        }
    }
    return sources;
}

/// A member that has a text for each language is the one in this language.
json::object in_language(json::object members, std::string_view locale) {
    for (auto& member : members)
        if (auto const* texts = member.value().if_object(); texts && texts->contains(locale)) {
            json::value text = texts->at(locale);
            member.value() = std::move(text);
        }
    return members;
}

// ---- Pages -------------------------------------------------------------------------------------

class MustachePages final : public Pages {
  public:
    Result<> load_core(Settings const& settings) {
        auto const issuer = parse_http_url(settings.issuer);
        if (!issuer) return issuer.error();
        if (issuer->path != "/") base_ = issuer->path;
        link_key_ = settings.link_key;
        for (auto const locale : locales)
            shared_[std::string(locale)] =
                to_data(json::object{{"theme", in_language(settings.theme, locale)},
                                     {"base", base_},
                                     {"pages_of", json::object()}});
        if (auto const added = add_room("", settings.templates, settings.texts); !added)
            return added.error();
        if (!rooms_.at("").templates.contains("error"))
            return Error(BaseErrc::not_found, settings.templates + "/error.html: is missing");
        return {};
    }

    Result<> add_plugin(std::string_view name, std::string_view templates_folder,
                        std::string_view texts_folder) override {
        if (!is_name(name)) throw std::invalid_argument("not a plugin's name");
        pages_of_[name] = true;
        for (auto& [locale, shared] : shared_)
            shared.set("pages_of", to_data(pages_of_));
        return add_room(name, templates_folder, texts_folder);
    }

    [[nodiscard]] HttpResponse render(int status, std::string_view template_name,
                                      json::object const& model, std::string_view locale,
                                      Options const& options) const override {
        auto const& room = room_of(template_name);
        auto const found = room.templates.find(name_in_room(template_name));
        if (found == room.templates.end())
            throw std::invalid_argument("no page " + std::string(template_name));
        auto const known = known_or_first(locale);
        HttpResponse response(status);
        auto& headers = response.headers;
        headers.add("Content-Type", "text/html; charset=utf-8");
        headers.add("Content-Language", known);
        headers.add("X-Frame-Options", "DENY");
        headers.add("X-Content-Type-Options", "nosniff");
        headers.add("Referrer-Policy", "no-referrer");
        headers.add("Cache-Control", "no-store");
        response.body = expand(found->second, room.shared_texts.find(known)->second, model, known);
        auto further =
            options.posts_elsewhere ? std::string() : std::string("; form-action 'self'");
        if (!options.frames.empty()) further += "; frame-src" + frame_sources(options.frames);
        if (options.posts_elsewhere || !options.frames.empty())
            further += "; script-src " + script_source(response.body);
        headers.add("Content-Security-Policy", policy_of(further));
        return response;
    }

    [[nodiscard]] HttpResponse error(int status, std::string_view error_word,
                                     std::string_view message_key, std::string_view event_id,
                                     std::string_view locale) const override {
        json::object model{
            {"error", error_word},
            {"event_id", event_id},
            {"languages",
             language_links(locale, base_ + "/error?" +
                                        build_form({{"error", error_word},
                                                    {"text", message_key},
                                                    {"event", event_id},
                                                    {"proof", proof_of(error_word, message_key,
                                                                       event_id)}}))}};
        if (!message_key.empty()) model["message"] = text(locale, message_key);
        return Pages::render(status, "error", model, locale);
    }

    [[nodiscard]] HttpResponse error_again(HttpRequest const& request) const override {
        auto const query = parse_form(request.query);
        auto const field = [&](std::string_view name) { return query.form.get(name); };
        auto const locale = choose_locale({}, request);
        if (query.error ||
            !equal_in_constant_time(field("proof"),
                                    proof_of(field("error"), field("text"), field("event"))))
            return error(400, "invalid_request", "", request.request_id, locale);
        return error(200, field("error"), field("text"), field("event"), locale);
    }

    [[nodiscard]] std::string text(std::string_view locale, std::string_view key) const override {
        auto const name = name_in_room(key);
        auto const known = known_or_first(locale);
        for (auto const* room : {&room_of(key), &rooms_.at("")}) {
            auto const& texts = room->texts.find(known)->second;
            if (auto const found = texts.find(name); found != texts.end()) return found->second;
        }
        return std::string(key);
    }

  private:
    /// The templates and texts of the core, or of one plugin.
    struct Room {
        Texts templates;                                  ///< by name, with their partials in place
        std::map<std::string, Texts, std::less<>> texts;  ///< by locale: the room's own
        std::map<std::string, mustache::data, std::less<>>
            shared_texts;  ///< by locale: `{t: …}`, over the core's
    };

    static std::string known_or_first(std::string_view locale) {
        auto const known = locale_of_tag(locale);
        return std::string(known.empty() ? locales.front() : known);
    }
    static std::string_view name_in_room(std::string_view name) {
        return name.substr(name.find('/') + 1);  // npos + 1 is 0
    }
    [[nodiscard]] Room const& room_of(std::string_view name) const {
        auto const slash = name.find('/');
        auto const found = rooms_.find(slash == std::string_view::npos ? std::string_view()
                                                                       : name.substr(0, slash));
        if (found == rooms_.end())
            throw std::invalid_argument("the plugin has no folders `pages` and `texts`: no " +
                                        std::string(name));
        return found->second;
    }

    /// A page that is not whole is the content of the frame, and its title is a text.
    static bool is_whole_page(std::string_view text) { return text.starts_with("<!DOCTYPE html>"); }
    static Result<std::string> framed(std::string const& content, std::string const& template_name,
                                      Texts partials,
                                      std::function<bool(std::string_view)> const& has_text) {
        auto const frame = partials.find("frame");
        if (frame == partials.end()) return content;  // templates of one's own without a frame
        auto const title = template_name + "_title";
        partials["title"] = has_text(title) ? "{{t." + title + "}} – " : "";
        partials["content"] = content;
        return check_and_join_template(frame->second, partials, has_text);
    }

    Result<> add_room(std::string_view name, std::string_view templates_folder,
                      std::string_view texts_folder) {
        Room room;
        if (auto const read = load_texts(room, fs::path(texts_folder)); !read) return read.error();
        Texts all;
        if (!name.empty()) all = core_templates_;  // the frame's partials
        // A page fills these two of frame.html.
        all["title"] = all["content"] = "";
        auto own = templates_folder.empty() ? Result<Texts>(Texts())
                                            : read_templates(fs::path(templates_folder));
        if (!own) return own.error();
        for (auto& [template_name, text] : *own)
            all.insert_or_assign(template_name, text);
        auto const has_text = [&](std::string_view key) {
            return room.texts.begin()->second.contains(key) ||
                   (!name.empty() && rooms_.at("").texts.begin()->second.contains(key));
        };
        for (auto const& [template_name, text] : *own) {
            auto whole = check_and_join_template(text, all, has_text);
            if (whole && !name.empty() && !is_whole_page(text))
                whole = framed(*whole, template_name, all, has_text);
            auto const file = (fs::path(templates_folder) / (template_name + ".html")).string();
            if (!whole) return Error(BaseErrc::malformed, file + ": " + whole.error().detail);
            room.templates.emplace(template_name, std::move(*whole));
        }
        if (name.empty()) core_templates_ = std::move(*own);
        rooms_.insert_or_assign(std::string(name), std::move(room));
        return {};
    }

    /// A room without a folder of texts uses the core's alone.
    Result<> load_texts(Room& room, fs::path const& folder) {
        for (auto const code : locales) {
            std::string const locale(code);
            Texts texts;
            if (!folder.empty()) {
                auto read = read_texts(folder / (locale + ".json"));
                if (!read) return read.error();
                texts = std::move(*read);
            }
            mustache::data all(mustache::data::type::object);
            if (auto const core = rooms_.find(""); core != rooms_.end())
                for (auto const& [key, text] : core->second.texts.at(locale))
                    all.set(key, text);
            for (auto const& [key, text] : texts)
                all.set(key, text);
            mustache::data shared(mustache::data::type::object);
            shared.set("t", all);
            room.shared_texts.emplace(locale, std::move(shared));
            room.texts.emplace(locale, std::move(texts));
        }
        return check_same_keys(room, folder);
    }

    static Result<> check_same_keys(Room const& room, fs::path const& folder) {
        for (auto const& [locale, texts] : room.texts)
            for (auto const& [other, other_texts] : room.texts)
                for (auto const& [key, text] : texts)
                    if (!other_texts.contains(key))
                        return Error(BaseErrc::malformed, (folder / (other + ".json"))
                                                              .string()
                                                              .append(":1: ")
                                                              .append(key)
                                                              .append(": is missing"));
        return {};
    }

    /// Parses the template anew each time: kainjow's render is not const, and pages are not the hot
    /// path.
    [[nodiscard]] std::string expand(std::string const& text, mustache::data const& texts,
                                     json::object const& model, std::string const& locale) const {
        mustache::mustache page(text);
        page.set_custom_escape([](std::string const& value) { return escape_html(value); });
        auto data = to_data(model);
        if (auto const* errors = model.if_contains("errors"); errors && errors->is_object())
            data.set("error_list", to_data(error_list(errors->get_object())));
        data.set("locale", locale);
        auto const* links = model.if_contains("languages");
        if (links == nullptr) data.set("languages", to_data(language_links(locale, "")));
        data.set("multilingual", links == nullptr || !links->as_array().empty());
        mustache::context<std::string> context;
        context.push(&data);
        context.push(&shared_.find(locale)->second);  // looked up before the model, so a model
                                                      // cannot stand in for `t`, `base` or `theme`
        context.push(&texts);
        return page.render(context);
    }

    /// What an error page shows was said by us, so that nobody makes a page of ours say theirs.
    [[nodiscard]] std::string proof_of(std::string_view error_word, std::string_view message_key,
                                       std::string_view event_id) const {
        return encode_base64url(hmac_sha256(
            link_key_, build_form({{"", error_word}, {"", message_key}, {"", event_id}})));
    }

    std::string base_;       ///< the issuer's path; empty when it has none
    json::object pages_of_;  ///< the plugins that have pages
    std::string link_key_;
    std::map<std::string, mustache::data, std::less<>> shared_;  ///< by language
    Texts core_templates_;                            ///< as written: the partials of everyone
    std::map<std::string, Room, std::less<>> rooms_;  ///< by plugin; "" is the core
};

}  // namespace

json::array Pages::language_links(std::string_view locale, std::string_view address) {
    json::array links;
    char const mark = address.find('?') == std::string_view::npos ? '?' : '&';
    for (std::size_t i = 0; i < locales.size(); ++i)
        links.push_back(json::object{
            {"code", locales[i]},
            {"name", language_names[i]},
            {"href", std::string(address) + mark + "ui_locales=" + std::string(locales[i])},
            {"current", locales[i] == locale}});
    return links;
}

Result<std::unique_ptr<Pages>> Pages::load(Settings const& settings) {
    auto pages = std::make_unique<MustachePages>();
    if (auto const loaded = pages->load_core(settings); !loaded) return loaded.error();
    return std::unique_ptr<Pages>(std::move(pages));
}

}  // namespace tunnus
