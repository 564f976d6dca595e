// bench FOLDER [SECONDS]: decodes every stream that FOLDER/streams.tsv lists again
// and again in this one thread, at least three times and for SECONDS, and prints
//
//   name <tab> library <tab> MB/s of decoded bytes, the best single run <tab> check
//
// Seconds are those of the processor, of all the program's threads: others that
// share the machine make them longer by what they take of its caches only.
//
// check: "=" the bytes are those of NAME.ref, "±n" they differ by n at most. The
// first library to decode a lossy stream writes NAME.ref; a lossless stream has
// its frame there from the start. A stream that is not taken prints nothing.
#include "bench.h"

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

static std::vector<uint8_t> slurp(const std::string &path) {
  std::ifstream f(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(f), {});
}

static int32_t cell(const std::vector<uint8_t> &b, size_t i, const Job &job) {
  if (job.allocated == 8) return job.is_signed ? int32_t(int8_t(b[i])) : int32_t(b[i]);
  uint16_t v;
  memcpy(&v, &b[2 * i], 2);
  return job.is_signed ? int32_t(int16_t(v)) : int32_t(v);
}

static std::string check(const Job &job, const std::string &path, const std::vector<uint8_t> &out) {
  std::vector<uint8_t> ref = slurp(path);
  if (ref.size() != out.size()) {
    if (job.lossless) return "no reference";
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(out.data()), out.size());
    return "=";
  }
  int worst = 0;
  for (size_t i = 0, n = out.size() / (job.allocated / 8); i < n; i++) {
    int d = abs(cell(ref, i, job) - cell(out, i, job));
    if (d > worst) worst = d;
  }
  return worst == 0 ? "=" : "±" + std::to_string(worst);
}

// processor is the time that all threads took; GDCM decodes JPEG 2000 in several.
static double processor() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}

static void run(const std::string &folder, Job &job, double seconds) {
  if (!prepare(job)) return;
  std::vector<uint8_t> out(job.bytes());
  if (!decode(job, out)) {
    fprintf(stderr, "%s refuses %s\n", library, job.name.c_str());
    return;
  }
  std::string verdict = check(job, folder + "/" + job.name + ".ref", out);
  double best = 1e9, total = 0;
  for (int n = 0; n < 3 || total < seconds; n++) {
    double from = processor();
    decode(job, out);
    double t = processor() - from;
    total += t;
    if (t < best) best = t;
  }
  printf("%s\t%s\t%.1f\t%s\n", job.name.c_str(), library, job.bytes() / best / 1e6, verdict.c_str());
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  std::string folder = argv[1], line;
  double seconds = argc > 2 ? atof(argv[2]) : 0.3;
  std::ifstream list(folder + "/streams.tsv");
  while (std::getline(list, line)) {
    std::istringstream fields(line);
    Job job;
    int is_signed, lossless;
    if (!(fields >> job.name >> job.uid >> job.rows >> job.cols >> job.samples >> job.allocated >> job.stored >>
          is_signed >> lossless))
      continue;
    job.is_signed = is_signed != 0;
    job.lossless = lossless != 0;
    job.stream = slurp(folder + "/" + job.name + ".stream");
    job.dicom = folder + "/" + job.name + ".dcm";
    run(folder, job, seconds);
  }
}
