// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql_schema.hpp"

#include "plugins/profile/claims.hpp"
#include "plugins/profile/graphql/schema_builder.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace tunnus::plugin::profile {
namespace {

using graphql::ArgumentDeclaration;
using graphql::FieldOptions;

/// How many nodes a connection is expected to hold at most: what is asked of each counts so many
/// times, or fewer where `first` or `last` says so (FieldOptions::items).
namespace expected {
constexpr std::uint32_t contacts = 20;  ///< as limits.profile_contacts is at first
constexpr std::uint32_t data_fields = 10;
constexpr std::uint32_t profiles = 20;
constexpr std::uint32_t services = 100;
}  // namespace expected

/// What fields cost, of Bounds::cost, whose answer is not in their parent.
namespace costs {
constexpr std::uint32_t page = 2;     ///< a page of what belongs to the parent
constexpr std::uint32_t look_up = 5;  ///< a query of its own
constexpr std::uint32_t search = 20;  ///< among all persons
constexpr std::uint32_t change = 20;
constexpr std::uint32_t services = 100;  ///< calls to every connected service
}  // namespace costs

/// Declares types whose fields take their resolvers from the table.
class Declaration {
  public:
    explicit Declaration(ResolverTable resolvers) : resolvers_(std::move(resolvers)) {}

    class Object {
      public:
        Object(Declaration& whole, std::string name, graphql::TypeBuilder type)
            : whole_(whole), name_(std::move(name)), type_(type) {}
        Object& implements(char const* interface) {
            type_.implements(interface);
            return *this;
        }
        Object& field(char const* name, char const* type, FieldOptions options = {}) {
            options.resolve = whole_.take(name_ + "." + name);
            type_.field(name, type, std::move(options));
            return *this;
        }

      private:
        Declaration& whole_;
        std::string name_;
        graphql::TypeBuilder type_;
    };

    Object object(char const* name, char const* description = "") {
        return {*this, name, schema.object(name, description)};
    }
    void enumeration(char const* name, std::initializer_list<char const*> values) {
        auto type = schema.enumeration(name);
        for (auto const* const value : values)
            type.value(value);
    }
    void input(char const* name,
               std::initializer_list<std::pair<char const*, char const*>> fields) {
        auto type = schema.input_object(name);
        for (auto const& [field, of] : fields)
            type.input(field, of);
    }
    /// A Relay connection of nodes with its edges; how many there are is said by the fields that
    /// lead to it, where `first` and `last` stand.
    Object connection(std::string const& node) {
        object((node + "Edge").c_str()).field("node", node.c_str()).field("cursor", "String!");
        return object((node + "Connection").c_str())
            .field("pageInfo", "PageInfo!")
            .field("edges", ("[" + node + "Edge]!").c_str());
    }

    void check_all_taken() const {
        if (!resolvers_.empty())
            throw std::logic_error("GraphQL schema: no field " + resolvers_.begin()->first);
    }

    graphql::SchemaBuilder schema;

  private:
    graphql::Resolver take(std::string const& name) {
        auto node = resolvers_.extract(name);
        if (!node.empty()) return std::move(node.mapped());
        if (name.starts_with("Query.") || name.starts_with("Mutation."))
            throw std::logic_error("GraphQL schema: no resolver for " + name);
        return {};
    }

    ResolverTable resolvers_;
};

std::vector<ArgumentDeclaration> page_arguments(std::vector<ArgumentDeclaration> further = {}) {
    std::vector<ArgumentDeclaration> arguments{{"offset", "Int"},
                                               {"before", "String"},
                                               {"after", "String"},
                                               {"first", "Int"},
                                               {"last", "Int"}};
    std::ranges::move(further, std::back_inserter(arguments));
    return arguments;
}
FieldOptions page(std::uint32_t items, char const* permission = "") {
    return {.arguments = page_arguments(),
            .permission = permission,
            .cost = costs::page,
            .items = items};
}
FieldOptions translated() {
    return {.arguments = {{"language", "TranslationLanguage"}}};
}
FieldOptions only(char const* permission) {
    return {.permission = permission};
}
FieldOptions old(char const* reason) {
    return {.deprecated = reason};
}

bool is_text(boost::json::value const& value) {
    return value.is_string();
}
/// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(boost::json::value const& value) {
    if (!value.is_string() || value.get_string().size() != 36) return false;
    for (std::size_t i = 0; i < 36; ++i) {
        char const c = value.get_string()[i];
        bool const hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        bool const digit =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (hyphen ? c != '-' : !digit) return false;
    }
    return true;
}

