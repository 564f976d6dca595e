package notice

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/route"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/transit"
	"github.com/nocturne/nocturne/worklist/ups"
)

var refusedDial = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

// over is a certificate as crypto/tls hands it on.
var over = &x509.Certificate{NotAfter: time.Date(2020, 2, 1, 10, 0, 0, 0, time.UTC), DNSNames: []string{"login.hotel.example"},
	Issuer: pkix.Name{CommonName: "Proxy"}, RawIssuer: []byte("a"), RawSubject: []byte("b")}

func badCertificate(err error) error {
	return &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{over}, Err: err}
}

func TestASiteIsNamedWhereTheReaderCanDoSomething(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&pacs.StatusError{Code: 401}, "NORTH: The archive does not know us."},
		{&token.NeededError{Site: "NORTH"}, "NORTH wants a login: nocturne login --site NORTH"},
		{&pacs.NotArchiveError{Got: "text/html"}, "NORTH: This network wants a login in a browser first."},
		{pacs.ErrStalled, ""}, {refusedDial, ""}, {&pacs.StatusError{Code: 500}, ""}, {nil, ""},
	} {
		if n, ok := OfSite("NORTH", c.err); ok != (c.want != "") || ok && n.Sentence != c.want {
			t.Errorf("%v: %+v, %v", c.err, n, ok)
		}
	}
}

func TestEveryTroubleHasASentenceAReasonAndAKey(t *testing.T) {
	t.Setenv("TZ", "UTC")
	since := time.Date(2026, 11, 22, 3, 12, 0, 0, time.Local)
	for _, c := range []struct {
		err      error
		sentence string
		reason   string // part of it
		key      string // part of it
	}{
		{ledger.ErrStale, "This report was changed by another program; what is typed here is kept apart.", "", "F5"},
		{ledger.ErrSigned, "This report is signed already.", "", "F12"},
		{ledger.ErrTooLate, "It is too late to take this report back.", "recall time", "addendum"},
		{ledger.ErrLeased, "This report is being sent right now.", "", "addendum"},
		{&ups.HeldError{Performer: "OTHER^ANNA", Since: since}, "Another reader holds this case.", "OTHER, ANNA since 03:12", "v looks"},
		{&ups.HeldError{}, "Another reader holds this case.", "", "v looks"},
		{&ups.AskingError{Err: refusedDial}, "The worklist has not answered the claim: the case may be yours.", "connection refused", "by itself"},
		{&ups.LostError{State: pacs.Canceled}, "Your claim on this case is lost.", "CANCELED", "what you typed is kept"},
		{&ups.EndedError{}, "This task is over.", "no such task", "R refreshes"},
		{&ups.NotReadyError{Readiness: "UNAVAILABLE"}, "The images of this case are not available yet.", "", "R in the list"},
		{ups.ErrNotHeld, "You do not hold this case.", "", "Enter"},
		{&deliver.ParkError{Reason: "NORTH holds another report under this UID"}, "The report was not taken and is not sent again by itself.", "NORTH holds", "call the site"},
		{&fetch.IncompleteError{Missing: 7, Expected: 120, Err: pacs.ErrStalled}, "7 of 120 images are missing.", "the archive stopped sending", "F5 and Enter"},
		{&fetch.IncompleteError{Expected: 120, Err: pacs.ErrPartial}, "120 images are here and more may exist.", "only part", "F5 and Enter"},
		{&route.FellError{From: "DICOMweb", To: "DIMSE", Err: pacs.ErrStalled}, "Images come by DIMSE now: DICOMweb failed.", "the archive stopped sending", ""},
		{fetch.ErrNoInstances, "The archive names no images of this study.", "", "R in the list"},
		{pacs.ErrTruncated, "The archive's answer was cut off.", "line", "R in the list"},
		{pacs.ErrStalled, "The archive stopped sending.", "slow", "R in the list"},
		{&pacs.NotArchiveError{Op: "search studies", Got: "text/html"}, "This network wants a login in a browser first.", "text/html", "by itself"},
		{&pacs.NotArchiveError{Op: "follow redirect", Got: "redirect to another host"}, "This network wants a login in a browser first.", "redirect", "by itself"},
		{&pacs.NotArchiveError{Op: "search studies", Got: "text/plain"}, "Something else answers in the archive's place.", "text/plain", "config.toml"},
		{&pacs.StatusError{Code: 511}, "This network wants a login in a browser first.", "511", "by itself"},
		{&token.NeededError{Site: "NORTH"}, "NORTH wants a login: nocturne login --site NORTH", "", ":login"},
		{&token.NeededError{Site: "NORTH; rm", Ended: true}, "The login at NORTH; rm has ended: nocturne login --site 'NORTH; rm'", "", ":login"},
		{&token.RefusedError{Op: "log in", Code: "invalid_client", HTTP: 401}, "The login server refused.", "invalid_client", "R in the list"},
		{&token.LinkError{Op: "renew the login", Err: refusedDial}, "The login server cannot be reached.", "connection refused", "R in the list"},
		{&token.LinkError{Op: "renew the login", Err: badCertificate(x509.HostnameError{Certificate: over})}, "The certificate that came is that of login.hotel.example, not the login server's.", "browser", "R in the list"},
		{&transit.PinError{}, "The archive has another key than pin_sha256 in config.toml says.", "renewed", "call the site"},
		{transit.ErrCertificateAsked, "The archive wants a certificate of ours.", "client_cert_file", "R in the list"},
		{transit.ErrTLSWanted, "The archive speaks TLS alone at this address.", "https://", "R in the list"},
		{transit.ErrNotTLS, "What answers at the archive's address does not speak TLS.", "port", "R in the list"},
		{transit.ErrNoCommonTLS, "The archive allows no TLS that is safe.", "1.2", "call the site"},
		{badCertificate(x509.CertificateInvalidError{Cert: over, Reason: x509.Expired}), "The archive's certificate ended on " + over.NotAfter.In(time.Local).Format("2006-01-02 15:04 MST") + ".", "clock", "call the site"},
		{badCertificate(x509.HostnameError{Certificate: over, Host: "pacs.north"}), "The certificate that came is that of login.hotel.example, not the archive's.", "browser", "R in the list"},
		{badCertificate(x509.UnknownAuthorityError{Cert: over}), `The archive's certificate is signed by "Proxy", which is not believed here.`, "reading along", "ask the site"},
		{&pacs.StatusError{Code: 401}, "The archive does not know us.", "401", "credentials"},
		{&pacs.StatusError{Code: 404, Op: "retrieve study"}, "The archive does not have that.", "retrieve study: it answered 404", "R in the list"},
		{&pacs.StatusError{Code: 503}, "The archive is busy.", "503", "R in the list"},
		{&pacs.StatusError{Code: 409}, "The worklist refused: the task is in another state.", "409", "R refreshes"},
		{&pacs.StatusError{Code: 500}, "The archive refused.", "500", "R in the list"},
		{refusedDial, "The archive cannot be reached.", "connection refused", "R in the list"},
		{context.DeadlineExceeded, "The archive is not answering.", "timed out", "R in the list"},
		{&report.BlockedError{Findings: []report.Finding{{Hint: "the impression is empty"}}}, "Cannot be signed: the impression is empty.", "", "F12"},
		{&os.PathError{Op: "write", Path: "ledger.db", Err: syscall.ENOSPC}, "The disk is full: nothing more is saved.", "", "make room"},
		{&ledger.DamageError{What: "ledger"}, "The ledger of this home cannot be read: it is damaged, or belongs to another home. Nothing was changed.", "", "backup"},
		{&ledger.DamageError{What: "ledger", Gone: true}, "The ledger of this home is gone. Nothing was changed.", "", "backup"},
		{Calm("2 objects were not whole: they are fetched again with their cases."), "2 objects were not whole: they are fetched again with their cases.", "", ""},
		{ledger.ErrInUse, "An older nocturne works in this home.", "", "end it first"},
		{os.ErrPermission, "The state directory cannot be written.", "permission denied", ""},
	} {
		n := Of(fmt.Errorf("on the way: %w", c.err))
		if n.Sentence != c.sentence || !strings.Contains(n.Reason, c.reason) || !strings.Contains(n.Key, c.key) {
			t.Errorf("%v:\n  got  %+v\n  want %q, reason with %q, key with %q", c.err, n, c.sentence, c.reason, c.key)
		}
		if c.key == "" != (n.Key == "") {
			t.Errorf("%v: key is %q", c.err, n.Key)
		}
	}
}

