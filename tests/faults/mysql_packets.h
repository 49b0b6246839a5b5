// MySQL's protocol, as far as a proxy must know it.
#ifndef INVENTORY_TESTS_FAULTS_MYSQL_PACKETS_H_
#define INVENTORY_TESTS_FAULTS_MYSQL_PACKETS_H_

#include <optional>
#include <string>
#include <string_view>

namespace inventory::faults {

// Cuts the bytes of a client into its packets: three bytes of length, lowest first, and one of number, which is 0 for a
// command and more while it logs in. https://mariadb.com/kb/en/0-packet/
class MySqlPackets {
 public:
  struct Packet {
    bool command = false;
    char number = 0;
    std::string payload;  // Of a command: its byte, 3 for a query, and its text.
  };

  void Add(std::string_view bytes) { bytes_.append(bytes); }
  // The next whole packet.
  std::optional<Packet> Take();
  // How it is sent.
  static std::string Encode(const Packet& packet);

 private:
  std::string bytes_;
};

// Whether a command writes and commits what it has written.
bool CommitsWrites(std::string_view payload);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_MYSQL_PACKETS_H_
