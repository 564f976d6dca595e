// frames noisy15 | mammogram12: writes a synthetic frame to stdout, 16-bit cells,
// little endian. Both are seeded: the same bytes on every machine. frames upper8:
// copies 10-bit samples of 16-bit cells from stdin as 8-bit ones. frames pnm ROWS COLS
// SAMPLES ALLOCATED STORED: makes a PGM or PPM of the cells at stdin.
//
//   noisy15      1841 rows × 1955 columns, 15 bits: a smooth chest-like ground and
//                noise of a standard deviation of about 70, as an unprocessed CR
//   mammogram12  4096 rows × 3328 columns, 12 bits: black air, and a breast with
//                texture at several scales and noise of about 9
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {
uint64_t state = 0x4E6F637475726E65;  // "Nocturne"

uint32_t next() {  // xorshift64*
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return uint32_t((state * 0x2545F4914F6CDD1D) >> 32);
}

// noise is nearly normal, of mean 0 and standard deviation 1.
double noise() {
  double sum = 0;
  for (int i = 0; i < 4; i++) sum += next() / 4294967296.0;
  return (sum - 2) * std::sqrt(3.0);
}

// lattice is smooth value noise with one random value in every cell of `size`.
struct Lattice {
  int size, wide;
  std::vector<float> v;
  Lattice(int size, int rows, int cols) : size(size), wide(cols / size + 2) {
    v.resize(size_t(wide) * (rows / size + 2));
    for (float &f : v) f = float(noise());
  }
  double at(int y, int x) const {
    const float *p = &v[size_t(y / size) * wide + x / size];
    double fy = double(y % size) / size, fx = double(x % size) / size;
    fy = fy * fy * (3 - 2 * fy);
    fx = fx * fx * (3 - 2 * fx);
    double top = p[0] + (p[1] - p[0]) * fx, low = p[wide] + (p[wide + 1] - p[wide]) * fx;
    return top + (low - top) * fy;
  }
};

uint16_t clamp(double v, int top) { return v < 0 ? 0 : v > top ? uint16_t(top) : uint16_t(v + 0.5); }

std::vector<uint16_t> noisy15() {
  const int rows = 1841, cols = 1955;
  Lattice wide(400, rows, cols), fine(60, rows, cols);
  std::vector<uint16_t> out;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < cols; x++) {
      double dy = (y - rows / 2) / double(rows), dx = (x - cols / 2) / double(cols);
      double ground = 16000 - 22000 * (dx * dx + dy * dy) + 2500 * wide.at(y, x) + 500 * fine.at(y, x);
      out.push_back(clamp(ground + 70 * noise(), 32767));
    }
  }
  return out;
}

std::vector<uint16_t> mammogram12() {
  const int rows = 4096, cols = 3328;
  Lattice a(500, rows, cols), b(120, rows, cols), c(30, rows, cols), d(8, rows, cols);
  std::vector<uint16_t> out;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < cols; x++) {
      double dy = (y - rows / 2) / (0.47 * rows), dx = x / (0.72 * cols);
      double depth = 1 - dx * dx - dy * dy;  // of the breast, 0 at its edge
      if (depth <= 0) {
        out.push_back(clamp(40 + 2 * noise(), 4095));
        continue;
      }
      double thick = depth < 0.15 ? depth / 0.15 : 1;
      double tissue = 1500 + 350 * a.at(y, x) + 200 * b.at(y, x) + 80 * c.at(y, x) + 20 * d.at(y, x);
      out.push_back(clamp(40 + thick * (tissue + 9 * noise()), 4095));
    }
  }
  return out;
}

int upper8() {
  for (int low, high; (low = getchar()) >= 0 && (high = getchar()) >= 0;) putchar((low | high << 8) >> 2);
  return 0;
}

int pnm(char **a) {
  bool wide = atoi(a[3]) > 8;
  printf("P%c\n%s %s\n%d\n", a[2][0] == '3' ? '6' : '5', a[1], a[0], (1 << atoi(a[4])) - 1);
  for (int low, high; (low = getchar()) >= 0;) {
    if (wide && (high = getchar()) >= 0) putchar(high);
    putchar(low);
  }
  return 0;
}
}  // namespace

int main(int argc, char **argv) {
  if (argc == 7 && strcmp(argv[1], "pnm") == 0) return pnm(argv + 2);
  if (argc != 2) return 2;
  if (strcmp(argv[1], "upper8") == 0) return upper8();
  std::vector<uint16_t> frame = strcmp(argv[1], "noisy15") == 0 ? noisy15() : mammogram12();
  return fwrite(frame.data(), 2, frame.size(), stdout) == frame.size() ? 0 : 1;
}