void declare_basics(Declaration& api) {
    api.schema.scalar("DateTime", "A time by ISO 8601.", &is_text);
    api.schema.scalar("UUID", "", &is_uuid);
    api.schema.scalar("JSONString", "A string that holds JSON.", &is_text);
    api.schema.interface("Node", "Whatever has an identifier of its own.").field("id", "ID!");
    api.object("PageInfo")
        .field("hasNextPage", "Boolean!")
        .field("hasPreviousPage", "Boolean!")
        .field("startCursor", "String")
        .field("endCursor", "String");
    api.enumeration("Language", {"FINNISH", "ENGLISH", "SWEDISH"});
    api.enumeration("TranslationLanguage", {"FI", "EN", "SV"});
    api.enumeration("ContactMethod", {"EMAIL", "SMS"});
    api.enumeration("EmailType", {"NONE", "WORK", "PERSONAL", "OTHER"});
    api.enumeration("PhoneType", {"NONE", "WORK", "HOME", "MOBILE", "OTHER"});
    api.enumeration("AddressType", {"NONE", "WORK", "HOME", "OTHER"});
    api.enumeration("LoginMethodType", {"PASSWORD", "OTP", "SUOMI_FI"});
    auto types = api.schema.enumeration(
        "ServiceType", "Older names of services. Given anywhere, it is not looked at.");
    for (auto const* const name :
         {"HKI_MY_DATA", "BERTH", "YOUTH_MEMBERSHIP", "GODCHILDREN_OF_CULTURE"})
        types.value(name, "", "The service is known by the token.");
}

void declare_services(Declaration& api) {
    api.object("AllowedDataFieldNode", "A kind of data that a service may read.")
        .implements("Node")
        .field("id", "ID!")
        .field("fieldName", "String!")
        .field("order", "Int!")
        .field("label", "String", translated());
    api.connection("AllowedDataFieldNode");
    api.object("ServiceNode", "A service that uses the profile.")
        .implements("Node")
        .field("id", "ID!")
        .field("name", "String!")
        .field("title", "String", translated())
        .field("description", "String", translated())
        .field("privacyPolicyUrl", "String", translated())
        .field("termsOfUseUrl", "String", translated())
        .field("allowedDataFields", "AllowedDataFieldNodeConnection!", page(expected::data_fields))
        .field("createdAt", "DateTime",
               {.description = "It is always null: the registry does not keep it."})
        .field("gdprUrl", "String!")
        .field("gdprQueryScope", "String!")
        .field("gdprDeleteScope", "String!")
        .field("requiresServiceConnection", "Boolean!")
        .field("type", "ServiceType", old("Use name."));
    api.connection("ServiceNode");
    api.object("ServiceConnectionType", "A person's permission for a service.")
        .implements("Node")
        .field("id", "ID!")
        .field("service", "ServiceNode!")
        .field("createdAt", "DateTime!")
        .field("enabled", "Boolean!");
    api.connection("ServiceConnectionType");
}

void declare_contacts(Declaration& api) {
    api.object("EmailNode")
        .implements("Node")
        .field("id", "ID!")
        .field("primary", "Boolean!")
        .field("email", "String!")
        .field("emailType", "EmailType")
        .field("verified", "Boolean!");
    api.object("PhoneNode")
        .implements("Node")
        .field("id", "ID!")
        .field("primary", "Boolean!")
        .field("phone", "String!")
        .field("phoneType", "PhoneType");
    api.object("AddressNode")
        .implements("Node")
        .field("id", "ID!")
        .field("primary", "Boolean!")
        .field("address", "String!")
        .field("postalCode", "String!")
        .field("city", "String!")
        .field("countryCode", "String!")
        .field("addressType", "AddressType");
    for (auto const* const node : {"EmailNode", "PhoneNode", "AddressNode"})
        api.connection(node);
}

