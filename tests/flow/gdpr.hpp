// SPDX-License-Identifier: MIT
// Services that hold data of Matti's and have the API of citizen-services.md 3.1: `books` and
// `gardens`, which he permits something, and `bulletins`. Each answers as a test says, and every
// call is kept.
#pragma once

#include "tests/flow/graphql.hpp"

#include <algorithm>
#include <mutex>

namespace tunnus::flow {

/// The configuration with those APIs in it.
[[nodiscard]] inline std::string with_gdpr(std::string configuration) {
    auto const give = [&](std::string const& client, std::string const& service,
                          std::string const& path) {
        std::string const place = R"("client_ids": [")" + client + R"("],)";
        auto const at = configuration.find(place);
        if (at == std::string::npos) throw std::logic_error("no " + place);
        configuration.insert(at + place.size(), R"( "gdpr": {"url": "https://)" + service +
                                                    R"(.example/)" + path +
                                                    R"(", "query_scope": ")" + service +
                                                    R"(.query", "delete_scope": ")" + service +
                                                    R"(.delete", "audience": ")" + service +
                                                    R"(-api"},
            )");
    };
    give("library", "books", "gdpr/$user_uuid");
    give("parks", "gardens", "gdpr/v1/profiles");
    give("bulletins", "bulletins", "gdpr?of=$profile_id");
    return configuration;
}

class GdprStory : public GraphqlStory {
  protected:
    explicit GdprStory(
        std::string const& configuration = with_gdpr(with_api(Product::shared_configuration())))
        : GraphqlStory(configuration) {
        product.http.set_server([this](OutboundRequest const& request) { return serve(request); });
    }

    using Answer = std::function<Result<OutboundResponse>()>;
    static OutboundResponse json(int status, std::string body,
                                 std::string const& type = "application/json") {
        return {status, {{"content-type", type}}, std::move(body)};
    }
    /// 403 with a reason in Finnish and Swedish.
    static OutboundResponse refusal() {
        return json(403, R"({"errors": [{"code": "LOANS_OUT", "message":
            {"fi": "Sinulla on <lainoja>.", "sv": "Du har lån."}}]})");
    }

    Result<OutboundResponse> serve(OutboundRequest const& request) {
        auto const service = request.url.substr(8, request.url.find('.') - 8);
        bool const is_dry_run = request.url.ends_with("dry_run=true");
        auto const what = service + " " + request.method + (is_dry_run ? " dry" : "");
        Answer answer;
        {
            std::scoped_lock const lock(mutex);
            calls.push_back(what);
            requests[what] = request;
            if (auto const said = answers.find(what); said != answers.end()) answer = said->second;
        }
        if (answer) return answer();
        if (request.method == "DELETE") return OutboundResponse{204, {}, {}};
        return json(200, R"({"key": "SERVICE", "children": [{"key": "LOAN", "value": "data of )" +
                             service + "\"}]}");
    }
    void answers_with(std::string const& what, Answer answer) {
        std::scoped_lock const lock(mutex);
        answers[what] = std::move(answer);
    }
    std::size_t count_of(std::string const& what) {
        std::scoped_lock const lock(mutex);
        return static_cast<std::size_t>(std::ranges::count(calls, what));
    }
    std::size_t erasures() { return count_of("books DELETE") + count_of("gardens DELETE"); }
    /// The claims of the token of the newest such call.
    boost::json::object token_of_call(std::string const& what) {
        for (auto const& [name, field] : requests.at(what).headers)
            if (name == "Authorization") return payload_of(field.substr(7));
        throw std::logic_error("no token");
    }

    Told erase(bool is_dry_run = false) {
        return ask(own,
                   "mutation($dry: Boolean) { deleteMyProfile(input: {authorizationCode: \"\", "
                   "dryRun: $dry}) { results { dryRun success service { name } "
                   "errors { code message { lang text } } } } }",
                   {{"dry", is_dry_run}});
    }
    Told erase_service(std::string const& name, bool is_dry_run = false) {
        return ask(own,
                   "mutation($name: String!, $dry: Boolean) { deleteMyServiceData(input: "
                   "{authorizationCode: \"\", serviceName: $name, dryRun: $dry}) { result { dryRun "
                   "success service { name } errors { code message { lang text } } } } }",
                   {{"name", name}, {"dry", is_dry_run}});
    }
    std::int64_t people() { return product.count("SELECT COUNT(*) FROM users"); }
    std::int64_t permissions() {
        return product.count(
            "SELECT COUNT(*) FROM consents WHERE withdrawn_at IS NULL AND "
            "client_id IN ('library', 'parks', 'bulletins')");
    }
    /// The job after so long, with Matti's session as old.
    void job_after(seconds wait) {
        product.clock.advance(wait);
        product.run_job("profile.gdpr");
    }

    std::mutex mutex;
    std::vector<std::string> calls;
    std::map<std::string, OutboundRequest> requests;  ///< the newest of each
    std::map<std::string, Answer> answers;
    std::string books = token_of(library);
    std::string gardens = token_of(parks);
};

}  // namespace tunnus::flow
