// encode_openjph ROWS COLS SAMPLES ALLOCATED STORED SIGNED QSTEP IN OUT
//   an HTJ2K codestream by OpenJPH; QSTEP 0 is lossless. ojph_compress takes no
//   signed samples as they are: its .yuv reader makes −1 of 16 bits 65535.
#include <openjph/ojph_arch.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_codestream.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

int main(int argc, char **argv) {
  if (argc != 10) return 2;
  unsigned rows = unsigned(atoi(argv[1])), cols = unsigned(atoi(argv[2])), samples = unsigned(atoi(argv[3]));
  bool wide = atoi(argv[4]) > 8, is_signed = atoi(argv[6]) != 0;
  double step = atof(argv[7]);
  std::ifstream in(argv[8], std::ios::binary);
  std::vector<uint8_t> raw((std::istreambuf_iterator<char>(in)), {});

  ojph::codestream stream;
  ojph::param_siz siz = stream.access_siz();
  siz.set_image_extent(ojph::point(cols, rows));
  siz.set_num_components(samples);
  for (unsigned c = 0; c < samples; c++)
    siz.set_component(c, ojph::point(1, 1), ojph::ui32(atoi(argv[5])), is_signed);
  ojph::param_cod cod = stream.access_cod();
  cod.set_num_decomposition(5);
  cod.set_block_dims(64, 64);
  cod.set_progression_order("RPCL");
  cod.set_color_transform(samples == 3);
  cod.set_reversible(step == 0);
  if (step > 0) stream.access_qcd().set_irrev_quant(float(step));
  stream.set_planar(false);

  ojph::j2c_outfile out;
  out.open(argv[9]);
  stream.write_headers(&out);
  ojph::ui32 c;
  ojph::line_buf *line = stream.exchange(nullptr, c);
  for (unsigned y = 0; y < rows; y++) {
    for (unsigned k = 0; k < samples; k++) {
      for (unsigned x = 0; x < cols; x++) {
        size_t i = (size_t(y) * cols + x) * samples + c;
        uint16_t v = wide ? uint16_t(raw[2 * i] | raw[2 * i + 1] << 8) : raw[i];
        line->i32[x] = is_signed ? (wide ? int16_t(v) : int8_t(v)) : v;
      }
      line = stream.exchange(line, c);
    }
  }
  stream.flush();
  stream.close();
}