void declare_official_data(Declaration& api) {
    api.object("VerifiedPersonalInformationAddressNode")
        .field("streetAddress", "String!")
        .field("postalCode", "String!")
        .field("postOffice", "String!");
    api.object("VerifiedPersonalInformationForeignAddressNode")
        .field("streetAddress", "String!")
        .field("additionalAddress", "String!")
        .field("countryCode", "String!");
    auto const address = only(data_field::address);
    api.object("VerifiedPersonalInformationNode",
               "What the population register says; served at strong levels alone.")
        .field("firstName", "String", only(data_field::name))
        .field("lastName", "String", only(data_field::name))
        .field("givenName", "String", only(data_field::name))
        .field("nationalIdentificationNumber", "String", only(data_field::personal_identity_code))
        .field("municipalityOfResidence", "String", only(data_field::municipality))
        .field("municipalityOfResidenceNumber", "String", only(data_field::municipality))
        .field("permanentAddress", "VerifiedPersonalInformationAddressNode", address)
        .field("temporaryAddress", "VerifiedPersonalInformationAddressNode", address)
        .field("permanentForeignAddress", "VerifiedPersonalInformationForeignAddressNode", address);
    api.object("SensitiveDataNode").implements("Node").field("id", "ID!").field("ssn", "String!");
}

/// What ProfileNode and RestrictedProfileNode have in common.
void declare_light_data(Declaration::Object& profile) {
    profile.implements("Node")
        .field("id", "ID!")
        .field("firstName", "String", only(data_field::name))
        .field("lastName", "String", only(data_field::name))
        .field("nickname", "String", only(data_field::name))
        .field("language", "Language")
        .field("contactMethod", "ContactMethod")
        .field("image", "String", old("It is always null."))
        .field("primaryEmail", "EmailNode", only(data_field::email))
        .field("primaryPhone", "PhoneNode", only(data_field::phone))
        .field("primaryAddress", "AddressNode", only(data_field::address))
        .field("emails", "EmailNodeConnection", page(expected::contacts, data_field::email))
        .field("phones", "PhoneNodeConnection", page(expected::contacts, data_field::phone))
        .field("addresses", "AddressNodeConnection", page(expected::contacts, data_field::address));
}

void declare_profiles(Declaration& api) {
    api.object("LoginMethodNode", "A way in which the person can sign in.")
        .field("method", "LoginMethodType!")
        .field("createdAt", "DateTime")
        .field("userLabel", "String")
        .field("credentialId", "String");
    auto profile = api.object("ProfileNode", "A person.");
    declare_light_data(profile);
    profile.field("loginMethods", "[LoginMethodType]", old("Use availableLoginMethods."))
        .field("availableLoginMethods", "[LoginMethodNode]", {.cost = costs::look_up})
        .field("sensitivedata", "SensitiveDataNode", only(data_field::personal_identity_code))
        .field("serviceConnections", "ServiceConnectionTypeConnection",
               {.arguments = page_arguments(), .cost = costs::look_up, .items = expected::services})
        .field("verifiedPersonalInformation", "VerifiedPersonalInformationNode",
               {.cost = costs::look_up});
    api.connection("ProfileNode").field("count", "Int!").field("totalCount", "Int!");
    auto restricted =
        api.object("RestrictedProfileNode", "What an access token for a profile lets read.");
    declare_light_data(restricted);
}

void declare_queries(Declaration& api) {
    ArgumentDeclaration const service_type{"serviceType", "ServiceType"};
    std::vector<ArgumentDeclaration> filters{service_type, {"id", "[UUID!]"}};
    for (auto const* const name :
         {"firstName", "lastName", "nickname", "nationalIdentificationNumber", "emails_Email",
          "emails_EmailType", "phones_Phone", "phones_PhoneType", "addresses_Address",
          "addresses_PostalCode", "addresses_City", "addresses_CountryCode",
          "addresses_AddressType", "language", "orderBy"})
        filters.push_back({name, "String"});
    for (auto const* const name :
         {"emails_Primary", "emails_Verified", "phones_Primary", "addresses_Primary"})
        filters.push_back({name, "Boolean"});
    api.object("Query")
        .field("myProfile", "ProfileNode", {.cost = costs::look_up})
        .field("profile", "ProfileNode",
               {.arguments = {{"id", "ID!"}, service_type}, .cost = costs::look_up})
        .field("profiles", "ProfileNodeConnection",
               {.arguments = page_arguments(std::move(filters)),
                .cost = costs::search,
                .items = expected::profiles})
        .field("downloadMyProfile", "JSONString",
               {.arguments = {{"authorizationCode", "String!"}}, .cost = costs::services})
        .field("claimableProfile", "ProfileNode",
               {.arguments = {{"token", "UUID!"}}, .cost = costs::look_up})
        .field("profileWithAccessToken", "RestrictedProfileNode",
               {.arguments = {{"token", "UUID!"}}, .cost = costs::look_up})
        .field("serviceConnectionWithUserId", "ServiceConnectionType",
               {.arguments = {{"userId", "UUID!"}, {"serviceClientId", "String!"}},
                .cost = costs::look_up})
        .field("services", "ServiceNodeConnection",
               {.arguments = page_arguments({{"clientId", "String"}}),
                .cost = costs::look_up,
                .items = expected::services});
}

