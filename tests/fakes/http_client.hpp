// SPDX-License-Identifier: MIT
// Other servers, as a function of the request. It keeps what was asked.
#pragma once

#include "idp/base/http_client.hpp"

#include <functional>
#include <mutex>
#include <vector>

namespace tunnus::fakes {

class FakeHttpClient final : public HttpClient {
  public:
    using Server = std::function<Result<OutboundResponse>(OutboundRequest const&)>;
    /// Without a server every call is BaseErrc::unavailable.
    FakeHttpClient() = default;
    explicit FakeHttpClient(Server server) : server_(std::move(server)) {}

    void set_server(Server server) {
        std::scoped_lock const lock(mutex_);
        server_ = std::move(server);
    }
    [[nodiscard]] Result<OutboundResponse> send(OutboundRequest const& request) override {
        Server server;
        {
            std::scoped_lock const lock(mutex_);
            requests_.push_back(request);
            server = server_;
        }
        if (!server) return Error(BaseErrc::unavailable, "no server at " + request.url);
        return server(request);
    }
    [[nodiscard]] std::vector<OutboundRequest> requests() const {
        std::scoped_lock const lock(mutex_);
        return requests_;
    }

  private:
    mutable std::mutex mutex_;
    Server server_;
    std::vector<OutboundRequest> requests_;
};

}  // namespace tunnus::fakes