func TestNoAddressAndNoPatientPassesIntoANotice(t *testing.T) {
	query := "https://north.example/dicom-web/studies?PatientName=PHANTOM%5EANNA&PatientID=P1"
	for _, err := range []error{
		&url.Error{Op: "Get", URL: query, Err: errors.New("EOF")},
		&url.Error{Op: "Get", URL: query, Err: context.DeadlineExceeded},
		fmt.Errorf("search: %w", &url.Error{Op: "Get", URL: query, Err: refusedDial}),
		&pacs.StatusError{Code: 500, Op: "search studies", Warning: "no patient PHANTOM^ANNA (P1) at north.example"},
		&pacs.StatusError{Code: 409, Op: "change workitem state", Warning: "PHANTOM^ANNA is inconsistent with the state"},
		&fetch.IncompleteError{Missing: 1, Expected: 2, Err: &pacs.StatusError{Code: 500, Warning: "PHANTOM^ANNA"}},
		&fetch.IncompleteError{Missing: 1, Expected: 2, Err: errors.New("GET " + query)},
		&ups.AskingError{Err: &url.Error{Op: "Put", URL: query, Err: errors.New("EOF")}},
	} {
		line := Of(err).Line()
		for _, secret := range []string{"PHANTOM", "P1", "://", "PatientName"} {
			if strings.Contains(line, secret) {
				t.Errorf("%q holds %q", line, secret)
			}
		}
		if len(line) < 10 {
			t.Errorf("%v is told as %q", err, line)
		}
	}
}

func TestAnUnknownErrorIsShownAsASentence(t *testing.T) {
	if got := Of(errors.New("übertragung ended")).Line(); got != "Übertragung ended" {
		t.Errorf("got %q", got)
	}
	if got := Of(nil).Line(); strings.TrimSpace(got) != "" {
		t.Errorf("no error is told as %q", got)
	}
}

func TestLineHoldsSentenceReasonAndKey(t *testing.T) {
	if got, want := (Notice{Sentence: "It broke.", Reason: "old", Key: "R"}).Line(), "It broke. (old) · R"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
