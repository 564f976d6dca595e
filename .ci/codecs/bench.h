// What a C library gives to the throughput table: a name, which streams it takes,
// and how one is decoded into cells of Bits Allocated, little endian, the samples
// of a pixel side by side. One executable a library: bench.cc and one with_*.cc.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

struct Job {
  std::string name, uid;  // uid: transfer syntax
  int rows, cols, samples, allocated, stored;
  bool is_signed, lossless;
  std::vector<uint8_t> stream;  // the frame's codestream
  std::string dicom;            // path of the same frame as a DICOM file

  size_t bytes() const { return size_t(rows) * cols * samples * (allocated / 8); }
  bool in(const char *group) const {  // group: the end of the UID, "4.80" for JPEG-LS
    std::string end = "." + std::string(group);
    return uid.size() > end.size() && uid.compare(uid.size() - end.size(), end.size(), end) == 0;
  }
  bool jpegls() const { return in("4.80") || in("4.81"); }
  bool jpeg2000() const { return in("4.90") || in("4.91"); }
  bool htj2k() const { return in("4.201") || in("4.202") || in("4.203"); }
};

// Given by with_*.cc:
extern const char *const library;
// prepare says whether the library takes the stream; what it does is not timed.
bool prepare(const Job &job);
// decode fills out (job.bytes() long); false: refused.
bool decode(const Job &job, std::vector<uint8_t> &out);

// store writes one sample of a row-major plane of 32-bit integers as a cell.
inline void store(std::vector<uint8_t> &out, size_t i, int32_t v, int allocated) {
  if (allocated == 8) {
    out[i] = uint8_t(v);
  } else {
    reinterpret_cast<uint16_t *>(out.data())[i] = uint16_t(v);
  }
}
