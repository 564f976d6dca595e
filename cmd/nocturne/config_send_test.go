package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestASiteSaysWhatItGetsAndWhere(t *testing.T) {
	const site = "[[site]]\nname = \"NORTH\"\ndicomweb = \"http://127.0.0.1:1/dw\"\n"
	for name, c := range map[string]struct {
		toml, wrong string
	}{
		"nothing said":          {"", ""},
		"all of it":             {"send = [\"sr\", \"pdf\"]\nhl7 = \"mllps://ris:2575\"\nfhir = \"https://fhir/r4\"\ncomplete_after = [\"sr\", \"oru\", \"pdf\"]\n", ""},
		"an unknown object":     {"send = [\"film\"]\n", "there is no \"film\""},
		"waiting for nothing":   {"complete_after = [\"oru\"]\n", "would never be completed"},
		"an address of no port": {"hl7 = \"mllp://ris\"\n", "is not mllp"},
		"another protocol":      {"hl7 = \"http://ris:80\"\n", "is not mllp"},
		"no FHIR URL":           {"fhir = \"ris\"\n", "is not an http"},
		"a misspelt key":        {"complete_afer = []\n", "unknown key"},
	} {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(site+c.toml), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := loadConfig(home)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "nothing said" && (!slices.Equal(got.Sites[0].objects(), objectKinds[:4]) || !got.Sites[0].required("sr") || got.Sites[0].required("oru")) {
			t.Errorf("by default: %+v", got.Sites[0])
		}
	}
	for _, key := range []string{"send = []", "complete_after = []", "hl7 = \"\"", "hl7_ca_file", "hl7_client_cert_file", "hl7_client_key_file", "hl7_pin_sha256", "fhir = \"\"", "fhir_ca_file", "hl7_pdf = false", "patient_id_system"} {
		if !strings.Contains(configReference(), "\n"+key) {
			t.Errorf("the reference lacks %s", key)
		}
	}
}
