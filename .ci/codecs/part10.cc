// part10 wrap UID ROWS COLS SAMPLES ALLOCATED STORED SIGNED PHOTOMETRIC IN OUT
//   makes a DICOM file of a frame (native, UID 1.2.840.10008.1.2.1) or of a
//   codestream (one fragment, any other UID). Nothing in it is a patient's.
// part10 unwrap IN OUT
//   writes the first frame's codestream (all fragments joined) or native bytes. IN
//   is explicit little endian of one frame.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {
using Bytes = std::string;

Bytes u16(unsigned v) { return {char(v), char(v >> 8)}; }
Bytes u32(uint32_t v) { return u16(v & 0xFFFF) + u16(v >> 16); }

Bytes element(unsigned group, unsigned tag, const char *vr, Bytes value) {
  bool text = strchr("UCLSPD", vr[0]) && strcmp(vr, "US") != 0 && strcmp(vr, "UL") != 0;
  if (value.size() % 2) value += text && strcmp(vr, "UI") != 0 ? ' ' : '\0';
  Bytes head = u16(group) + u16(tag) + vr;
  if (vr[0] == 'O') return head + u16(0) + u32(uint32_t(value.size())) + value;
  return head + u16(unsigned(value.size())) + value;
}

Bytes pixels(const Bytes &uid, const Bytes &frame, const char *vr) {
  if (uid == "1.2.840.10008.1.2.1") return element(0x7FE0, 0x10, vr, frame);
  Bytes padded = frame.size() % 2 ? frame + '\0' : frame;
  return u16(0x7FE0) + u16(0x10) + "OB" + u16(0) + u32(0xFFFFFFFF) + u16(0xFFFE) + u16(0xE000) + u32(0) +
         u16(0xFFFE) + u16(0xE000) + u32(uint32_t(padded.size())) + padded + u16(0xFFFE) + u16(0xE0DD) + u32(0);
}

Bytes wrap(char **a, const Bytes &frame) {
  const Bytes uid = a[0], sc = "1.2.840.10008.5.1.4.1.1.7", instance = "2.25.1" + std::to_string(frame.size());
  auto number = [&](int i) { return u16(unsigned(atoi(a[i]))); };
  Bytes meta = element(2, 2, "UI", sc) + element(2, 3, "UI", instance) + element(2, 0x10, "UI", uid) +
               element(2, 0x12, "UI", "2.25.2");
  Bytes set = element(8, 0x16, "UI", sc) + element(8, 0x18, "UI", instance) + element(8, 0x60, "CS", "OT") +
              element(0x10, 0x10, "PN", "SYNTHETIC") + element(0x10, 0x20, "LO", "0") +
              element(0x20, 0x0D, "UI", "2.25.3") + element(0x20, 0x0E, "UI", "2.25.4");
  set += element(0x28, 2, "US", number(3)) + element(0x28, 4, "CS", a[7]);
  if (atoi(a[3]) > 1) set += element(0x28, 6, "US", u16(0));
  set += element(0x28, 0x10, "US", number(1)) + element(0x28, 0x11, "US", number(2)) +
         element(0x28, 0x100, "US", number(4)) + element(0x28, 0x101, "US", number(5)) +
         element(0x28, 0x102, "US", u16(unsigned(atoi(a[5]) - 1))) + element(0x28, 0x103, "US", number(6));
  set += pixels(uid, frame, atoi(a[4]) > 8 ? "OW" : "OB");
  return Bytes(128, '\0') + "DICM" + element(2, 0, "UL", u32(uint32_t(meta.size()))) + meta + set;
}

uint32_t le32(const Bytes &b, size_t i) {
  return uint32_t(uint8_t(b[i])) | uint32_t(uint8_t(b[i + 1])) << 8 | uint32_t(uint8_t(b[i + 2])) << 16 |
         uint32_t(uint8_t(b[i + 3])) << 24;
}

Bytes unwrap(const Bytes &file) {
  for (const char *vr : {"OW", "OB"}) {
    size_t at = file.rfind(Bytes("\xE0\x7F\x10\x00", 4) + vr + Bytes(2, '\0'));
    if (at == Bytes::npos) continue;
    uint32_t length = le32(file, at + 8);
    if (length != 0xFFFFFFFF) return file.substr(at + 12, length);
    Bytes out;
    at += 12;
    for (bool table = true; at + 8 <= file.size() && le32(file, at) == 0xE000FFFE; table = false) {
      length = le32(file, at + 4);
      if (!table) out += file.substr(at + 8, length);
      at += 8 + length;
    }
    return out;
  }
  return "";
}

Bytes slurp(const char *path) {
  std::ifstream f(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(f), {});
}
}  // namespace

int main(int argc, char **argv) {
  Bytes mode = argc > 1 ? argv[1] : "";
  Bytes out;
  if (mode == "wrap" && argc == 12) {
    out = wrap(argv + 2, slurp(argv[10]));
  } else if (mode == "unwrap" && argc == 4) {
    out = unwrap(slurp(argv[2]));
  }
  if (out.empty()) {
    std::cerr << "part10: nothing made of " << argv[argc - 2] << "\n";
    return 1;
  }
  std::ofstream(argv[argc - 1], std::ios::binary).write(out.data(), std::streamsize(out.size()));
}
