package editor

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The table of TestVim is what vim itself does with the same keys.
func TestVimItselfDoesTheSame(t *testing.T) {
	vim, err := exec.LookPath("vim")
	if err != nil && os.Getenv("NOCTURNE_PEERS") != "require" {
		t.Skip("vim is not installed")
	} else if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := []string{"set nocompatible nosmarttab ignorecase smartcase nojoinspaces nostartofline", "let r = []"}
	named := map[string]string{"esc": `\<Esc>`, "ctrl+r": `\<C-R>`, "enter": `\<CR>`, "left": `\<Left>`}
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	var asked []int
	for i, c := range vimCases {
		switch c.name {
		case "insert is plain", "unknown", "unknown after d":
			continue // it ends while typing, or with keys that vim has other uses for
		case "u", "ctrl+r", "/ esc":
			continue // in :normal all is one step of undo, and Esc ends a search as Enter does
		}
		keys := ""
		for _, k := range strings.Fields(c.keys) {
			if n, ok := named[k]; ok {
				k = n
			}
			keys += strings.ReplaceAll(k, `"`, `\"`)
		}
		asked = append(asked, i)
		script = append(script, "enew!", "set undolevels=-1", "call setline(1, split("+quote(c.text)+`, "\n"))`, "set undolevels=1000", "call cursor(1, 1)",
			`silent! exe "normal! `+keys+`"`, `call add(r, [join(getline(1, '$'), "\n"), line2byte(line('.')) + col('.') - 2])`)
	}
	script = append(script, "call writefile([json_encode(r)], "+quote(out)+")", "qa!")
	file := filepath.Join(dir, "script.vim")
	if err := os.WriteFile(file, []byte(strings.Join(script, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.CommandContext(t.Context(), vim, "-Nu", "NONE", "-n", "-es", "-S", file).CombinedOutput(); err != nil {
		t.Logf("vim: %v %s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Skip("this vim runs no scripts")
	}
	var got [][2]any
	if err := json.Unmarshal(b, &got); err != nil || len(got) != len(asked) {
		t.Fatalf("%d answers for %d: %v", len(got), len(asked), err)
	}
	for k, i := range asked {
		text, at := got[k][0].(string), int(got[k][1].(float64))
		if at < 0 || at > len(text) {
			at = 0
		}
		if has := text[:at] + "|" + text[at:]; has != vimCases[i].want {
			t.Errorf("%s: vim makes %q of %q by %s, we %q", vimCases[i].name, has, vimCases[i].text, vimCases[i].keys, vimCases[i].want)
		}
	}
}
