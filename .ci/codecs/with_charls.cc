// JPEG-LS by CharLS.
#include "bench.h"

#include <charls/charls.h>

const char *const library = "charls";

bool prepare(const Job &job) { return job.jpegls(); }

bool decode(const Job &job, std::vector<uint8_t> &out) {
  try {
    charls::jpegls_decoder decoder;
    decoder.source(job.stream);
    decoder.read_header();
    auto frame = decoder.frame_info();
    if (decoder.interleave_mode() == charls::interleave_mode::none && frame.component_count > 1) {
      static thread_local std::vector<uint8_t> planes;
      planes.resize(out.size());
      decoder.decode(planes);
      size_t n = planes.size() / frame.component_count;
      for (size_t i = 0; i < n; i++)
        for (int c = 0; c < frame.component_count; c++) out[i * frame.component_count + c] = planes[c * n + i];
      return job.allocated == 8;
    }
    decoder.decode(out);
    return true;
  } catch (const std::exception &) {
    return false;
  }
}
