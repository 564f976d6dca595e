// RLE, JPEG and JPEG-LS by DCMTK: the file is read once, the frame decoded each
// time, its colour left as it is in the stream.
#include "bench.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <memory>

const char *const library = "dcmtk";

static std::unique_ptr<DcmFileFormat> file;
static DcmPixelData *pixels;

static void once() {
  static bool done = false;
  if (done) return;
  done = true;
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  DJDecoderRegistration::registerCodecs(EDC_never, EUC_default, EPC_colorByPixel);
  DJLSDecoderRegistration::registerCodecs(EJLSUC_default, EJLSPC_colorByPixel);
  DcmRLEDecoderRegistration::registerCodecs();
}

bool prepare(const Job &job) {
  once();
  if (job.jpeg2000() || job.htj2k()) return false;
  file.reset(new DcmFileFormat);
  DcmElement *element = nullptr;
  if (file->loadFile(job.dicom.c_str()).bad()) return false;
  file->loadAllDataIntoMemory();
  if (file->getDataset()->findAndGetElement(DCM_PixelData, element).bad()) return false;
  pixels = OFstatic_cast(DcmPixelData *, element);
  return true;
}

bool decode(const Job &, std::vector<uint8_t> &out) {
  Uint32 fragment = 0;
  OFString colour;
  return pixels->getUncompressedFrame(file->getDataset(), 0, fragment, out.data(), Uint32(out.size()), colour).good();
}
