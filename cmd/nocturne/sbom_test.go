package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sbom is what the built program says of itself.
func sbom(t *testing.T) []byte {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "nocturne")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bin, "version", "--sbom").Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheBillOfMaterialsNamesEveryLinkedModuleWithItsPinnedHash(t *testing.T) {
	out := sbom(t)
	var b bom
	if err := json.Unmarshal(out, &b); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, c := range b.Components {
		found[c.Name] = true
		if c.Name == "std" {
			continue
		}
		if len(c.Properties) != 1 || !strings.Contains(string(sums), c.Name+" "+c.Version+" "+c.Properties[0].Value) {
			t.Errorf("%s %s: %v is not what go.sum pins", c.Name, c.Version, c.Properties)
		}
	}
	for _, m := range []string{"std", "github.com/charmbracelet/bubbletea", "github.com/hajimehoshi/ebiten/v2", "github.com/suyashkumar/dicom", "github.com/ncruces/go-sqlite3"} {
		if !found[m] {
			t.Errorf("%s is linked and not named", m)
		}
	}
	validCycloneDX(t, out)
}

// validCycloneDX asks the standard's own library, where it is installed.
func validCycloneDX(t *testing.T, b []byte) {
	t.Helper()
	npm := os.Getenv("NOCTURNE_NPM")
	if cache, err := os.UserCacheDir(); npm == "" && err == nil {
		npm = filepath.Join(cache, "nocturne-npm")
	}
	if _, err := os.Stat(filepath.Join(npm, "node_modules/@cyclonedx/cyclonedx-library")); err != nil {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("npm's @cyclonedx/cyclonedx-library is not installed")
		}
		t.Skip("npm's @cyclonedx/cyclonedx-library is not installed: the bill's form was not checked")
	}
	const ask = `const {Validation,Spec}=require('@cyclonedx/cyclonedx-library');
let s='';process.stdin.on('data',d=>s+=d).on('end',async()=>{
 const e=await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(s);
 if(e){console.log(JSON.stringify(e));process.exit(1)}})`
	c := exec.Command("node", "-e", ask)
	c.Dir, c.Stdin = npm, strings.NewReader(string(b))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
