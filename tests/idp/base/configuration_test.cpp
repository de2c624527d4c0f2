// SPDX-License-Identifier: MIT
#include "idp/base/configuration.hpp"

#include "idp/base/limit_names.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/located_json.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tunnus {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::string read_text(fs::path const& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
fs::path const example_file = fs::path(TUNNUS_SOURCE_DIR) / "conf/example.json";
json::object schema() {
    return json::parse(read_text(fs::path(TUNNUS_SOURCE_DIR) / "conf/tunnus.schema.json"))
        .as_object();
}

/// A folder with the files that the example refers to.
class ConfigurationTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ =
            fs::path(testing::TempDir()) / ("tunnus-configuration-" + std::to_string(::getpid()));
        fs::create_directories(folder_ / "secrets");
        for (auto const* name : {"login.city.example.key", "mail.password", "library.secret",
                                 "registration.token", "token.pin"})
            write_secret(name, std::string(name) + "\n");
        write_secret("sealing.key", std::string(44, 'k') + "\n");
        ::setenv("TUNNUS_STORAGE_PASSWORD", "from the environment", 1);
    }
    void TearDown() override {
        fs::remove_all(folder_);
        ::unsetenv("TUNNUS_STORAGE_PASSWORD");
    }
    void write_secret(std::string const& name, std::string_view value, mode_t mode = 0600) {
        auto const path = folder_ / "secrets" / name;
        std::ofstream(path, std::ios::binary) << value;
        ::chmod(path.c_str(), mode);
    }
    [[nodiscard]] std::string file() const { return (folder_ / "tunnus.json").string(); }
    [[nodiscard]] Result<Configuration> parse(std::string_view text) const {
        return parse_configuration(text, file());
    }
    /// The smallest configuration that is whole, with `members` replaced or added. One member a
    /// line, from line 2.
    [[nodiscard]] static std::string minimal(
        std::map<std::string, std::string> const& members = {}) {
        std::map<std::string, std::string> all{
            {"issuer", "\"https://login.city.example\""},
            {"keys", R"({"sealing_key":{"file":"secrets/sealing.key"}})"},
            {"listen", R"([{"address":"127.0.0.1","port":8080}])"},
            {"storage", R"({"url":"sqlite::memory:"})"}};
        for (auto const& [name, value] : members)
            all[name] = value;
        std::string text = "{\n";
        for (auto const& [name, value] : all)
            text.append("\"").append(name).append("\":").append(value).append(",\n");
        return text + "}";
    }
    /// What is wrong, without the folder; empty when nothing is.
    [[nodiscard]] std::string refusal(std::string_view text) const {
        auto const parsed = parse(text);
        if (parsed) return {};
        auto detail = parsed.error().detail;
        EXPECT_EQ(detail.find('\n'), std::string::npos) << detail;
        EXPECT_TRUE(detail.starts_with(file() + ":")) << detail;
        return detail.substr(std::min(detail.size(), file().size() + 1));
    }
    [[nodiscard]] std::string refusal_with(std::string const& member,
                                           std::string const& value) const {
        return refusal(minimal({{member, value}}));
    }

    fs::path folder_;
};

