// SPDX-License-Identifier: MIT
// What a SAML response costs, in CPU time of one thread: one that logs in, signed twice and
// encrypted, and the dearest of those that are refused. `saml_bench FOLDER` also writes the good
// message and the keys there, for peers; one line of JSON is printed.
#include "tests/saml/service_provider_world.hpp"

#include <boost/json.hpp>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace tunnus;
using namespace tunnus::saml;
using namespace tunnus::saml::test;

namespace {

constexpr std::size_t form_bytes = 65'536;  // of the field SAMLResponse, in base64
constexpr std::size_t document_bytes = form_bytes / 4 * 3;

double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A good message of this moment, for peers look at their clocks.
Message message_of_now(TimePoint now) {
    Message message;
    message.issue_instant = format_time(now);
    message.not_before = format_time(now - seconds(30));
    message.not_on_or_after = format_time(now + std::chrono::hours(1));
    message.authn_instant = format_time(now - seconds(5));
    return message;
}
World world_of(TimePoint now) {
    World world;
    world.now = now;
    world.pending.issued_at = now - seconds(60);
    return world;
}

/// CPU microseconds of one reading, the mean over a quarter of a second and more.
double cost_us(ServiceProvider const& provider, World const& world, std::string_view xml,
               std::string_view expected) {
    auto const form = posted(xml);
    auto const read = [&] {
        return word_of(provider.read_response(form, world.pending, world.now));
    };
    if (auto const word = read(); word != expected)
        throw std::runtime_error("not " + std::string(expected) + " but " + word);
    int rounds = 0;
    auto const begin = cpu_seconds();
    double spent = 0;
    while (spent < 0.25) {
        (void)read();
        ++rounds;
        spent = cpu_seconds() - begin;
    }
    return spent / rounds * 1e6;
}

/// The response with as much of `piece` before its end as makes `document_bytes`.
std::string filled(Message const& message, std::string const& piece, std::size_t most = 100'000) {
    auto text = FakeIdp::unsigned_response(message, fake_idp().assertion_part(message));
    std::string filling;
    while (text.size() + filling.size() + piece.size() + 2'000 < document_bytes && most-- > 0)
        filling += piece;
    replace(text, "</samlp:Response>", filling + "</samlp:Response>");
    return text;
}

/// Each element at the bottom sees all namespaces above it.
std::string levels_of_namespaces() {
    std::string begin;
    std::string end;
    for (int i = 0; i < 28; ++i) {
        auto const n = std::to_string(i);
        begin += "<e xmlns:a" + n + "=\"urn:a\" xmlns:b" + n + "=\"urn:b\">";
        end += "</e>";
    }
    for (int i = 0; i < 850; ++i)
        begin += R"(<a1:f b2:g="1" a3:h="2"></a1:f>)";
    return begin + end;
}

boost::json::object refused(World const& world, Message const& message) {
    // As in a roll-over of the identity provider's keys: each is tried.
    auto settings = world.settings;
    settings.idp.signing_certificates.insert(settings.idp.signing_certificates.begin(),
                                             fake_idp().sp_older.certificate());
    ServiceProvider const provider(library(), settings);
    auto const by_stranger = [&](std::string const& text) {
        return sign(text, fake_idp().stranger);
    };
    std::string flood = "<a";
    for (int i = 0; flood.size() + 12 < document_bytes; ++i)
        flood += " a" + std::to_string(i) + "=''";
    boost::json::object costs;
    auto const add = [&](std::string_view name, std::string const& text, std::string_view word) {
        if (text.size() > document_bytes)
            throw std::runtime_error("too large: " + std::string(name));
        costs[name] = cost_us(provider, world, text, word);
    };
    auto const plain = FakeIdp::unsigned_response(message, fake_idp().assertion_part(message));
    add("quadratic attributes", flood + "/>", "xml_tag_too_long");
    add("a stranger's signature", by_stranger(plain), "signature_invalid");
    add("a stranger's signature over one long text",
        by_stranger(filled(message, "<z>" + std::string(38'000, 'x') + "</z>", 1)),
        "signature_invalid");
    add("a stranger's signature over many elements",
        by_stranger(filled(message, R"(<y a="1" b="2"></y>)", 900)), "signature_invalid");
    add("a stranger's signature over many namespaces",
        by_stranger(filled(message, R"(<q:y xmlns:q="urn:q" q:a="1"></q:y>)", 60)),
        "signature_invalid");
    add("a stranger's signature over many levels of namespaces",
        by_stranger(filled(message, levels_of_namespaces(), 1)), "signature_invalid");
    add("no signature", filled(message, "<y></y>", 900), "signature_missing");
    add("nothing but ampersands", "<a>" + std::string(document_bytes - 10, '&') + "</a>",
        "xml_malformed");
    add("nothing but brackets", std::string(document_bytes, '<'), "xml_too_many_tags");
    Message tampered = message;
    tampered.edit_response = [](std::string& text) {
        auto const at = text.rfind("</xenc:CipherValue>");
        text[at - 40] = text[at - 40] == 'A' ? 'B' : 'A';
    };
    add("genuine around a damaged ciphertext", fake_idp().response(tampered), "decryption_failed");
    return costs;
}

void write_for_peers(std::filesystem::path const& folder, std::string const& response) {
    auto const write = [&](char const* name, std::string const& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
    };
    write("response.xml", response);
    write("idp.crt", fake_idp().signing.certificate_pem());
    write("sp.key", fake_idp().sp.private_pem());
    write("sp.crt", fake_idp().sp.certificate_pem());
}

}  // namespace

int main(int argc, char** argv) {
    auto const now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    auto const world = world_of(now);
    auto const message = message_of_now(now);
    auto const response = fake_idp().response(message);
    if (argc > 1) write_for_peers(argv[1], response);
    ServiceProvider const provider(library(), world.settings);
    boost::json::object const result{
        {"accepted_us", cost_us(provider, world, response, "accepted")},
        {"response_bytes", response.size()},
        {"entity_id", sp_entity_id},
        {"acs_url", acs_url},
        {"idp_entity_id", idp_entity_id},
        {"refused_us", refused(world, message)}};
    std::cout << result << '\n';
    return 0;
}
