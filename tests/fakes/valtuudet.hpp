// SPDX-License-Identifier: MIT
// Suomi.fi-valtuudet at the seam of HttpClient: what suomifi.md part 7 says of it, strict about
// every header, with faults that a test may choose. The same as a real server is
// tests/fakes/valtuudet/.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/http_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tunnus::fakes {

class Valtuudet {
  public:
    static constexpr std::string_view base_url = "https://valtuudet.example";
    static constexpr std::string_view client_id = "abcd1234";
    static constexpr std::string_view api_key = "test-api-key-0123456789";
    static constexpr std::string_view oauth_password = "oauth:pass word";
    static constexpr std::string_view rest_api_key = "test-rest-key-0123456789";

    explicit Valtuudet(Clock const& clock) : clock_(clock) {}

    struct Principal {
        std::string id;
        std::string name;
        std::vector<std::string> roles;
        bool complete = true;
    };
    /// By the delegate's identity code: for whom they may act. Change it at any time.
    std::map<std::string, std::vector<Principal>> persons;
    std::map<std::string, std::vector<Principal>> organisations;

    /// By call (`register`, `token`, `delegate`, …): the status it answers, or one of these.
    enum Fault : int { no_answer = 0, no_json = 1, other_json = 2, empty = 3, incomplete = 4 };
    std::map<std::string, int> faults;
    /// Signs the claims of an answer where one is asked for (suomifi.md 7.5); without it there is
    /// no such call. A test may change the claims on the way.
    std::function<std::string(boost::json::object claims)> sign;
    static constexpr std::string_view service_uuid = "0c5a2f8e-service";
    /// Every call in its order, and those whose checksum, password or session was refused.
    std::vector<std::string> calls;
    std::vector<std::string> refused;
    milliseconds clock_ahead{0};     ///< of ours
    std::string known_key{api_key};  ///< by which the checksums are judged
    std::int64_t expires_in = 599;

    /// The page where the person chooses: all that they may act for, or these. Gives the path and
    /// query to which the browser is sent back.
    std::string choose(std::string const& address, std::vector<std::string> const& ids = {}) {
        auto const query = form_of(address);
        auto& session = session_of_user(std::string(query.get("user")));
        session.chosen = ids;
        auto const code = "code-" + std::to_string(++codes_);
        codes_of_[code] = session.id;
        return back(query, "code=" + code);
    }
    static std::string cancel(std::string const& address) {
        return back(form_of(address), "error=access_denied");
    }
    void forget_sessions() { sessions_.clear(); }
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

    [[nodiscard]] Result<OutboundResponse> answer(OutboundRequest const& request) {
        if (!request.url.starts_with(base_url)) return Error(BaseErrc::unavailable, "elsewhere");
        auto const rest = request.url.substr(base_url.size());
        auto const path = rest.substr(0, rest.find('?'));
        auto const name = name_of(path);
        calls.push_back(name);
        if (auto const fault = faults.find(name); fault != faults.end()) {
            if (fault->second == no_answer) return Error(BaseErrc::unavailable, "no answer");
            if (fault->second == no_json) return OutboundResponse{200, {}, "<html>"};
            if (fault->second == other_json) return OutboundResponse{200, {}, "{\"else\":[]}"};
            if (fault->second >= 100)
                return json(fault->second, R"({"ReqID":"1","errorMessage":"no","errorCode":199})");
        }
        if (path == "/oauth/token") return token(request);
        if (!is_signed(request, rest, name == "rest" ? rest_api_key : known_key))
            return json(403, R"({"errorCode":106})");
        return service(request, segments(path), form_of(rest), name);
    }

  private:
    struct Session {
        std::string id;
        std::string delegate;
        bool of_person = true;
        std::vector<std::string> chosen = {};
        std::string token = {};
        TimePoint expires_at{};
    };
    using Segments = std::vector<std::string>;

