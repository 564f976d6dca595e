package dicom

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

func benchHeader(b *testing.B, name string) {
	path := filepath.Join(oracle.Data(b), name)
	b.ReportAllocs()
	for range b.N {
		if _, err := ReadHeader(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadHeaderCT512(b *testing.B) {
	benchHeader(b, "studies/ct-chest-abdomen-pelvis/1-001.dcm")
}
func BenchmarkReadHeaderCTSmall(b *testing.B) {
	benchHeader(b, "ts/pydicom-test_files/CT_small.dcm")
}
func BenchmarkReadHeaderSR(b *testing.B) { benchHeader(b, "objects/sr/sample-sr.dcm") }

func BenchmarkParseCT512(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join(oracle.Data(b), "studies/ct-chest-abdomen-pelvis/1-001.dcm"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for range b.N {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseEnhancedMR(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join(oracle.Data(b), "modalities/enhanced-mr/IM_0027_fMAP.dcm"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for range b.N {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshalStudyMetadata(b *testing.B) {
	raw := gunzip(b, filepath.Join(oracle.Data(b), "dicomweb-json/studies/1.2.840.113619.2.5.1762583153.215519.978957063.78/series/1.2.840.113619.2.5.1762583153.215519.978957063.121/metadata.gz"))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for range b.N {
		var list []*Dataset
		if err := json.Unmarshal(raw, &list); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCTSmall(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join(oracle.Data(b), "ts/pydicom-test_files/CT_small.dcm"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
