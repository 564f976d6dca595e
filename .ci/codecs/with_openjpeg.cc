// JPEG 2000 and HTJ2K by OpenJPEG's libopenjp2, one thread.
#include "bench.h"

#include <cstring>
#include <openjpeg.h>

const char *const library = "openjpeg";

namespace {
struct Source {
  const std::vector<uint8_t> *bytes;
  size_t at;
};

OPJ_SIZE_T fetch(void *to, OPJ_SIZE_T n, void *user) {
  auto *s = static_cast<Source *>(user);
  if (s->at >= s->bytes->size()) return OPJ_SIZE_T(-1);
  n = std::min<OPJ_SIZE_T>(n, s->bytes->size() - s->at);
  memcpy(to, s->bytes->data() + s->at, n);
  s->at += n;
  return n;
}

OPJ_OFF_T skip(OPJ_OFF_T n, void *user) {
  static_cast<Source *>(user)->at += size_t(n);
  return n;
}

OPJ_BOOL seek(OPJ_OFF_T to, void *user) {
  static_cast<Source *>(user)->at = size_t(to);
  return OPJ_TRUE;
}

void interleave(const Job &job, const opj_image_t *image, std::vector<uint8_t> &out) {
  size_t n = size_t(job.rows) * job.cols;
  for (int c = 0; c < job.samples; c++) {
    const OPJ_INT32 *plane = image->comps[c].data;
    for (size_t i = 0; i < n; i++) store(out, i * job.samples + c, plane[i], job.allocated);
  }
}
}  // namespace

bool prepare(const Job &job) { return job.jpeg2000() || job.htj2k(); }

bool decode(const Job &job, std::vector<uint8_t> &out) {
  Source source{&job.stream, 0};
  opj_stream_t *stream = opj_stream_create(1 << 20, OPJ_TRUE);
  opj_stream_set_user_data(stream, &source, nullptr);
  opj_stream_set_user_data_length(stream, job.stream.size());
  opj_stream_set_read_function(stream, fetch);
  opj_stream_set_skip_function(stream, skip);
  opj_stream_set_seek_function(stream, seek);
  opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t *image = nullptr;
  bool ok = opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, &image) &&
            opj_decode(codec, stream, image) && opj_end_decompress(codec, stream) &&
            int(image->numcomps) == job.samples && int(image->comps[0].w) == job.cols &&
            int(image->comps[0].h) == job.rows;
  if (ok) interleave(job, image, out);
  opj_image_destroy(image);
  opj_destroy_codec(codec);
  opj_stream_destroy(stream);
  return ok;
}