    static Form form_of(std::string const& address) {
        auto const query = address.find('?');
        static constexpr std::string_view repeatable[] = {"issues", "issue"};
        return parse_form(query == std::string::npos ? "" : address.substr(query + 1), 64,
                          repeatable)
            .form;
    }
    static std::string back(Form const& query, std::string const& with) {
        std::string uri(query.get("redirect_uri"));
        uri = uri.substr(uri.find('/', uri.find("//") + 2));
        return uri + "?" + with + "&state=" + percent_encode(query.get("state"));
    }
    static OutboundResponse json(int status, std::string body) {
        return {status, {{"content-type", "application/json"}}, std::move(body)};
    }
    static OutboundResponse json(boost::json::value const& body) {
        return json(200, boost::json::serialize(body));
    }
    static Segments segments(std::string const& path) {
        Segments all;
        for (std::size_t at = 1; at <= path.size();) {
            auto const end = std::min(path.find('/', at), path.size());
            all.push_back(percent_decode(path.substr(at, end - at), Plus::is_plus).value());
            at = end + 1;
        }
        return all;
    }
    static std::string name_of(std::string const& path) {
        auto const all = segments(path);
        if (path == "/oauth/token") return "token";
        if (all.size() > 1 && all[1] == "rest") return "rest";
        return all.size() > 3 ? all[3] : "unknown";
    }
    static std::string header(OutboundRequest const& request, std::string_view name) {
        std::string found;
        for (auto const& [one, value] : request.headers)
            if (one == name) found = found.empty() ? value : "twice";
        return found;
    }
    bool is_signed(OutboundRequest const& request, std::string const& path, std::string_view key) {
        auto const value = header(request, "X-AsiointivaltuudetAuthorization");
        auto const first = value.find(' ');
        auto const second = value.find(' ', first + 1);
        if (second == std::string::npos || value.substr(0, first) != client_id)
            return refuse("header");
        auto const time = value.substr(first + 1, second - first - 1);
        std::tm parts{};
        auto const* rest = strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
        if (rest == nullptr || time.back() != 'Z') return refuse("time");
        auto const now = to_unix_s(clock_.now() + clock_ahead);
        if (std::llabs(now - static_cast<long long>(timegm(&parts))) > 300) return refuse("clock");
        auto const expected = encode_base64(hmac_sha256(key, path + " " + time));
        return value.substr(second + 1) == expected || refuse("checksum");
    }
    bool refuse(std::string why) {
        refused.push_back(std::move(why));
        return false;
    }

    Result<OutboundResponse> token(OutboundRequest const& request) {
        auto const basic =
            encode_base64(std::string(client_id) + ":" + std::string(oauth_password));
        auto const form = parse_form(request.body).form;
        if (request.method != "POST" || header(request, "Authorization") != "Basic " + basic) {
            refuse("password");
            return json(401, R"({"error":"invalid_client"})");
        }
        auto const found = codes_of_.find(std::string(form.get("code")));
        if (found == codes_of_.end() || form.get("grant_type") != "authorization_code" ||
            form.get("redirect_uri").empty() || !sessions_.contains(found->second))
            return json(400, R"({"error":"invalid_grant"})");
        auto& session = sessions_.at(found->second);
        codes_of_.erase(found);
        session.token = "access-" + session.id;
        session.expires_at = clock_.now() + seconds(expires_in);
        return json(boost::json::object{{"access_token", session.token},
                                        {"token_type", "bearer"},
                                        {"refresh_token", "never used"},
                                        {"expires_in", expires_in},
                                        {"scope", "read write trust"}});
    }

