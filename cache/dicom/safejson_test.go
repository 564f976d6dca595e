package dicom

import (
	"encoding/json"
	"testing"
)

func TestSafeJSONSaysTheSameWithoutAnyRuneThatATerminalObeys(t *testing.T) {
	want := "a\x00\x1b[2J\x7f\u009b1m\u202eb\u2066\u200b\ufeff\U000e0041 ä 你 \"\\ \n\t😀"
	b, err := json.Marshal(map[string]string{want: want})
	if err != nil {
		t.Fatal(err)
	}
	safe := SafeJSON(b)
	for _, r := range string(safe) {
		if hostile(r) {
			t.Errorf("%U stands in %q", r, safe)
		}
	}
	var got map[string]string
	if err := json.Unmarshal(safe, &got); err != nil || got[want] != want {
		t.Errorf("%q, %v", got, err)
	}
	if plain := []byte("{\n  \"a\": 1\n}\n"); string(SafeJSON(plain)) != string(plain) {
		t.Error("harmless JSON is changed")
	}
}
