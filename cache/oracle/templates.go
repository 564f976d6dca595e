package oracle

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Templates asks PixelMed's DicomSRValidator, the one validator that knows the
// templates of PS3.16, about a report, and gives every line of its answer that is an
// error or a warning. It takes half a minute of Java. Its exit code says nothing.
func Templates(t testing.TB, path string) (faults []string) {
	t.Helper()
	cmd := exec.Command(Tool(t, "DicomSRValidator"), path)
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-Djdk.xml.xpathExprGrpLimit=0 -Djdk.xml.xpathExprOpLimit=0 -Djdk.xml.xpathTotalOpLimit=0 -Xss16m")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Found") {
		t.Fatalf("DicomSRValidator: %v\n%s", err, out)
	}
	for _, l := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(l, "Error") || strings.HasPrefix(l, "Warning") || strings.Contains(l, "illegal") {
			faults = append(faults, l)
		}
	}
	return faults
}