void declare_profile_inputs(Declaration& api) {
    api.input("CreateEmailInput",
              {{"primary", "Boolean"}, {"email", "String!"}, {"emailType", "EmailType!"}});
    api.input("CreatePhoneInput",
              {{"primary", "Boolean"}, {"phone", "String!"}, {"phoneType", "PhoneType!"}});
    api.input("CreateAddressInput", {{"countryCode", "String"},
                                     {"primary", "Boolean"},
                                     {"address", "String!"},
                                     {"postalCode", "String!"},
                                     {"city", "String!"},
                                     {"addressType", "AddressType!"}});
    api.input(
        "UpdateEmailInput",
        {{"primary", "Boolean"}, {"id", "ID!"}, {"email", "String"}, {"emailType", "EmailType"}});
    api.input(
        "UpdatePhoneInput",
        {{"primary", "Boolean"}, {"id", "ID!"}, {"phone", "String"}, {"phoneType", "PhoneType"}});
    api.input("UpdateAddressInput", {{"countryCode", "String"},
                                     {"primary", "Boolean"},
                                     {"id", "ID!"},
                                     {"address", "String"},
                                     {"postalCode", "String"},
                                     {"city", "String"},
                                     {"addressType", "AddressType"}});
    api.input("SensitiveDataFields", {{"ssn", "String"}});
    for (auto const* const name : {"ProfileInput", "CreateProfileInput", "UpdateProfileInput"}) {
        auto input = api.schema.input_object(name);
        if (std::string_view(name) == "UpdateProfileInput") input.input("id", "ID!");
        for (auto const* const field : {"firstName", "lastName", "nickname", "image"})
            input.input(field, "String");
        input.input("language", "Language").input("contactMethod", "ContactMethod");
        for (std::string const kind : {"Email", "Phone", "Address"}) {
            auto const plural = kind + (kind == "Address" ? "es" : "s");
            input.input("add" + plural, "[Create" + kind + "Input]")
                .input("update" + plural, "[Update" + kind + "Input]")
                .input("remove" + plural, "[ID]");
        }
        input.input("sensitivedata", "SensitiveDataFields");
    }
}

void declare_official_inputs(Declaration& api) {
    api.input("VerifiedPersonalInformationAddressInput",
              {{"streetAddress", "String"}, {"postalCode", "String"}, {"postOffice", "String"}});
    api.input(
        "VerifiedPersonalInformationForeignAddressInput",
        {{"streetAddress", "String"}, {"additionalAddress", "String"}, {"countryCode", "String"}});
    api.input("VerifiedPersonalInformationInput",
              {{"firstName", "String"},
               {"lastName", "String"},
               {"givenName", "String"},
               {"nationalIdentificationNumber", "String"},
               {"municipalityOfResidence", "String"},
               {"municipalityOfResidenceNumber", "String"},
               {"permanentAddress", "VerifiedPersonalInformationAddressInput"},
               {"temporaryAddress", "VerifiedPersonalInformationAddressInput"},
               {"permanentForeignAddress", "VerifiedPersonalInformationForeignAddressInput"}});
    api.input("EmailInput", {{"email", "String!"}, {"verified", "Boolean"}});
    api.input("ProfileWithVerifiedPersonalInformationInput",
              {{"firstName", "String"},
               {"lastName", "String"},
               {"verifiedPersonalInformation", "VerifiedPersonalInformationInput"},
               {"primaryEmail", "EmailInput"}});
}

void declare_results(Declaration& api) {
    api.object("TranslatedMessage").field("lang", "String!").field("text", "String!");
    api.object("ServiceConnectionDeletionError")
        .field("code", "String!")
        .field("message", "[TranslatedMessage!]!");
    api.object("ServiceConnectionDeletionResult")
        .field("service", "ServiceNode!")
        .field("dryRun", "Boolean!")
        .field("success", "Boolean!")
        .field("errors", "[ServiceConnectionDeletionError!]!", {.items = 5});
    api.object("TemporaryReadAccessTokenNode")
        .field("token", "UUID!")
        .field("expiresAt", "DateTime");
    api.object("ProfileWithVerifiedPersonalInformationOutput")
        .implements("Node")
        .field("id", "ID!");
}