    Result<OutboundResponse> service(OutboundRequest const& request, Segments const& path,
                                     Form const& query, std::string const& name) {
        bool const of_person = path[1] == "hpa";
        if (name == "rest") return rest(request, path, query);
        if (name != "unregister" && query.get("requestId").empty()) return json(400, "{}");
        if (name == "register") {
            auto const& known = of_person ? persons : organisations;
            if (path[4] != client_id || !known.contains(path[5])) return json(403, "{}");
            auto const id = "sess-" + std::to_string(++made_);
            sessions_[id] = {.id = id, .delegate = path[5], .of_person = of_person};
            return json(boost::json::object{{"sessionId", id}, {"userId", "user-" + id}});
        }
        if (path[4] == "jwt") {
            auto plain = path;
            plain.erase(plain.begin() + 4);
            return as_jwt(service(request, plain, query, name), plain, query);
        }
        auto const found = sessions_.find(path[4]);
        if (found == sessions_.end()) return expired();
        if (name == "unregister") {
            sessions_.erase(found);
            return json(200, "true");
        }
        auto const& session = found->second;
        if (header(request, "Authorization") != "Bearer " + session.token ||
            session.token.empty() || clock_.now() >= session.expires_at ||
            session.of_person != of_person)
            return expired();
        if (name == "delegate") return json(delegates(session));
        if (name == "authorizationlist")
            return json(boost::json::object{
                {"roles", roles(session.delegate, path[5], query.all("issues"))},
                {"reasons", boost::json::array()}});
        if (name == "organizationRoles")
            return json(organisations_of(session, path.size() > 5 ? path[5] : ""));
        return json(404, "{}");
    }
    /// The signed form of an answer: suomifi.md 7.5.
    Result<OutboundResponse> as_jwt(Result<OutboundResponse> plain, Segments const& path,
                                    Form const& query) {
        if (!sign || !plain || plain->status != 200) return sign ? plain : json(404, "{}");
        auto const answer = boost::json::parse(plain->body);
        bool const of_person = path[1] == "hpa";
        auto const now = to_unix_s(clock_.now());
        boost::json::object claims{
            {"iss", "Suomi.fi-Valtuudet"},
            {"aud", boost::json::array{service_uuid}},
            {"sub", of_person ? "AuthorizationList" : "OrganizationalRoles"},
            {"end_user", sessions_.at(path[4]).delegate},
            {"requestId", query.get("requestId")},
            {"response", boost::json::serialize(of_person ? answer.at("roles") : answer)},
            {"reasons", "[]"},
            {"iat", now},
            {"exp", now + 60}};
        if (of_person) claims["principal"] = path[5];
        return OutboundResponse{
            200, {{"content-type", "application/jwt"}}, sign(std::move(claims))};
    }
    Result<OutboundResponse> rest(OutboundRequest const& request, Segments const& path,
                                  Form const& query) {
        if (path[4] != client_id || header(request, "X-userId").empty()) return json(400, "{}");
        return json(decision(path[5], path[6], query.all("issue")));
    }
    Result<OutboundResponse> expired() {
        refuse("session");
        return json(401, R"({"errorMessage":"session expired"})");
    }
    bool is_told(std::string const& call, Fault fault) const {
        auto const told = faults.find(call);
        return told != faults.end() && told->second == fault;
    }
    static bool is_chosen(Session const& session, std::string const& id) {
        return session.chosen.empty() ||
               std::find(session.chosen.begin(), session.chosen.end(), id) != session.chosen.end();
    }
    boost::json::array delegates(Session const& session) {
        boost::json::array all;
        if (is_told("delegate", empty)) return all;
        for (auto const& one : persons[session.delegate])
            if (is_chosen(session, one.id))
                all.push_back(boost::json::object{{"personId", one.id}, {"name", one.name}});
        return all;
    }
    /// Themes count only where they are asked for by name.
    boost::json::array roles(std::string const& delegate, std::string const& principal,
                             std::vector<std::string> const& issues) {
        boost::json::array all;
        if (is_told("authorizationlist", empty)) return all;
        for (auto const& one : persons[delegate]) {
            if (one.id != principal) continue;
            for (auto const& role : one.roles)
                if (role.find(':') == std::string::npos ||
                    std::find(issues.begin(), issues.end(), role) != issues.end())
                    all.push_back(boost::json::string(role));
        }
        return all;
    }
    boost::json::object decision(std::string const& delegate, std::string const& principal,
                                 std::vector<std::string> const& issues) {
        bool const allowed = !roles(delegate, principal, issues).empty();
        return {{"result", allowed ? "ALLOWED" : "DISALLOWED"}, {"reasons", boost::json::array()}};
    }
    boost::json::array organisations_of(Session const& session, std::string const& id) {
        boost::json::array all;
        if (is_told("organizationRoles", empty)) return all;
        bool const fails = is_told("organizationRoles", incomplete);
        for (auto const& one : organisations[session.delegate])
            if (is_chosen(session, one.id) && (id.empty() || id == one.id))
                all.push_back(boost::json::object{
                    {"identifier", one.id},
                    {"name", one.name},
                    {"complete", one.complete && !fails},
                    {"roles", fails ? boost::json::array()
                                    : boost::json::array(one.roles.begin(), one.roles.end())}});
        return all;
    }
    Session& session_of_user(std::string const& user) {
        return sessions_.at(user.substr(std::string("user-").size()));
    }

    Clock const& clock_;
    std::map<std::string, Session> sessions_;
    std::map<std::string, std::string> codes_of_;
    int made_ = 0;
    int codes_ = 0;
};

}  // namespace tunnus::fakes
