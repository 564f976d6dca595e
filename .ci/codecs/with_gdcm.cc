// Every codec by GDCM: the file is read once, the frame decoded each time.
#include "bench.h"

#include <gdcmImage.h>
#include <gdcmImageReader.h>
#include <gdcmTrace.h>
#include <memory>

const char *const library = "gdcm";

static std::unique_ptr<gdcm::ImageReader> reader;

bool prepare(const Job &job) {
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
  if (job.htj2k()) return false;
  reader.reset(new gdcm::ImageReader);
  reader->SetFileName(job.dicom.c_str());
  return reader->Read() && reader->GetImage().GetBufferLength() == job.bytes();
}

bool decode(const Job &, std::vector<uint8_t> &out) {
  return reader->GetImage().GetBuffer(reinterpret_cast<char *>(out.data()));
}