/// A mutation by Relay's custom: one input, one payload. `echo`: both carry clientMutationId.
struct Mutation {
    char const* field;
    char const* type;  ///< the stem of its types
    std::vector<std::pair<char const*, char const*>> input;
    std::pair<char const*, char const*> payload;
    bool echo = true;
    std::uint32_t cost = costs::change;
    std::optional<std::string> deprecated = {};
};

void declare_mutations(Declaration& api) {
    api.input("ServiceInput", {{"type", "ServiceType"}});
    api.input("ServiceConnectionInput", {{"service", "ServiceInput"}, {"enabled", "Boolean"}});
    std::pair<char const*, char const*> const profile{"profile", "ProfileNode"};
    std::pair<char const*, char const*> const code{"authorizationCode", "String!"};
    std::vector<std::pair<char const*, char const*>> const official{
        {"userId", "UUID!"},
        {"serviceClientId", "String"},
        {"profile", "ProfileWithVerifiedPersonalInformationInput!"}};
    std::vector<Mutation> const mutations{
        {"addServiceConnection",
         "AddServiceConnection",
         {{"serviceConnection", "ServiceConnectionInput!"}},
         {"serviceConnection", "ServiceConnectionType"}},
        {"createMyProfile", "CreateMyProfile", {{"profile", "ProfileInput!"}}, profile},
        {"createProfile",
         "CreateProfile",
         {{"serviceType", "ServiceType"}, {"profile", "CreateProfileInput!"}},
         profile},
        {"createOrUpdateProfileWithVerifiedPersonalInformation",
         "CreateOrUpdateProfileWithVerifiedPersonalInformation",
         official,
         {"profile", "ProfileWithVerifiedPersonalInformationOutput"},
         false,
         costs::change,
         "Use createOrUpdateUserProfile."},
        {"createOrUpdateUserProfile", "CreateOrUpdateUserProfile", official, profile, false},
        {"updateMyProfile", "UpdateMyProfile", {{"profile", "ProfileInput!"}}, profile},
        {"updateProfile",
         "UpdateProfile",
         {{"serviceType", "ServiceType"}, {"profile", "UpdateProfileInput!"}},
         profile},
        {"deleteMyProfile",
         "DeleteMyProfile",
         {code, {"dryRun", "Boolean"}},
         {"results", "[ServiceConnectionDeletionResult!]!"},
         true,
         costs::services},
        {"deleteMyServiceData",
         "DeleteMyServiceData",
         {code, {"serviceName", "String!"}, {"dryRun", "Boolean"}},
         {"result", "ServiceConnectionDeletionResult!"},
         false,
         costs::services},
        {"claimProfile",
         "ClaimProfile",
         {{"token", "UUID!"}, {"profile", "ProfileInput"}},
         profile},
        {"createMyProfileTemporaryReadAccessToken",
         "CreateMyProfileTemporaryReadAccessToken",
         {},
         {"temporaryReadAccessToken", "TemporaryReadAccessTokenNode"}},
    };
    auto type = api.object("Mutation");
    for (auto const& mutation : mutations) {
        auto const stem = std::string(mutation.type) + "Mutation";
        auto input = api.schema.input_object(stem + "Input");
        for (auto const& [name, of] : mutation.input)
            input.input(name, of);
        auto payload = api.object((stem + "Payload").c_str());
        payload.field(mutation.payload.first, mutation.payload.second);
        if (mutation.echo) {
            input.input("clientMutationId", "String");
            payload.field("clientMutationId", "String");
        }
        type.field(mutation.field, (stem + "Payload").c_str(),
                   {.arguments = {{"input", stem + "Input!"}},
                    .cost = mutation.cost,
                    .deprecated = mutation.deprecated});
    }
}

}  // namespace

graphql::Schema make_graphql_schema(ResolverTable resolvers) {
    Declaration api(std::move(resolvers));
    declare_queries(api);
    declare_mutations(api);
    declare_profiles(api);
    declare_contacts(api);
    declare_official_data(api);
    declare_services(api);
    declare_results(api);
    declare_profile_inputs(api);
    declare_official_inputs(api);
    declare_basics(api);
    api.check_all_taken();
    return std::move(api.schema).build();
}

}  // namespace tunnus::plugin::profile