TEST_F(ConfigurationTest, ReadsTheExampleWhole) {
    auto const parsed = parse(read_text(example_file));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    auto const& c = *parsed;
    EXPECT_EQ(c.file, file());
    EXPECT_EQ(c.issuer, "https://login.city.example");
    EXPECT_TRUE(c.issuer_is_https());
    ASSERT_EQ(c.listen.size(), 2U);
    EXPECT_EQ(c.listen[0].address, "127.0.0.1");
    EXPECT_FALSE(c.listen[0].tls.has_value());
    EXPECT_EQ(c.listen[1].port, 8443);
    EXPECT_EQ(c.listen[1].tls->certificate_file,
              (folder_ / "secrets/login.city.example.pem").string());
    EXPECT_EQ(c.listen[1].tls->key_file, (folder_ / "secrets/login.city.example.key").string());
    EXPECT_FALSE(c.listen[1].tls->allow_expired);
    ASSERT_EQ(c.admin_listen.size(), 1U);
    EXPECT_EQ(c.admin_listen[0].port, 9090);
    EXPECT_THAT(c.trusted_proxies, ElementsAre("127.0.0.1", "10.20.0.0/16"));
    EXPECT_EQ(c.storage_url, "sqlite:" + (folder_ / "data/tunnus.db").string());
    EXPECT_TRUE(c.storage_password.equals("from the environment"));
    ASSERT_TRUE(c.mail.has_value());
    EXPECT_EQ(c.mail->smtp_url, "smtp://mail.city.example:587");
    EXPECT_EQ(c.mail->from, "City of Example <no-reply@city.example>");
    EXPECT_EQ(c.mail->user, "tunnus");
    EXPECT_TRUE(c.mail->password.equals("mail.password"));
    EXPECT_EQ(c.sessions.idle, seconds(1'800));
    EXPECT_EQ(c.sessions.absolute, seconds(36'000));
    EXPECT_THAT(c.keys.algorithms, ElementsAre("RS256", "ES256", "EdDSA"));
    EXPECT_TRUE(c.keys.sealing_key.equals(std::string(44, 'k')));
    EXPECT_EQ(c.keys.rotate_every, std::chrono::days(90));
    EXPECT_EQ(c.keys.announce, std::chrono::days(1));
    EXPECT_EQ(c.keys.retire, std::chrono::days(1));
    EXPECT_EQ(c.keys.pkcs11.module, "/usr/lib/softhsm/libsofthsm2.so");
    ASSERT_EQ(c.keys.pkcs11.objects.size(), 1U);
    EXPECT_EQ(c.keys.pkcs11.objects[0].alg, "ES256");
    EXPECT_EQ(c.keys.pkcs11.objects[0].uri, "pkcs11:token=tunnus;object=sign-1;type=private");
    ASSERT_EQ(c.clients.size(), 1U);
    EXPECT_EQ(c.clients[0].object.at("client_id").as_string(), "library");
    EXPECT_EQ(c.clients[0].path, "clients[0]");
    ASSERT_EQ(c.assertion_issuers.size(), 1U);
    EXPECT_EQ(c.assertion_issuers[0].path, "assertion_issuers[0]");
    EXPECT_GT(c.clients[0].line, 50U);
    EXPECT_EQ(c.registration.mode, RegistrationSettings::Mode::token);
    EXPECT_TRUE(c.registration.initial_access_tokens.at(0).equals("registration.token"));
    EXPECT_THAT(c.outbound.allow_addresses, ElementsAre("10.30.0.0/16"));
    EXPECT_EQ(c.outbound.ca_file, (folder_ / "secrets/city-ca.pem").string());
    EXPECT_EQ(c.limits.password_workers, 2U);
    EXPECT_EQ(c.limits.access_token_lifetime, seconds(300));
    ASSERT_EQ(c.plugins.size(), 2U);
    EXPECT_EQ(c.plugins[0].name, "password");
    EXPECT_EQ(c.plugins[0].library, "");
    EXPECT_EQ(c.plugins[0].amr, "helsinki_tunnus");
    EXPECT_EQ(c.plugins[1].amr, "");
    EXPECT_EQ(c.compatibility.keycloak_realms, (std::vector<std::string>{"city"}));
    EXPECT_TRUE(c.compatibility.kc_action);
    EXPECT_TRUE(c.plugins[0].required);
    EXPECT_EQ(c.plugins[1].library, "/usr/lib/tunnus/parking.so");
    EXPECT_FALSE(c.plugins[1].required);
    EXPECT_EQ(c.plugins[1].config.object.at("zone").as_string(), "north");
    EXPECT_EQ(c.plugins[1].config.path, "plugins[1].config");
    EXPECT_EQ(c.pages.templates, (folder_ / "theme/pages").string());
    EXPECT_EQ(c.pages.texts, (folder_ / "theme/texts").string());
    EXPECT_EQ(c.pages.static_files, (folder_ / "theme/static").string());
    EXPECT_EQ(c.pages.theme.at("name").at("en").as_string(), "City of Example");
}

TEST_F(ConfigurationTest, HasDefaultsForWhatIsLeftOut) {
    auto const parsed = parse(minimal());
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(parsed->storage_url, "sqlite::memory:");
    EXPECT_FALSE(parsed->mail.has_value());
    EXPECT_EQ(parsed->sessions.absolute, seconds(36'000));
    EXPECT_EQ(parsed->keys.rotate_every, seconds(0));
    EXPECT_EQ(parsed->registration.mode, RegistrationSettings::Mode::closed);
    EXPECT_TRUE(parsed->plugins.empty());
}

/// Every key that the schema knows below `schema`, `limits` and free objects apart, as `a.b` and
/// `a[].b`.
void collect_keys(json::object const& root, json::object const& schema, std::string const& path,
                  std::vector<std::string>& keys) {
    if (auto const* reference = schema.if_contains("$ref"))
        return collect_keys(
            root, root.at("$defs").at(reference->as_string().subview(8)).as_object(), path, keys);
    if (auto const* items = schema.if_contains("items"))
        collect_keys(root, items->as_object(), path + "[0]", keys);
    auto const* properties = schema.if_contains("properties");
    if (properties == nullptr || path == "limits") return;
    for (auto const& property : properties->as_object()) {
        auto const key = (path.empty() ? "" : path + ".") + std::string(property.key());
        keys.push_back(key);
        collect_keys(root, property.value().as_object(), key, keys);
    }
}

TEST_F(ConfigurationTest, ShowsEveryKeyOfTheSchemaInTheExample) {
    auto const example = parse_located_json(read_text(example_file)).value();
    std::set<std::string> shown;
    for (auto const& [path, line] : example.lines) {
        std::string first;  // every element counts as the first
        for (std::size_t i = 0; i < path.size(); ++i) {
            first.push_back(path[i]);
            if (path[i] != '[') continue;
            first.append("0]");
            i = path.find(']', i);
        }
        shown.insert(first);
    }
    std::vector<std::string> keys;
    collect_keys(schema(), schema(), "", keys);
    EXPECT_GT(keys.size(), 40U);
    for (auto const& key : keys) {
        if (key.ends_with(".env") || key.ends_with(".file")) continue;  // a secret has one of them
        if (key.starts_with("admin_listen[0].tls")) continue;           // as under listen
        EXPECT_TRUE(shown.contains(key)) << key;
    }
}

TEST_F(ConfigurationTest, KnowsTheLimitsOfTheSchemaWithTheirDefaults) {
    auto const root = schema();
    auto const& described = root.at("properties").at("limits").at("properties").as_object();
    EXPECT_EQ(described.size(), limit_names().size());
    Limits const standard;
    for (auto const& [name, member] : limit_names()) {
        auto const* entry = described.if_contains(name);
        ASSERT_NE(entry, nullptr) << name;
        auto const& written = entry->at("default");
        std::visit(
            [&, &limit = name](auto pointer) {
                auto const& value = standard.*pointer;
                if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>)
                    EXPECT_EQ(written.as_int64(), static_cast<std::int64_t>(value)) << limit;
                else
                    EXPECT_EQ(parse_lifetime(written.as_string()).value(), value) << limit;
            },
            member);
    }
}

// A new limit is named in limit_names.cpp and described in conf/tunnus.schema.json. Limits has no
// padding, so the sum tells.
TEST_F(ConfigurationTest, NamesEveryLimit) {
    std::size_t named_bytes = 0;
    for (auto const& [name, member] : limit_names())
        named_bytes += std::visit([](auto pointer) { return sizeof(Limits{}.*pointer); }, member);
    EXPECT_EQ(named_bytes, sizeof(Limits));
}

TEST_F(ConfigurationTest, SetsEveryLimitByItsName) {
    for (auto const& [name, member] : limit_names()) {
        bool const number = std::holds_alternative<std::size_t Limits::*>(member) ||
                            std::holds_alternative<std::uint32_t Limits::*>(member);
        // Within the bounds of every limit: the smallest upper one is 32, the largest lower one
        // 8,192.
        auto const value = name == "argon2_memory_kib" || std::string_view(name).ends_with("_bytes")
                               ? "20000"
                               : "17";
        auto const text = "{\"" + std::string(name) + "\":" + (number ? value : "\"17 s\"") + "}";
        auto const parsed = parse(minimal({{"limits", text}}));
        ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
        std::visit(
            [&, &limit = name](auto pointer) {
                auto const& set = parsed->limits.*pointer;
                if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(set)>>)
                    EXPECT_EQ(std::to_string(set), value) << limit;
                else
                    EXPECT_EQ(set, seconds(17)) << limit;
            },
            member);
    }
}

// threats.md X-19
TEST_F(ConfigurationTest, NamesTheLineAndKeyOfWhatIsWrong) {
    EXPECT_EQ(refusal(minimal()), "");
    EXPECT_EQ(refusal_with("colour", "1"), "2: colour: is not a known key");
    EXPECT_EQ(refusal_with("sessions", "{\n\"idel\":\"1 h\"}"),
              "6: sessions.idel: is not a known key");
    EXPECT_EQ(refusal_with("listen", "{}"), "4: listen: must be an array");
    EXPECT_EQ(refusal_with("listen", "[{\"address\":\"::1\",\n\"port\":\"80\"}]"),
              "5: listen[0].port: must be an integer");
    EXPECT_EQ(refusal("{\n\"listen\":[]}"), "2: listen: must have at least 1 elements");
    EXPECT_EQ(refusal("{}"), "1: issuer: is missing");
    EXPECT_EQ(refusal("[]"), "1: must be an object");
    EXPECT_EQ(refusal(minimal() + "x").substr(0, 2), "6:");
    EXPECT_EQ(refusal("{\n\"issuer\":1,\n\"issuer\":2}"), "3: issuer: is given twice");
    EXPECT_EQ(refusal(std::string_view("{\0}", 3)).substr(0, 2), "1:");
    EXPECT_EQ(refusal("{\n\"issuer\":\"\xff\"}"), "2: is not valid UTF-8");
    auto crlf = "\xef\xbb\xbf" + minimal();
    for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2)
        crlf.replace(at, 1, "\r\n");
    EXPECT_EQ(refusal(crlf + "\r\n\t\r\n"), "");
}

TEST_F(ConfigurationTest, ReadsAFileAndRefusesWhatIsNone) {
    std::ofstream(file(), std::ios::binary) << minimal();
    EXPECT_TRUE(read_configuration(file()).has_value());
    EXPECT_EQ(read_configuration(file() + ".not").error().detail, file() + ".not:1: is not a file");
    EXPECT_EQ(read_configuration(folder_.string()).error().code, BaseErrc::not_found);
    std::ofstream(file(), std::ios::binary) << std::string(3'000'000, ' ');
    EXPECT_THAT(read_configuration(file()).error().detail, HasSubstr(":1: is larger than 1 MiB"));
}

// threats.md X-20
TEST_F(ConfigurationTest, TakesOnlyAPlainHttpsIssuer) {
    for (auto const* issuer :
         {"https://login.city.example", "https://login.city.example:8443/tunnus/a-b",
          "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "https://login"})
        EXPECT_EQ(refusal_with("issuer", "\"" + std::string(issuer) + "\""), "") << issuer;
    for (auto const* issuer : {"",
                               "login.city.example",
                               "https://login.city.example/",
                               "https://login.city.example/a/",
                               "https://login.city.example?",
                               "https://login.city.example?x=1",
                               "https://login.city.example#",
                               "https://login.city.example#x",
                               "http://login.city.example",
                               "https://Login.city.example",
                               "HTTPS://login.city.example",
                               "https://login.city.example/A",
                               "https://192.0.2.1",
                               "https://[2001:db8::1]",
                               "http://192.168.0.1",
                               "https://user@login.city.example",
                               "https://login.city.example:443",
                               "https://login.city.example:0",
                               "https://login.city.example:65536",
                               "https://login.city.example//a",
                               "https://login.city.example/a/../b",
                               "https://login.city.example/%61",
                               "https://login.city.example/a b",
                               "ftp://login.city.example"})
        EXPECT_EQ(refusal_with("issuer", "\"" + std::string(issuer) + "\"").substr(0, 10),
                  "2: issuer:")
            << issuer;
}

// threats.md X-21
TEST_F(ConfigurationTest, RefusesBadLifetimesPortsAndSizes) {
    EXPECT_EQ(refusal_with("sessions", R"({"idle":"1 h","absolute":"1 h"})"), "");
    for (auto const* idle : {"\"0 s\"", "\"-1 s\"", "\"10 parsecs\"", "\"99999999999999999999 s\"",
                             "\"36501 d\"", "\"\"", "\"s\"", "\"10\"", "\"1.5 h\"", "\"1  h\"",
                             "\"1 h \"", "\" 1 h\"", "\"0x10 s\"", "1800", "\"1500 ms\""})
        EXPECT_EQ(refusal_with("sessions", "{\"idle\":" + std::string(idle) + "}").substr(0, 17),
                  "5: sessions.idle:")
            << idle;
    EXPECT_THAT(refusal_with("sessions", R"({"idle":"11 h"})"), HasSubstr("must not be longer"));
    for (auto const* port : {"0", "65536", "-1", "80.5", "\"80\"", "null"})
        EXPECT_THAT(
            refusal_with("listen", R"([{"address":"::1","port":)" + std::string(port) + "}]"),
            HasSubstr("listen[0].port: must be"))
            << port;
    for (auto const* limit :
         {R"("fast_workers":0)", R"("fast_workers":-1)", R"("fast_workers":257)",
          R"("password_workers":0)", R"("json_depth":33)", R"("http_timeout":"0 ms")",
          R"("http_timeout":5000)", R"("fast_worker":1)", R"("argon2_memory_kib":4096)",
          R"("header_bytes":1e3)"})
        EXPECT_THAT(refusal_with("limits", "{" + std::string(limit) + "}"), HasSubstr(": limits."))
            << limit;
}

TEST_F(ConfigurationTest, RefusesBadListeners) {
    for (auto const* address : {"", "localhost", "127.1", "[::1]", "*"})
        EXPECT_THAT(
            refusal_with("listen", R"([{"port":80,"address":")" + std::string(address) + "\"}]"),
            HasSubstr("listen[0].address: must be an IPv4 or IPv6 address"));
    EXPECT_THAT(
        refusal_with("listen", R"([{"address":"::1","port":80},{"address":"::1","port":80}])"),
        HasSubstr("listen[1]: is listened on twice"));
    EXPECT_THAT(refusal_with("admin_listen", R"([{"address":"127.0.0.1","port":8080}])"),
                HasSubstr("admin_listen[0]: is listened on twice"));
}

TEST_F(ConfigurationTest, ChecksWhereClientCertificatesComeFrom) {
    auto const with = [&](std::string const& members) {
        return refusal_with("client_certificates", "{" + members + "}");
    };
    EXPECT_EQ(with(R"("proxy_header":"X-SSL-Client-Cert","url":"https://mtls.city.example:8444")"),
              "");
    for (auto const* url : {"http://mtls.city.example", "https://mtls.city.example/",
                            "https://mtls.city.example/a", "mtls.city.example"})
        EXPECT_THAT(with("\"url\":\"" + std::string(url) + "\""),
                    HasSubstr("client_certificates.url: must be https://host"))
            << url;
    for (auto const* field : {"Client Cert", "Client-Cert:", "Cl\u00efent"})
        EXPECT_THAT(with("\"proxy_header\":\"" + std::string(field) + "\""),
                    HasSubstr("client_certificates.proxy_header: must be the name of a field"))
            << field;
}

// threats.md X-22
TEST_F(ConfigurationTest, TakesSecretsByReferenceAlone) {
    auto const with_key = [&](std::string const& reference) {
        return refusal_with("keys", "{\"sealing_key\":" + reference + "}");
    };
    EXPECT_EQ(with_key(R"({"file":"secrets/sealing.key"})"), "");
    EXPECT_THAT(with_key("\"" + std::string(44, 'k') + "\""),
                HasSubstr("keys.sealing_key: must be an object"));
    EXPECT_THAT(with_key(R"({"file":"secrets/none"})"), HasSubstr("keys.sealing_key: cannot open"));
    EXPECT_THAT(with_key(R"({"file":"secrets/a\nb"})"), HasSubstr("secrets/a?b"));
    EXPECT_THAT(with_key(R"({"file":"secrets"})"), HasSubstr("is not a file"));
    EXPECT_THAT(with_key(R"({"env":"TUNNUS_NOT_SET"})"), HasSubstr("TUNNUS_NOT_SET is not set"));
    EXPECT_THAT(with_key("{}"), HasSubstr("keys.sealing_key: must have at least 1 members"));
    EXPECT_THAT(with_key(R"({"file":"a","env":"b"})"), HasSubstr("at most 1 members"));
    EXPECT_THAT(with_key(R"({"value":"a"})"),
                HasSubstr("keys.sealing_key.value: is not a known key"));
    write_secret("sealing.key", std::string(31, 'k') + "\r\n");
    EXPECT_THAT(with_key(R"({"file":"secrets/sealing.key"})"),
                HasSubstr("must have at least 32 bytes"));
    for (mode_t const mode : {0604U, 0602U, 0644U, 0666U}) {
        write_secret("sealing.key", std::string(44, 'k'), mode);
        EXPECT_THAT(with_key(R"({"file":"secrets/sealing.key"})"), HasSubstr("is open to others"))
            << mode;
    }
    write_secret("login.city.example.key", "key", 0644);
    write_secret("sealing.key", std::string(44, 'k'), 0640);
    EXPECT_EQ(with_key(R"({"file":"secrets/sealing.key"})"), "");
    EXPECT_THAT(refusal(read_text(example_file)), HasSubstr("listen[1].tls.key_file: "));
}

TEST_F(ConfigurationTest, NeverShowsAValueInAnError) {
    EXPECT_THAT(refusal_with("mail", R"({"smtp_url":"smtp://u:hunter2@h","from":"a@b.c"})"),
                testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(refusal_with("storage", R"({"url":"mariadb://u:hunter2@h/d"})"),
                testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(refusal_with("registration", R"({"initial_access_tokens":["hunter2"]})"),
                testing::Not(HasSubstr("hunter2")));
}

TEST_F(ConfigurationTest, ChecksWhereStorageAndMailAre) {
    for (auto const* url :
         {"sqlite:a.db", "mariadb://tunnus@db/tunnus", "mariadb://tunnus@db1,db2:3307/tunnus"})
        EXPECT_EQ(refusal_with("storage", "{\"url\":\"" + std::string(url) + "\"}"), "") << url;
    for (auto const* url :
         {"sqlite:", "postgres://u@h/d", "a.db", "mariadb://", "mariadb://h/d", "mariadb://u@h",
          "mariadb://u@/d", "mariadb://u@h/", "mariadb://u:p@h/d", "mariadb://@h/d"})
        EXPECT_THAT(refusal_with("storage", "{\"url\":\"" + std::string(url) + "\"}"),
                    HasSubstr("5: storage.url: "))
            << url;
    for (auto const* url : {"smtp://127.0.0.1:1025", "smtps://mail.example"})
        EXPECT_EQ(
            refusal_with("mail", R"({"from":"a@b.c","smtp_url":")" + std::string(url) + "\"}"), "")
            << url;
    for (auto const* url : {"", "mail.example:25", "http://mail.example", "smtp://u@mail.example",
                            "smtp://mail.example/x", "smtp://mail.example?x", "smtp://"})
        EXPECT_THAT(
            refusal_with("mail", R"({"from":"a@b.c","smtp_url":")" + std::string(url) + "\"}"),
            HasSubstr("mail.smtp_url: "))
            << url;
    for (auto const* from :
         {"", "x", "a@b.c, d@e.f", "A <a@b.c", "A <a@b.c> B", "A\\nB <a@b.c>", "A <<a@b.c>"})
        EXPECT_THAT(
            refusal_with("mail", R"({"smtp_url":"smtp://h","from":")" + std::string(from) + "\"}"),
            HasSubstr("mail.from: "))
            << from;
    EXPECT_THAT(
        refusal_with(
            "mail",
            R"({"smtp_url":"smtp://h","from":"a@b.c","password":{"file":"secrets/mail.password"}})"),
        HasSubstr("mail.user: is missing"));
}

// threats.md X-16
TEST_F(ConfigurationTest, RefusesTwoOfOneNameAndBadNames) {
    EXPECT_THAT(refusal_with("plugins", R"([{"name":"a1"},{"name":"a1"}])"),
                HasSubstr("plugins[1].name: is given to two plugins"));
    EXPECT_THAT(refusal_with("plugins", R"([{"name":"a1","amr":"m"},{"name":"a2","amr":"m"}])"),
                HasSubstr("plugins[1].amr: is given to two plugins"));
    EXPECT_THAT(refusal_with("plugins", R"([{"name":"a1","amr":"a b"}])"),
                HasSubstr("plugins[0].amr: must hold"));
    for (auto const* name : {"A1", "1a", "_a", "a-b", "a/b", "a.b"})
        EXPECT_THAT(refusal_with("plugins", R"([{"name":")" + std::string(name) + "\"}]"),
                    HasSubstr("plugins[0].name: must begin"));
    auto const realms = [&](std::string const& names) {
        return refusal_with("compatibility", R"({"keycloak_realms":)" + names + "}");
    };
    EXPECT_EQ(realms(R"(["helsinki-tunnistus","b_2"])"), "");
    EXPECT_THAT(realms(R"(["a","a"])"),
                HasSubstr("compatibility.keycloak_realms[1]: is given twice"));
    for (auto const* name : {"a/b", "a b", "{x}", "*", ".."})
        EXPECT_THAT(realms("[\"" + std::string(name) + "\"]"),
                    HasSubstr("keycloak_realms[0]: must"));
    EXPECT_THAT(refusal_with("clients", R"([{"client_id":"a"},{"client_id":"a"}])"),
                HasSubstr("clients[1].client_id: stands there twice"));
    EXPECT_THAT(refusal_with("clients", R"([{"client_name":"a"}])"),
                HasSubstr("clients[0].client_id: is missing"));
    std::string const trusted = R"({"issuer":"https://b.example","jwks":{},"clients":["a"]})";
    EXPECT_EQ(refusal_with("assertion_issuers", "[" + trusted + "]"), "");
    EXPECT_THAT(refusal_with("assertion_issuers", "[" + trusted + "," + trusted + "]"),
                HasSubstr("assertion_issuers[1].issuer: stands there twice"));
    EXPECT_THAT(refusal_with("assertion_issuers", R"([{"issuer":"https://b.example","jwks":{}}])"),
                HasSubstr("assertion_issuers[0].clients: is missing"));
}

TEST_F(ConfigurationTest, ChecksWhatDependsOnOtherKeys) {
    auto const keys = [](std::string_view more) {
        return R"({"sealing_key":{"file":"secrets/sealing.key"},)" + std::string(more) + "}";
    };
    EXPECT_EQ(refusal_with("keys", keys(R"("rotation":{"every":"2 d","announce":"1 d"})")), "");
    EXPECT_THAT(refusal_with("keys", keys(R"("rotation":{"every":"1 d"})")),
                HasSubstr("keys.rotation.announce: must be shorter"));
    EXPECT_EQ(refusal_with("limits", R"({"id_token_lifetime":"1 d"})"), "");
    EXPECT_EQ(refusal_with("limits", "{\n\"id_token_lifetime\":\"2 d\"}"),
              "5: limits.id_token_lifetime: must not be longer than keys.rotation.retire, 86400 s");
    for (auto const* name : {"access_token_lifetime", "id_token_lifetime", "logout_token_lifetime",
                             "response_jwt_lifetime"}) {
        auto const with = [&](std::string_view retire) {
            return refusal(
                minimal({{"keys", keys(R"("rotation":{"retire":")" + std::string(retire) + "\"}")},
                         {"limits", R"({")" + std::string(name) + R"(":"1 h"})"}}));
        };
        EXPECT_EQ(with("1 h"), "") << name;
        EXPECT_EQ(with("59 min"),
                  "3: keys.rotation.retire: must not be shorter than limits." + std::string(name));
    }
    auto const in_token = [&](std::string_view object) {
        return keys(
            R"("pkcs11":{"module":"/m.so","pin":{"file":"secrets/token.pin"},"objects":[{)" +
            std::string(object) + "}]}");
    };
    EXPECT_EQ(refusal_with("keys", in_token(R"("alg":"ES256","uri":"pkcs11:object=a")")), "");
    EXPECT_THAT(refusal_with("keys", in_token(R"("alg":"ES384","uri":"pkcs11:object=a")")),
                HasSubstr("keys.pkcs11.objects[0]: ES384 is not among keys.algorithms"));
    EXPECT_THAT(refusal_with("keys", in_token(R"("alg":"ES256","uri":"file:a.pem")")),
                HasSubstr("keys.pkcs11.objects[0]: uri must be one of pkcs11:"));
    EXPECT_THAT(refusal_with("keys", keys(R"("algorithms":["ES256","ES256"])")),
                HasSubstr("keys.algorithms[1]: is given twice"));
    EXPECT_THAT(refusal_with("keys", keys(R"("algorithms":["HS256"])")),
                HasSubstr("keys.algorithms[0]: must be one of"));
    EXPECT_THAT(refusal_with("registration", R"({"mode":"token"})"),
                HasSubstr("registration.initial_access_tokens: is missing"));
    EXPECT_THAT(refusal_with("trusted_proxies", R"(["10.0.0.1/8"])"),
                HasSubstr("trusted_proxies[0]: "));
    EXPECT_THAT(refusal_with("outbound", R"({"allow_addresses":["localhost"]})"),
                HasSubstr("outbound.allow_addresses[0]: "));
}

}  // namespace
}  // namespace tunnus
