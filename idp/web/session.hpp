// SPDX-License-Identifier: MIT
// One connection from its first byte to its last: read a request, hand it over, write the answer,
// again.
#pragma once

#include "idp/web/reactor.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace tunnus::web {

/// Begins to serve an admitted connection. One request is in hand at a time: pipelined ones wait in
/// the buffer of one header's size and then in the kernel, so they are answered in order and a
/// client that does not read its answers stops being read (threats.md H-07).
void start_session(Reactor& reactor, Listener const& listener, boost::asio::ip::tcp::socket socket,
                   IpAddress const& peer);

}  // namespace tunnus::web
