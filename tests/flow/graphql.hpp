// SPDX-License-Identifier: MIT
// The API for services at /graphql/ as its callers see it: `library` belongs to the service `books`
// (name and e-mail address), `parks` to `gardens` (telephone number and address), `bulletins`
// to one of its name (e-mail address), `profile-ui` is the city's own page, `kiosk` belongs to no
// service.
#pragma once

#include "tests/flow/story.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace tunnus::flow {

inline constexpr auto uma_ticket = "urn:ietf:params:oauth:grant-type:uma-ticket";

/// What an answer of the API says.
struct Told {
    HttpResponse response;
    boost::json::value body;

    /// By JSON pointer (RFC 6901) below `data`; null where there is nothing.
    [[nodiscard]] boost::json::value data(std::string const& pointer) const;
    /// The codes of its errors, in their order, separated by blanks; empty without.
    [[nodiscard]] std::string codes() const;
    /// The path of the error at this place, `myProfile.phones`.
    [[nodiscard]] std::string path(std::size_t at = 0) const;
};

/// A configuration with those services in it.
[[nodiscard]] std::string with_api(std::string configuration);

/// The token for the API that the page's and others' scripts get for that of a login.
[[nodiscard]] std::string api_token(Product& product, std::string const& login_token);

/// A call as a service or a script of this origin makes it.
[[nodiscard]] HttpResponse call_api(Product& product, std::string const& token, std::string body,
                                    std::string const& origin = {});
[[nodiscard]] Told ask_api(Product& product, std::string const& token, std::string const& query,
                           boost::json::object const& variables = {});

class GraphqlStory : public Story {
  protected:
    explicit GraphqlStory(
        std::string const& configuration = with_api(Product::shared_configuration()))
        : Story(configuration) {}

    /// After a login of Matti's at this service, with all that it asks for allowed.
    std::string token_of(Service const& service) {
        auto const code = code_of_a_login(service);
        return api_token(product,
                         std::string(json_of(service.redeem(code)).at("access_token").as_string()));
    }
    Told ask(std::string const& token, std::string const& query,
             boost::json::object const& variables = {}) {
        return ask_api(product, token, query, variables);
    }
    /// Edits as the city's own page does.
    Told update(boost::json::object profile) {
        return ask(own,
                   "mutation($input: UpdateMyProfileMutationInput!)"
                   "{ updateMyProfile(input: $input) { profile { firstName lastName nickname "
                   "language contactMethod primaryEmail { id email verified emailType } "
                   "emails { edges { node { id email primary verified } } } "
                   "primaryPhone { id phone phoneType } "
                   "phones { edges { node { id phone primary } } } "
                   "primaryAddress { id address postalCode city countryCode addressType } "
                   "addresses { edges { node { id city primary } } } } clientMutationId } }",
                   {{"input", {{"profile", std::move(profile)}, {"clientMutationId", "17"}}}});
    }
    std::int64_t versions() { return product.count("SELECT SUM(version) FROM profile_light"); }

    Service page{product, "profile-ui", "https://profile-ui.example/cb", false};
    std::string own = token_of(page);
};

}  // namespace tunnus::flow
