package dicom

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

func TestJSONIsWhatTheStandardWrites(t *testing.T) {
	d := sample()
	d.Delete(0x00091007)
	d.Set(Element{Tag: PixelDataTag, VR: "OW", BulkDataURI: "http://x/bulk"})
	d.SetFloat(0x00720074, math0(), 1.5) // FD
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"00080008":{"vr":"CS","Value":["DERIVED","SECONDARY",null]}`,
		`"00100010":{"vr":"PN","Value":[{"Alphabetic":"Ärger^Ünal","Ideographic":"王^小東"}]}`,
		`"00100020":{"vr":"LO"}`,
		`"00104000":{"vr":"LT","Value":["back\\slash, µ"]}`,
		`"00200011":{"vr":"IS","Value":[-1]}`,
		`"00280030":{"vr":"DS","Value":[0.5,0.25]}`,
		`"00280009":{"vr":"AT","Value":["00181063"]}`,
		`"00091001":{"vr":"UN","InlineBinary":"AQID"}`,
		`"00091002":{"vr":"SV","Value":["-9223372036854775808"]}`,
		`"00091003":{"vr":"UV","Value":["18446744073709551615"]}`,
		`"00091005":{"vr":"FL","Value":[1.5,0.1]}`,
		`"00321064":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["ß"]},"00081110":{"vr":"SQ","Value":[{}]}},{}]}`,
		`"00081110":{"vr":"SQ"}`,
		`"7FE00010":{"vr":"OW","BulkDataURI":"http://x/bulk"}`,
		`"00720074":{"vr":"FD","Value":["NaN",1.5]}`,
	} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	var back Dataset
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(&back); !bytes.Equal(b, again) {
		t.Errorf("differs:\n%s\n%s", b, again)
	}
}

func math0() float64 { var z float64; return z / z }

func TestJSONIsReadTolerantly(t *testing.T) {
	for in, want := range map[string]string{
		`{"00200013":{"vr":"IS","Value":["7"]}}`:                                         "7",
		`{"00200013":{"vr":"IS","Value":[7]}}`:                                           "7",
		`{"00200013":{"vr":"IS","Value":7}}`:                                             "7",
		`{"00200013":{"Value":[7]}}`:                                                     "7",
		`{"00200013":{"Value":[7],"vr":"IS"}}`:                                           "7",
		`{"00200013":{"vr":"IS","Value":[7],"x":{"y":[1,{"z":2}]}},"bogus":[[1]]}`:       "7",
		`{"00200013":{"vr":"IS"}}`:                                                       "",
		`{"00200013":{"vr":"IS","Value":[null]}}`:                                        "",
		`{"00200013":null}`:                                                              "",
		`{"00280010":{"vr":"US","Value":["512"]}}`:                                       "512",
		`{"00280010":{"vr":"US","Value":[512.0]}}`:                                       "512",
		`{"00280010":{"vr":"US","InlineBinary":"AAI="}}`:                                 "512",
		`{"00280030":{"vr":"DS","Value":["0.50","1e2"]}}`:                                `0.50\1e2`,
		`{"00100010":{"vr":"PN","Value":["A^B=王"]}}`:                                     "A^B=王",
		`{"00100010":{"vr":"PN","Value":[{"Phonetic":"ヤ","Alphabetic":"A^B"}]}}`:         "A^B==ヤ",
		`{"00100010":{"vr":"PN","Value":[{"Alphabetic":null},{"Alphabetic":"C"}]}}`:      `\C`,
		`{"00100010":{"vr":"PN","Value":[{},{"Alphabetic":"C"}]}}`:                       `\C`,
		`{"00280009":{"vr":"AT","Value":["00181063"]}}`:                                  "1577059",
		`{"00091003":{"vr":"UV","Value":["18446744073709551615"]}}`:                      "-1",
		`{"00091006":{"vr":"FD","Value":["NaN","-inf",1]}}`:                              `NaN\-Inf\1`,
		`{"00200013":{"vr":"IS","Value":[1]},"00080018":{"vr":"UI","Value":["1.2"]}}`:    "1.2",
		"\n" + ` {"00081030" : {"vr":"LO","Value":["\u00e4\ud83d\ude00\"\\n"]}}` + "\n ": "ä😀\"\\n",
	} {
		var d Dataset
		if err := json.Unmarshal([]byte(in), &d); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := strings.Join(d.Strs(d.at(0).Tag), `\`); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	var d Dataset
	if err := json.Unmarshal([]byte(`{"00420011":{"vr":"OB","InlineBinary":["AQ ID"]},"00081140":{"vr":"SQ","Value":[null,{"00080060":{"vr":"CS","Value":["CT"]}}]}}`), &d); err != nil {
		t.Fatal(err)
	}
	if e, _ := d.Get(EncapsulatedDocument); string(e.Bytes) != "\x01\x02\x03" || len(d.Seq(ReferencedImageSequence)) != 2 {
		t.Errorf("%+v", d)
	}
}

func TestBadJSONIsRefusedWithOurError(t *testing.T) {
	deep := strings.Repeat(`{"00081140":{"vr":"SQ","Value":[`, maxDepth+2) + strings.Repeat(`]}}`, maxDepth+2)
	for _, in := range []string{``, `[]`, `1`, `{`, `{"00200013":7}`, `{"00200013":{"vr":7}}`, `{"00280010":{"vr":"US","Value":["x"]}}`,
		`{"00280010":{"vr":"US","Value":[65536]}}`, `{"00280010":{"vr":"US","Value":[1.5]}}`, `{"00280010":{"vr":"US","Value":[[1]]}}`,
		`{"00420011":{"vr":"OB","InlineBinary":"!"}}`, `{"00091006":{"vr":"FD","Value":["x"]}}`, `{"00081140":{"vr":"SQ","InlineBinary":"AA=="}}`,
		`{"00280009":{"vr":"AT","Value":["zz"]}}`, `{} {}`} {
		var d Dataset
		var inv *InvalidError
		if err := d.UnmarshalJSON([]byte(in)); !errors.As(err, &inv) {
			t.Errorf("%.60s: %v", in, err)
		}
	}
	var d Dataset
	var lim *LimitError
	if err := d.UnmarshalJSON([]byte(deep)); !errors.As(err, &lim) || lim.Limit != maxDepth {
		t.Errorf("66 levels: %v", err)
	}
}

func TestRealQIDOAnswersAreRead(t *testing.T) {
	root := filepath.Join(oracle.Data(t), "dicomweb-json")
	n := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".gz" {
			return err
		}
		var list []*Dataset
		b := gunzip(t, path)
		if err := json.Unmarshal(b, &list); err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		for _, d := range list {
			if d.Str(StudyInstanceUID) == "" && d.Str(SeriesInstanceUID) == "" && d.Str(SOPInstanceUID) == "" {
				t.Errorf("%s: a data set without a UID", path)
			}
			again, err := json.Marshal(d)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			var back Dataset
			if err := json.Unmarshal(again, &back); err != nil || back.Len() != d.Len() {
				t.Errorf("%s: %v", path, err)
			}
			n++
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Errorf("%v; only %d data sets", err, n)
	}
}

func gunzip(t testing.TB, path string) []byte {
	t.Helper()
	fh, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer fh.Close()
	z, err := gzip.NewReader(fh)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
