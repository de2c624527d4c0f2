// SPDX-License-Identifier: MIT
// Three MariaDB servers that replicate to each other by Galera, on loopback (threats.md 8.4).
#pragma once

#include "tests/fakes/mariadb_server.hpp"

#include <array>

namespace tunnus::fakes {

class GaleraCluster {
  public:
    static constexpr std::size_t size = 3;

    GaleraCluster() {
        write_handover();
        for (auto& ports : ports_)
            for (auto& port : ports)
                port = free_port();
        // The first one's state, once it has one, is everybody's: nobody needs a copy of another's.
        nodes_[0] = std::make_unique<MariadbServer>(options_of(0), folder_.file(""), nullptr);
        nodes_[0]->begin({"--wsrep-new-cluster"});
        wait_until_synced(0);
        nodes_[0]->stop(SIGTERM);
        for (std::size_t i = 1; i < size; ++i) {
            nodes_[i] =
                std::make_unique<MariadbServer>(options_of(i), folder_.file(""), nodes_[0].get());
            std::filesystem::remove(nodes_[i]->data() + "/galera.cache");
        }
        nodes_[0]->begin({"--wsrep-new-cluster"});
        wait_until_synced(0);
        for (std::size_t i = 1; i < size; ++i)
            nodes_[i]->begin();
        for (std::size_t i = 1; i < size; ++i)
            wait_until_synced(i);
    }

    [[nodiscard]] MariadbServer& node(std::size_t i) { return *nodes_[i]; }
    /// One database on all nodes, this one preferred.
    [[nodiscard]] std::string url(std::string const& database, std::size_t first = 0) const {
        std::string hosts;
        for (std::size_t i = 0; i < size; ++i)
            hosts += (i == 0 ? "" : ",") + host((first + i) % size);
        return "mariadb://tunnus@" + hosts + "/" + database;
    }
    [[nodiscard]] std::string create_database() {
        auto name = nodes_[0]->create_database();
        nodes_[0]->admin().run("CREATE USER IF NOT EXISTS tunnus@'127.0.0.1'");
        nodes_[0]->admin().run("GRANT ALL ON *.* TO tunnus@'127.0.0.1'");
        // Until everybody has it.
        for (auto& node : nodes_) {
            auto admin = node->admin();
            admin.run("SET SESSION wsrep_sync_wait = 1");
            admin.run("SELECT COUNT(*) FROM mysql.global_priv");
        }
        return name;
    }
    /// After kill -9: with the position that it finds in its own log, and the rest from the others.
    void rejoin(std::size_t i) {
        auto& server = *nodes_[i];
        server.begin({"--wsrep-recover"});
        server.wait_for_end();
        server.begin({"--wsrep-start-position=" + server.recovered_position()});
        wait_until_synced(i);
    }
    void wait_until_synced(std::size_t i) {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!is_synced(i)) {
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("a Galera node does not come into step: " +
                                         nodes_[i]->read_log());
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

  private:
    /// A node that joins closes its connections once more after it has begun to take them.
    [[nodiscard]] bool is_synced(std::size_t i) {
        nodes_[i]->wait_until_ready();
        try {
            return nodes_[i]->admin().run(
                       "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
                       "WHERE VARIABLE_NAME = 'wsrep_local_state_comment'") == "Synced";
        } catch (std::runtime_error const&) {
            return false;
        }
    }
    enum Port : std::size_t { sql, group, increments, handover };

    [[nodiscard]] std::string host(std::size_t i) const {
        return "127.0.0.1:" + std::to_string(ports_[i][sql]);
    }
    [[nodiscard]] std::string address(std::size_t i, Port port) const {
        return "127.0.0.1:" + std::to_string(ports_[i][port]);
    }
    [[nodiscard]] std::vector<std::string> options_of(std::size_t i) const {
        std::string all;
        for (std::size_t other = 0; other < size; ++other)
            all += (other == 0 ? "" : ",") + address(other, group);
        return {"--port=" + std::to_string(ports_[i][sql]),
                "--bind-address=127.0.0.1",
                "--wsrep-on=ON",
                "--wsrep-provider=/usr/lib/galera/libgalera_smm.so",
                "--wsrep-cluster-name=tests",
                "--wsrep-node-name=n" + std::to_string(i),
                "--wsrep-node-address=" + address(i, group),
                "--wsrep-cluster-address=gcomm://" + all,
                "--wsrep-provider-options=gmcast.listen_addr=tcp://" + address(i, group) +
                    ";ist.recv_addr=" + address(i, increments) +
                    ";gcache.size=32M;evs.keepalive_period=PT0.2S;evs.inactive_check_period=PT0.2S;"
                    "evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.install_timeout=PT4S",
                "--wsrep-sst-method=handover",
                "--wsrep-sst-receive-address=" + address(i, handover),
                "--wsrep-slave-threads=2",
                "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2"};
    }
    /// What a joining node asks for first is a copy of everything; nobody needs one here, since the
    /// increments are enough. This tells the joiner so.
    void write_handover() const {
        auto const script = folder_.file("wsrep_sst_handover");
        std::ofstream(script) << "#!/bin/bash\n"
                                 "while [ $# -gt 0 ]; do case \"$1\" in\n"
                                 "    --role) role=$2; shift ;;\n"
                                 "    --address) address=$2; shift ;;\n"
                                 "    --gtid) gtid=$2; shift ;;\n"
                                 "    --bypass) bypass=1 ;;\n"
                                 "esac; shift; done\n"
                                 "file="
                              << folder_.file("handover-")
                              << "${address//[^0-9]/-}\n"
                                 "if [ \"$role\" = joiner ]; then\n"
                                 "    rm -f \"$file\"; echo \"ready $address\"\n"
                                 "    until [ -s \"$file\" ]; do sleep 0.05; done; cat \"$file\"\n"
                                 "elif [ -n \"$bypass\" ]; then\n"
                                 "    echo \"$gtid\" > \"$file.new\"; mv \"$file.new\" \"$file\"\n"
                                 "    echo \"done $gtid\"\n"
                                 "else exit 1; fi\n";
        ::chmod(script.c_str(), 0755);
    }

    ServerFolder folder_;
    std::array<std::array<std::uint16_t, 4>, size> ports_{};
    std::array<std::unique_ptr<MariadbServer>, size> nodes_;
};

/// The one cluster of this test program, started when the first test needs it.
[[nodiscard]] inline GaleraCluster& galera_cluster() {
    static GaleraCluster cluster;
    return cluster;
}

}  // namespace tunnus::fakes
