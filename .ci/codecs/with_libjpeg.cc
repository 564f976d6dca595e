// 8-bit JPEG by the system's libjpeg (libjpeg-turbo with SIMD): islow, fancy
// upsampling, the colour left as it is in the stream.
#include "bench.h"

#include <csetjmp>
#include <cstdio>
#include <jpeglib.h>

const char *const library = "libjpeg";

namespace {
struct Errors {
  jpeg_error_mgr base;
  jmp_buf out;
};

void fail(j_common_ptr common) { longjmp(reinterpret_cast<Errors *>(common->err)->out, 1); }
}  // namespace

bool prepare(const Job &job) { return job.allocated == 8 && (job.in("4.50") || job.in("4.51")); }

bool decode(const Job &job, std::vector<uint8_t> &out) {
  jpeg_decompress_struct d;
  Errors errors;
  d.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  if (setjmp(errors.out)) {
    jpeg_destroy_decompress(&d);
    return false;
  }
  jpeg_create_decompress(&d);
  jpeg_mem_src(&d, job.stream.data(), job.stream.size());
  jpeg_read_header(&d, TRUE);
  d.out_color_space = d.jpeg_color_space;
  jpeg_start_decompress(&d);
  size_t stride = size_t(job.cols) * job.samples;
  while (d.output_scanline < d.output_height) {
    JSAMPROW row = out.data() + d.output_scanline * stride;
    jpeg_read_scanlines(&d, &row, 1);
  }
  jpeg_finish_decompress(&d);
  jpeg_destroy_decompress(&d);
  return true;
}
