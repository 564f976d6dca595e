// HTJ2K by OpenJPH, one thread, with what SIMD it finds.
#include "bench.h"

#include <exception>
#include <openjph/ojph_arch.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_codestream.h>

const char *const library = "openjph";

// OpenJPH gives lossy samples as they fall out of the transform; its own writers
// clamp them, so that must be here.
static int32_t clamped(int32_t v, int low, int high) { return v < low ? low : v > high ? high : v; }

bool prepare(const Job &job) { return job.htj2k(); }

bool decode(const Job &job, std::vector<uint8_t> &out) {
  try {
    ojph::mem_infile file;
    file.open(job.stream.data(), job.stream.size());
    ojph::codestream stream;
    stream.read_headers(&file);
    stream.set_planar(false);
    stream.create();
    const int low = job.is_signed ? -(1 << (job.stored - 1)) : 0, high = low + (1 << job.stored) - 1;
    for (int y = 0; y < job.rows; y++) {
      for (int i = 0; i < job.samples; i++) {
        ojph::ui32 c;
        ojph::line_buf *line = stream.pull(c);
        size_t row = size_t(y) * job.cols;
        for (int x = 0; x < job.cols; x++)
          store(out, (row + x) * job.samples + c, clamped(line->i32[x], low, high), job.allocated);
      }
    }
    stream.close();
    return true;
  } catch (const std::exception &) {
    return false;
  }
}
